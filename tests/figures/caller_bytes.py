#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Caller bytes (promise P1): what statements add to the frame of the function that holds them.

Writes functions with 1 to 16 statements, compiles each with every compiler and flag, and compares
its frame (frame_of_code.py) with that of its reference: the same text with each statement's
recording replaced, behind the same branch, by one empty asm a word that only uses it. Beside it
stands the cure known so far: a plain out-of-line call with a static site and the words as
arguments.

Exits 1 when the promise is broken:
  up to 5 words		0 at -O0; elsewhere at most 8, mean below 1.0
  more words, floats	at most 16 a function
and, whatever the number of statements in the function, the same.
"""
import argparse
import concurrent.futures
import os
import random
import subprocess
import sys
import tempfile

from frame_of_code import Object

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")
CODE_MODELS = ((), ("-fPIC",), ("-fno-omit-frame-pointer",), ("-fPIC", "-fno-omit-frame-pointer"))
COUNTS = (1, 2, 4, 8, 16)
SHAPES = ("leaf", "call", "loop", "switch", "recursion", "starved", "starved_call")
WORDS_MAX = 5

# Every field type: macro, words, and the value made of an integer or of a pointer.
FIELDS = (
    ("PLIM_I8", 1, "(int8_t){i}"), ("PLIM_I16", 1, "(int16_t){i}"), ("PLIM_I32", 1, "(int32_t){i}"),
    ("PLIM_I64", 1, "{i}"), ("PLIM_U8", 1, "(uint8_t){i}"), ("PLIM_U16", 1, "(uint16_t){i}"),
    ("PLIM_U32", 1, "(uint32_t){i}"), ("PLIM_U64", 1, "{i}"), ("PLIM_HEX8", 1, "(uint8_t){i}"),
    ("PLIM_HEX16", 1, "(uint16_t){i}"), ("PLIM_HEX32", 1, "(uint32_t){i}"),
    ("PLIM_HEX64", 1, "{i}"), ("PLIM_BOOL", 1, "{i}"), ("PLIM_CHAR", 1, "(char){i}"),
    ("PLIM_CHAR16", 1, "(uint16_t){i}"), ("PLIM_CHAR32", 1, "(uint32_t){i}"),
    ("PLIM_PTR", 1, "{p}"), ("PLIM_STR", 1, "(const char *){p}"),
    ("PLIM_STR16", 1, "(const uint16_t *){p}"), ("PLIM_STR32", 1, "(const uint32_t *){p}"),
    ("PLIM_STRN", 2, "(const char *){p}, {i}"), ("PLIM_STRN16", 2, "{p}, {i}"),
    ("PLIM_STRN32", 2, "{p}, {i}"), ("PLIM_BIN", 2, "{p}, {i}"), ("PLIM_SOCKADDR", 2, "{p}, {i}"),
    ("PLIM_GUID", 1, "{p}"), ("PLIM_IPV4", 1, "(uint32_t){i}"), ("PLIM_IPV6", 1, "{p}"),
    ("PLIM_PORT", 1, "(uint16_t){i}"), ("PLIM_MAC", 1, "{p}"), ("PLIM_ERRNO", 1, "(int){i}"),
    ("PLIM_NTSTATUS", 1, "(uint32_t){i}"), ("PLIM_WIN32", 1, "(uint32_t){i}"),
    ("PLIM_HRESULT", 1, "(uint32_t){i}"), ("PLIM_TIME_NS", 1, "(uint64_t){i}"),
    ("PLIM_FILETIME", 1, "(uint64_t){i}"), ("PLIM_SYSTEMTIME", 1, "{p}"),
    ("PLIM_ENUM", 1, "{i}, colours"), ("PLIM_ARRAY", 2, "PLIM_K_U16, {p}, {i}"),
)
FLOATS = (("PLIM_F32", 1, "(float){f}"), ("PLIM_F64", 1, "{f}"))

PRELUDE = """
#include <plimsoll/tracelog.h>
PLIM_PROVIDER_DECLARE(net);
extern long outside(long);
static const struct plim_enum_entry colours[] = {{1, "red"}, {2, "green"}, {0, 0}};

#ifdef REFERENCE /* the same branch, and the values kept alive: of a string, its bytes in memory */
#undef PLIM_RECORD_
#define PLIM_RECORD_(id, strings, has_text, slots, site_text, site_operands, count, words) \\
	PLIM_CAT(USE_, count) words \\
	if (has_text) __asm__ volatile("" : : : "memory"); else __asm__ volatile("");
#define USE(word)             __asm__ volatile("" : : PLIM_WORD_CONSTRAINT_(word)(PLIM_WORD_VALUE_(word)));
#endif
#ifdef CALLED /* the same branch, and a call of a function with the words as its arguments */
#undef PLIM_RECORD_
#define PLIM_RECORD_(id, strings, has_text, slots, site_text, site_operands, count, words) \\
	{ static const char site[] = strings; PLIM_CAT(CALL_, count) words }
#endif
"""


def prelude():
    lines = [PRELUDE]
    for count in range(33):
        names = [f"w{i}" for i in range(count)]
        params = ", ".join(["none"] + names)
        lines.append(f"#define USE_{count}({params}) " + " ".join(f"USE({n})" for n in names))
        arguments = ", ".join(["site"] + [f"PLIM_WORD_VALUE_({n})" for n in names])
        lines.append(f"#define CALL_{count}({params}) called_{count}({arguments});")
        types = ", ".join(["const char *"] + ["unsigned long long"] * count)
        lines.append(f"extern void called_{count}({types});")
    return "\n".join(lines)


class Case:
    """One function: shape, number of statements, fields a statement, and which promise holds."""

    def __init__(self, shape, count, fields, group):
        self.shape, self.count, self.fields, self.group = shape, count, fields, group
        self.words = sum(field[1] for field in fields)
        self.name = None

    def statement(self, index, integers, pointers, reals):
        parts = []
        for k, (macro, _, value) in enumerate(self.fields):
            value = value.format(i=integers[(index + k) % len(integers)],
                                 p=pointers[(index + k) % len(pointers)],
                                 f=reals[(index + k) % len(reals)])
            parts.append(f', {macro}("f{k}", {value})')
        return f'PLIM_LOG(net, PLIM_INFO, 1, "e{index}"{"".join(parts)});'

    def text(self):
        return getattr(self, "_" + self.shape)(f"long {self.name}")

    def _each(self, integers, between=lambda index: ""):
        pointers, reals = ("p", "q"), ("x", "y")
        return [between(i) + self.statement(i, integers, pointers, reals)
                for i in range(self.count)]

    ARGUMENTS = "(long a, long b, long c, long *p, long *q, double x, double y)"

    def _leaf(self, head):
        body = "\n".join(self._each(("a", "b", "s", "c"), lambda i: f"s += b * {i + 3};\n"))
        return f"{head}{self.ARGUMENTS} {{ long s = a ^ c;\n{body}\nreturn s + (long)(x + y) + *p - *q; }}"

    def _call(self, head):
        body = "\n".join(self._each(("a", "b", "s", "c"), lambda i: f"s += outside(s + {i});\n"))
        return f"{head}{self.ARGUMENTS} {{ long s = a ^ c;\n{body}\nreturn s + b + (long)(x + y) + *p - *q; }}"

    def _loop(self, head):
        body = "\n".join(self._each(("a", "s", "i", "c"), lambda i: f"s ^= p[i] + {i};\n"))
        return (f"{head}{self.ARGUMENTS} {{ long s = a;\nfor (long i = 0; i < b; i++) {{ s += p[i];\n"
                f"{body}\nq[i] = s; }}\nreturn s + c + (long)(x + y); }}")

    def _switch(self, head):
        cases = "\n".join(f"case {i}: s += {i * i + 1};\n{text}\nbreak;"
                          for i, text in enumerate(self._each(("a", "b", "s", "c"))))
        return (f"{head}{self.ARGUMENTS} {{ long s = a;\nswitch (b) {{ {cases}\n"
                f"default: s = outside(c); }}\nreturn s + (long)(x + y) + *p - *q; }}")

    def _recursion(self, head):
        body = "\n".join(self._each(("a", "b", "s", "c")))
        return (f"{head}{self.ARGUMENTS} {{ long s = b;\nif (a <= 0) return c + (long)(x + y);\n"
                f"s += {self.name}(a - 1, b, c, p, q, x, y) * {self.name}(a - 2, c, b, q, p, y, x);\n"
                f"{body}\nreturn s + *p - *q; }}")

    def _starved_body(self, head, between):
        live = [f"v{i}" for i in range(12)]
        loads = " ".join(f"long {v} = p[{i}];" for i, v in enumerate(live))
        body = "\n".join(self._each(tuple(live), between))
        stores = " ".join(f"q[{i}] = v{i} ^ v{(i + 5) % 12};" for i in range(12))
        return f"{head}{self.ARGUMENTS} {{ {loads}\n{body}\n{stores}\nreturn a + b + c + (long)(x + y); }}"

    def _starved(self, head):
        return self._starved_body(head, lambda i: f"v{i % 12} += v{(i + 1) % 12} * v{(i + 7) % 12};\n")

    def _starved_call(self, head):
        return self._starved_body(head, lambda i: f"v{i % 12} += outside(v{(i + 7) % 12});\n")


def all_cases():
    """The whole matrix."""
    one_word = [field for field in FIELDS if field[1] == 1 and "{i}" in field[2]]
    cases = []
    for shape in SHAPES:
        for count in COUNTS:
            for words in range(WORDS_MAX + 1):
                fields = [one_word[(words * 7 + k * 3) % len(one_word)] for k in range(words)]
                cases.append(Case(shape, count, fields, "words"))
                cases.append(Case(shape, count, [FIELDS[7]] * words, "words"))
        for index, field in enumerate(FIELDS):
            count = COUNTS[(index + len(cases)) % len(COUNTS)]
            cases.append(Case(shape, count, [field], "words"))
            cases.append(Case(shape, 4, [FIELDS[7], field, FIELDS[17]], "words"))
        for count in (1, 4, 16):
            for fields in ([FIELDS[7]] * 6, [FIELDS[7]] * 8, [FIELDS[7]] * 16, [FIELDS[20]] * 4,
                           [FLOATS[0]], [FLOATS[1]], [FLOATS[1], FIELDS[7], FLOATS[0]],
                           [FLOATS[1]] * 5, [FLOATS[1]] * 8):
                cases.append(Case(shape, count, fields, "beyond"))
    for index, case in enumerate(cases):
        case.name = f"f{index}"
    return cases


def choose(cases, share, seed):
    """A share of the cases, a different one for each configuration, the same in every run."""
    if share >= 1:
        return cases
    return sorted(random.Random(seed).sample(cases, int(len(cases) * share)),
                  key=lambda case: int(case.name[1:]))


VARIANTS = {"statement": (), "reference": ("-DREFERENCE",), "call": ("-DCALLED",)}


def measure(folder, compiler, flags, cases):
    """{case: {variant: frame}} of one compiler and set of flags."""
    stem = os.path.join(folder, "_".join((compiler,) + flags).replace("/", "_"))
    with open(stem + ".c", "w", encoding="utf-8") as file:
        file.write(prelude() + "\n" + "\n".join(case.text() for case in cases) + "\n")
    frames = {case: {} for case in cases}
    for variant, defines in VARIANTS.items():
        path = f"{stem}.{variant}.o"
        command = [compiler, "-std=gnu11", "-w", f"-I{ROOT}/include", *flags, *defines, "-c",
                   stem + ".c", "-o", path]
        run = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if run.returncode:
            raise RuntimeError(" ".join(command) + "\n" + "\n".join(run.stderr.splitlines()[:6]))
        code = Object(path)
        for case in cases:
            frames[case][variant] = code.frame(case.name)
        os.unlink(path)
    return frames


class Cell:
    """Net bytes of many cases."""

    def __init__(self):
        self.count = self.total = self.above = 0
        self.worst = -10**9
        self.worst_case = ""

    def add(self, net, label):
        self.count += 1
        self.total += net
        self.above += net > 0
        if net > self.worst:
            self.worst, self.worst_case = net, label

    @property
    def mean(self):
        return self.total / self.count if self.count else 0.0

    def __str__(self):
        return f"{self.mean:7.2f} {self.worst:5d} {self.above:5d}/{self.count:<6d}" if self.count else ""


def verdicts(cells, worst, worst_beyond):
    """What breaks the promise, one line each."""
    for (group, compiler, level, count, variant), cell in sorted(cells.items(), key=str):
        if variant != "statement":
            continue
        if count != "all":
            if group == "words" and cell.mean >= 1.0:
                yield f"{count} statements: mean {cell.mean:.2f} where less than 1.0 is promised"
            continue
        limit = 0 if level == "-O0" else worst_beyond if group == "beyond" else worst
        if cell.worst > limit:
            yield (f"{compiler} {level}, {group}: {cell.worst} bytes where {limit} are promised "
                   f"({cell.worst_case})")
        if group == "words" and cell.mean >= 1.0:
            yield f"{compiler} {level}: mean {cell.mean:.2f} where less than 1.0 is promised"


def print_tables(cells, compilers):
    titles = {"words": "up to 5 words", "beyond": "more words, floating point"}
    for group, title in titles.items():
        print(f"\ncaller bytes, statements of {title}: "
              "net of keeping the values alive (mean, worst, cases above 0)")
        print(f"{'':12} {'statement':^25} {'plain out-of-line call':^25}")
        for compiler in compilers:
            for level in LEVELS:
                own = cells.get((group, compiler, level, "all", "statement"), Cell())
                call = cells.get((group, compiler, level, "all", "call"), Cell())
                print(f"{compiler:6} {level:5} {own!s:25} {call!s:25}")
        print("by number of statements in the function, -O1 and above:")
        for count in COUNTS:
            own = cells.get((group, "all", "-O", count, "statement"), Cell())
            call = cells.get((group, "all", "-O", count, "call"), Cell())
            print(f"{count:9}    {own!s:25} {call!s:25}")


def gather(results):
    cells = {}
    for compiler, flags, frames in results:
        for case, frame in frames.items():
            label = (f"{' '.join((compiler,) + flags)}: {case.shape}, {case.count} statements of "
                     + "+".join(field[0][5:] for field in case.fields))
            for variant in ("statement", "call"):
                net = frame[variant] - frame["reference"]
                keys = [(case.group, compiler, flags[0], "all", variant)]
                if flags[0] != "-O0":
                    keys.append((case.group, "all", "-O", case.count, variant))
                for key in keys:
                    cells.setdefault(key, Cell()).add(net, label)
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0,
                        help="measure this share of the matrix (default: all of it)")
    parser.add_argument("--limit", type=int, default=8, help="bytes allowed in the worst case")
    parser.add_argument("--limit-beyond", type=int, default=16,
                        help="the same with more words or floating point")
    parser.add_argument("--table", action="store_true", help="print the table only; exit 0")
    parser.add_argument("--worst", type=int, default=0, help="also list so many of the worst cases")
    parser.add_argument("--compilers", default="gcc,clang")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    compilers = options.compilers.split(",")
    cases = all_cases()
    jobs = [(compiler, (level,) + model) for level in LEVELS for model in CODE_MODELS
            for compiler in compilers]
    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        futures = [pool.submit(measure, folder, compiler, flags,
                               choose(cases, options.share, f"{compiler} {flags}"))
                   for compiler, flags in jobs]
        results = [(compiler, flags, future.result())
                   for (compiler, flags), future in zip(jobs, futures)]
    cells = gather(results)
    print_tables(cells, compilers)
    if options.worst:
        print("\nworst cases:")
        rows = [(frame["statement"] - frame["reference"], compiler, flags, case)
                for compiler, flags, frames in results for case, frame in frames.items()]
        for net, compiler, flags, case in sorted(rows, key=lambda row: -row[0])[:options.worst]:
            print(f"{net:4} {compiler} {' '.join(flags)}: {case.shape} x{case.count} "
                  + "+".join(field[0][5:] for field in case.fields))
    broken = list(verdicts(cells, options.limit, options.limit_beyond))
    if options.table:
        return 0
    for line in broken:
        print(f"caller_bytes: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
