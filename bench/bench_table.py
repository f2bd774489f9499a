#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The raw lines of the peers' programs as tables. bench_table.py DIRECTORY, with NAME.time and
NAME.step of each peer in it, as run.sh writes them."""
import sys
from pathlib import Path

PEERS = ["plimsoll", "lttng", "dpdk", "spdlog", "snprintf", "syslog", "inline", "call", "floor"]
TITLES = {"plimsoll": "Plimsoll", "lttng": "LTTng-UST", "dpdk": "DPDK rte_trace",
          "spdlog": "spdlog async", "snprintf": "snprintf", "syslog": "syslog(3)",
          "inline": "inline descriptors", "call": "out-of-line call", "floor": "floor, inline"}
FLAVOURS = ["gcc_O0", "gcc_O2", "clang_O0", "clang_O2"]


def read_steps(path):
    """(label, flavour, probe) -> the least (instructions, frame, path, text) of its rounds."""
    steps = {}
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) != 7:
            continue
        figures = tuple(int(word) for word in words[3:])
        key = tuple(words[:3])
        steps[key] = min(steps.get(key, figures), figures)
    return steps


def caller_bytes(steps, statement):
    return [steps[("frame", flavour, statement + "16")][1]
            - steps[("frame", flavour, "ref" + statement + "16")][1] for flavour in FLAVOURS]


def net(steps, label, probe, column):
    """What the probe adds to the same function without a statement."""
    return steps[(label, "gcc_O2", probe)][column] - steps[(label, "gcc_O2", "ref")][column]


def text_bytes(steps, statement):
    return round((steps[("frame", "gcc_O2", statement + "16")][3]
                  - steps[("frame", "gcc_O2", "ref" + statement + "16")][3]) / 16)


def table(head, rows):
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    for row in [head] + rows:
        print("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths))))


def bytes_row(name, steps):
    cells = [f"{a}/{b}" for a, b in zip(caller_bytes(steps, "a"), caller_bytes(steps, "b"))]
    paths = [f'{steps[(label, "gcc_O2", "a")][2]}/{steps[(label, "gcc_O2", "b")][2]}'
             for label in ("warm", "cold")]
    return [TITLES[name], *cells, *paths, f'{text_bytes(steps, "a")}/{text_bytes(steps, "b")}']


def times_row(name, steps, time):
    floor_a, a, floor_b, b, off = time
    off_cells = ["-", "-"] if name == "floor" else [str(net(steps, "off", "a", 0)),
                                                    f"{max(off, 0):.1f}"]
    return [TITLES[name], f"{floor_a:.1f}", f"{a:.1f}", f"{a / floor_a:.2f}x", f"{floor_b:.1f}",
            f"{b:.1f}", f"{b / floor_b:.2f}x", str(net(steps, "warm", "a", 0)),
            str(net(steps, "warm", "b", 0)), *off_cells]


def main():
    directory = Path(sys.argv[1])
    bytes_rows, times_rows = [], []
    for name in PEERS:
        steps = read_steps(directory / f"{name}.step")
        time = (directory / f"{name}.time").read_text().split()
        if not steps or len(time) != 6:
            print(f"{TITLES[name]}: did not run; its errors are above", file=sys.stderr)
            continue
        bytes_rows.append(bytes_row(name, steps))
        times_rows.append(times_row(name, steps, [float(word) for word in time[1:]]))
    print("Bytes, statements A/B: what 16 statements add to their function; deepest stack below it\n"
          "(single-stepped: every later event, the first event); code of a statement (gcc -O2)")
    table(["", *(flavour.replace("_", " -") for flavour in FLAVOURS), "path", "first", ".text"],
          bytes_rows)
    print("\nNanoseconds (least of rounds, floor in turn with it), instructions (single-stepped)")
    table(["", "floor A", "A", "ratio", "floor B", "B", "ratio", "insn A", "insn B", "insn off",
           "ns off"], times_rows)
    return 0 if len(bytes_rows) == len(PEERS) else 1


if __name__ == "__main__":
    sys.exit(main())
