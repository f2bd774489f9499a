#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Frames that frames_dump finds in objects, against the compiler's own -fstack-usage.

compare_su.py DUMP LABEL OBJECT... [--image FILE] [--min-equal PERCENT] [--slack N] ...

Each OBJECT has its .su file beside it. Prints one line of the table and exits 1 if fewer functions
are equal than asked for, or if any is below its .su (+ --slack) at all.
"""
import argparse
import collections
import os
import re
import subprocess
import sys


def read_su(path, usage):
    """Adds name -> list of (bytes, kind); statics of one name may be there more than once."""
    if not os.path.exists(path):  # nothing but data
        return usage
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            where, size, kind = line.rstrip("\n").split("\t")[:3]
            name = re.sub(r"^.*:\d+:(\d+:)?", "", where)
            usage[name].append((int(size), kind))
    return usage


def su_name(symbol):
    """foo.constprop.0.isra.0 is foo.constprop.isra in a .su file."""
    return re.sub(r"\.\d+(?=\.|$)", "", symbol)


def dump(tool, path):
    out = subprocess.run([tool, path], capture_output=True, text=True, check=False)
    if "holds no code" in out.stderr:
        return
    if out.returncode:
        sys.exit(f"{path}: {out.stderr.strip()}")
    for line in out.stdout.splitlines():
        f = line.split("\t")
        yield {"name": f[0], "frame": int(f[3]), "red": int(f[4]), "status": f[5],
               "flags": int(f[7], 16)}


class Tally:
    def __init__(self):
        self.count = collections.Counter()
        self.below = []
        self.above = []

    def add(self, where, frame, expected, kind, proved_above):
        self.count["all"] += 1
        self.count[frame["status"]] += 1
        if "dynamic" in kind and "bounded" not in kind and frame["status"] == "dynamic":
            self.count["dynamic agreed"] += 1
        if frame["frame"] == expected:
            self.count["equal"] += 1
        elif frame["frame"] < expected:
            self.below.append((where, frame["name"], frame["frame"], expected, frame["status"]))
        elif proved_above and frame["status"] == "proved":
            self.count["proved above"] += 1
        elif frame["flags"] & 8:
            self.count["realigned"] += 1  # the worst case of the realignment, which .su leaves out
        else:
            self.above.append((where, frame["name"], frame["frame"], expected, frame["status"]))


def compare(tool, image, objects, args, tally):
    """The functions of an image against the .su files of the objects it was made of."""
    su = collections.defaultdict(list)
    for path in objects:
        su = read_su(os.path.splitext(path)[0] + ".su", su)
    for frame in dump(tool, image):
        slack = args.slack
        expected = su.get(frame["name"]) or su.get(su_name(frame["name"]))
        if not expected or frame["flags"] & 0x100:
            continue
        if len(expected) > 1:
            best = [e for e in expected if e[0] + slack == frame["frame"]]
            expected = best or [max(expected)]
        tally.add(image, frame, expected[0][0] + slack, expected[0][1], args.proved_above)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("label")
    parser.add_argument("objects", nargs="+")
    parser.add_argument("--image", help="what the objects were linked to: compare that")
    parser.add_argument("--min-equal", type=float, default=99.9)
    parser.add_argument("--slack", type=int, default=0)
    parser.add_argument("--any-above", action="store_true", help="only 'never below' is asked")
    parser.add_argument("--proved-above", action="store_true",
                        help="above is right where the unwind table says the same")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    tally = Tally()
    if args.image:
        compare(args.tool, args.image, args.objects, args, tally)
    else:
        for path in args.objects:
            compare(args.tool, path, [path], args, tally)
    c = tally.count
    right = c["equal"] + c["realigned"] + c["proved above"]
    percent = 100.0 * right / c["all"] if c["all"] else 0.0
    print(f"{args.label:<34} {c['all']:6} functions  {c['equal']:6} equal  "
          f"{c['realigned'] + c['proved above']:3} rightly above  {len(tally.above):4} above  {len(tally.below):3} below  "
          f"{percent:7.3f} %  proved {c['proved']} tracked {c['tracked']} dynamic {c['dynamic']} "
          f"conflict {c['conflict']} unknown {c['unknown']} table {c['table']}")
    for row in tally.below + (tally.above if args.verbose else []):
        print("   ", *row)
    failed = bool(tally.below) or not c["all"]
    if not args.any_above:
        failed = failed or percent < args.min_equal
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
