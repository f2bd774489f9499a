#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Caller bytes of each macro of the eBPF for Windows families and of TraceLoggingWrite: what 1 and
16 of them add to the frame of one function, beside the same function with an inline reference (an
array of 16-byte descriptors a statement, as ETW's API takes them).

Compared as in tests/figures/caller_bytes.py: with the same text whose recording is an empty asm.
Exits 1 when promise P1 is broken: 0 at -O0, at most 8 and a mean below 1 at -O2, at most 16 beyond
5 words.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "figures"))
from caller_bytes import prelude  # noqa: E402
from frame_of_code import Object  # noqa: E402

LOG, RETURN, BAIL = "log", "return", "bail"
PRELUDE = """
#include <stdbool.h>
#include <wchar.h>
extern uint32_t GetLastError(void);
#ifdef INLINE /* what an inline expansion has in its caller: values, and descriptors of them */
#undef PLIM_RECORD_
struct descriptor { unsigned long long at; unsigned bytes, kind; };
extern void inline_write(const char *site, unsigned count, const struct descriptor *data);
#define PLIM_RECORD_(id, strings, has_text, slots, site_text, site_operands, count, words) \\
	PLIM_CAT(INLINE_, count) words
#endif
#include <plimsoll/compat/ebpf_tracelog.h>
#include <plimsoll/compat/ebpf_ext_tracelog.h>
#include <plimsoll/compat/TraceLoggingProvider.h>
PLIM_PROVIDER_DECLARE(net);
"""


def inline_macros():
    lines = []
    for count in range(33):
        names = [f"w{i}" for i in range(count)]
        values = " ".join(f"unsigned long long v{i} = (unsigned long long)PLIM_WORD_VALUE_(w{i});"
                          for i in range(count))
        data = ", ".join(["{0, 0, 1}", "{0, 0, 2}"] +
                         [f"{{(unsigned long long)&v{i}, 8, 0}}" for i in range(count)])
        lines.append(f"#define INLINE_{count}({', '.join(['none'] + names)}) {{ {values} "
                     f"struct descriptor d[] = {{{data}}}; inline_write(\"\", {count + 2}, d); }}")
    return "\n".join(lines)


def macros(prefix):
    """(macro, arguments, kind, words)"""
    api = "ZwOpen" if prefix == "EBPF" else '"ZwOpen"'
    level, key = f"{prefix}_TRACELOG_LEVEL_INFO", f"{prefix}_TRACELOG_KEYWORD_BASE"
    yield from ((f"{prefix}_{n}", a, LOG, 1) for n, a in (
        ("LOG_ENTRY", ""), ("LOG_EXIT", ""), ("LOG_FUNCTION_SUCCESS", ""),
        ("LOG_FUNCTION_ERROR", "(int)a"), ("LOG_FUNCTION_RESULT", "(int)a"),
        ("LOG_MESSAGE", f'{level}, {key}, "m"')))
    for name, values, words in (
            ("STRING", "s", 2), ("UTF8_STRING", "v", 3), ("WSTRING", "w", 2),
            ("NTSTATUS", "(NTSTATUS)a", 2), ("ERROR", "(ebpf_result_t)a", 2), ("UINT32", "b", 2),
            ("UINT64", "a", 2), ("UINT64_UINT64", "a, b", 3), ("UINT64_UINT64_UINT64", "a, b, c", 4),
            ("BOOL", "a != 0", 2), ("POINTER", "s", 2), ("POINTER_ENUM", "s, a", 3),
            ("GUID", "s", 2), ("GUID_GUID", "s, w", 3), ("GUID_STATUS", "s, a", 3),
            ("GUID_GUID_STRING", "s, w, u", 4), ("WSTRING_ERROR", "w, a", 3),
            ("BINARY", "s, a", 3)):
        yield f"{prefix}_LOG_MESSAGE_{name}", f'{level}, {key}, "m", {values}', LOG, words
    for name, arguments in (
            ("NTSTATUS_API_FAILURE", f"{api}, a"), ("NTSTATUS_API_FAILURE_MESSAGE", f"{api}, a, s"),
            ("NTSTATUS_API_FAILURE_MESSAGE_STRING", f"{api}, a, s, s"),
            ("NTSTATUS_API_FAILURE_UINT64_UINT64", f"{api}, a, b, c"),
            ("NTSTATUS_WSTRING_API", f"w, {api}, a"), ("WIN32_API_FAILURE", api),
            ("WIN32_API_FAILURE_WITH_ERROR", f"{api}, a"),
            ("WIN32_STRING_API_FAILURE", f"s, {api}"), ("WIN32_WSTRING_API_FAILURE", f"w, {api}"),
            ("WIN32_GUID_API_FAILURE", f"s, {api}")):
        yield f"{prefix}_LOG_{name}", f"{key}, {arguments}", LOG, 4
    for name, arguments in (("RESULT", "(ebpf_result_t)a"), ("NTSTATUS", "(NTSTATUS)a"),
                            ("ERROR", "(uint32_t)a"), ("POINTER", "long, a"), ("BOOL", "a != 0"),
                            ("FD", "(fd_t)a"), ("FUNCTION_RESULT", "(ebpf_result_t)a")):
        if name != "POINTER":
            yield f"{prefix}_RETURN_{name}", arguments, RETURN, 2
    core = (("ALLOC_FAILURE", f"{key}, s, s, a"), ("NTSTATUS_API_FAILURE", f"{key}, {api}, (NTSTATUS)a"),
            ("WIN32_API_FAILURE", f"{key}, {api}, (uint32_t)a"),
            ("OBJECT_REF_ERROR", f"{key}, {api}, (ebpf_result_t)a"))
    extension = (("ERROR_RESULT", "(ebpf_result_t)a"), ("ERROR_STATUS", "(NTSTATUS)a"),
                 ("ALLOC_FAILURE_RESULT", f"{key}, s, s, a"),
                 ("ALLOC_FAILURE_STATUS", f"{key}, s, s, a"),
                 ("API_FAILURE_STATUS", f"{key}, {api}, (NTSTATUS)a"))
    for name, arguments in core if prefix == "EBPF" else extension:
        yield f"{prefix}_BAIL_ON_{name}", arguments, BAIL, 2


def all_macros():
    yield from macros("EBPF")
    yield from macros("EBPF_EXT")
    yield "bpf_printk", '"%ld %ld %ld", a, b, c', LOG, 3
    for name, extra in (("CLASSIFY_IPV4", ""), ("REDIRECT_CLASSIFY_IPV4", "7u, 8, ")):
        level = "PLIM_INFO, " if not extra else ""
        yield (f"NET_EBPF_EXT_LOG_SOCK_ADDR_{name}",
               f"{level}s, a, b, (uint32_t)a, 1, (uint32_t)b, 2, {extra}3, c", LOG, 9)
    yield "TraceLoggingWrite", 'net, "E", TraceLoggingUInt64(a), TraceLoggingString(s), TraceLoggingLevel(4)', LOG, 2
    yield "TraceLoggingWrite", 'net, "E", TraceLoggingValue(a), TraceLoggingValue(s), TraceLoggingWideString(w)', LOG, 3
    yield "TraceLoggingWrite", 'net, "E", TraceLoggingCountedString(s, a), TraceLoggingBinary(w, b)', LOG, 4


def function(name, macro, count):
    text, arguments, kind, _ = macro
    lines = []
    for i in range(count):
        lines.append(f"a += outside(a + {i});")
        lines.append(f"if (b == {i}) {{ {text}({arguments}); }}" if kind == RETURN else
                     f"{text}({arguments});")
    end = "Exit:" if kind == BAIL else ""
    return (f"long {name}(long a, long b, long c, char *s, wchar_t *w, cxplat_utf8_string_t *v) {{\n"
            "const char *u = (const char *)v;\n" + "\n".join(lines) + f"\n{end} return a + b + c + *u; }}")


def measure(folder, compiler, level, cases):
    stem = os.path.join(folder, compiler + level)
    functions = [function(f"f{n}", macro, count) for n, (macro, count) in enumerate(cases)]
    with open(stem + ".c", "w", encoding="utf-8") as file:
        file.write("\n".join([prelude(), PRELUDE, inline_macros(), *functions]) + "\n")
    frames = {}
    for variant in ("STATEMENT", "REFERENCE", "INLINE"):
        command = [compiler, "-std=gnu11", "-w", level, f"-D{variant}", f"-I{ROOT}/include", "-c",
                   stem + ".c", "-o", stem + ".o"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RuntimeError(" ".join(command) + "\n" + done.stderr[:2000])
        code = Object(stem + ".o")
        frames[variant] = [code.frame(f"f{n}") for n in range(len(cases))]
    return frames


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="measure one of so many macros")
    options = parser.parse_args()
    every = list(all_macros())[::options.every]
    cases = [(macro, count) for macro in every for count in (1, 16)]
    configurations = [(c, l) for c in ("gcc", "clang") for l in ("-O0", "-O2")]
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ProcessPoolExecutor(2) as pool:
        results = list(pool.map(measure, [folder] * 4, *zip(*configurations), [cases] * 4))
    print("caller bytes of 1 and of 16: Plimsoll, and inline descriptors in the same function")
    print(f"{'':48}" + "".join(f"{' '.join(job):^26}" for job in configurations))
    wrong = []
    nets = {job: [] for job in configurations}
    for n, macro in enumerate(every):
        cells = []
        for job, frames in zip(configurations, results):
            own, inline = ([frames[v][k] - frames["REFERENCE"][k] for k in (2 * n, 2 * n + 1)]
                           for v in ("STATEMENT", "INLINE"))
            cells.append(f"{own[0]:5}{own[1]:5}{inline[0]:7}{inline[1]:7}  ")
            limit = 16 if macro[3] > 5 else 0 if job[1] == "-O0" else 8
            if max(own) > limit:
                wrong.append(f"{macro[0]} {' '.join(job)}: {max(own)} bytes, promised {limit}")
            nets[job] += own if macro[3] <= 5 else []
        print(f"{macro[0]:48}" + "".join(cells))
    for job, values in nets.items():
        mean = sum(values) / len(values)
        print(f"{' '.join(job)}: mean {mean:.2f}, worst {max(values)}")
        if mean >= 1:
            wrong.append(f"{' '.join(job)}: mean {mean:.2f}, promised below 1")
    for line in wrong:
        print(f"compat_caller_bytes: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
