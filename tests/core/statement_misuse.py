#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Mistakes are compile errors that name the mistake; the headers alone compile without a word."""
import concurrent.futures
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What GNU extensions leave no way around: a flexible array in C++, one literal for a site's strings
# and assembly, and clang's view of a statement without fields.
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wno-overlength-strings"]
CLANG_WARNINGS = ["-Wno-c99-extensions", "-Wno-gnu-zero-variadic-macro-arguments"]

FRAME = """
#include <plimsoll/tracelog.h>
#include <stdint.h>
PLIM_PROVIDER_DECLARE(net);
struct thing { int x; };
void f(int n, long wide, double real, const char *text, struct thing thing, int *ints);
void f(int n, long wide, double real, const char *text, struct thing thing, int *ints)
{
	(void)n, (void)wide, (void)real, (void)text, (void)thing, (void)ints;
	%s;
}
"""
SEVENTEEN = ", ".join(f'PLIM_U8("f{i}", 1)' for i in range(17))
INTEGERS = ("I8 I16 I32 I64 U8 U16 U32 U64 HEX8 HEX16 HEX32 HEX64 CHAR CHAR16 CHAR32 IPV4 PORT ERRNO "
            "NTSTATUS WIN32 HRESULT TIME_NS FILETIME BOOL").split()
NARROW = "I8 I16 I32 U8 U16 U32 HEX8 HEX16 HEX32 CHAR IPV4 PORT ERRNO NTSTATUS WIN32 HRESULT".split()
POINTERS = "PTR STR STR16 STR32 GUID IPV6 MAC SYSTEMTIME".split()
COUNTED = "STRN STRN16 STRN32 BIN SOCKADDR".split()


def log(fields, provider="net", level="PLIM_INFO", keyword="0"):
    return f'PLIM_LOG({provider}, {level}, {keyword}, "e"{", " + fields if fields else ""})'


def mistakes():
    """(statement, what the compiler must say)"""
    for kind in INTEGERS:
        yield log(f'PLIM_{kind}("f", text)'), rf"PLIM_{kind} wants an integer"
        yield log(f'PLIM_{kind}("f", real)'), rf"PLIM_{kind} wants an integer"
        if kind != "BOOL":
            yield log(f'PLIM_{kind}("f", thing)'), rf"PLIM_{kind} wants an integer|thing"
    for kind in NARROW:
        yield log(f'PLIM_{kind}("f", wide)'), rf"PLIM_{kind}: the value is wider than the field"
    for kind in POINTERS:
        yield log(f'PLIM_{kind}("f", n)'), rf"PLIM_{kind} wants (a pointer|\d\d-bit)|PLIM_{kind}"
    for kind in ("STR16", "STR32"):
        yield log(f'PLIM_{kind}("f", text)'), rf"PLIM_{kind} wants {kind[3:]}-bit units"
    for kind in COUNTED:
        yield log(f'PLIM_{kind}("f", n, 3)'), rf"PLIM_{kind} wants a pointer"
        yield log(f'PLIM_{kind}("f", text, text)'), rf"PLIM_{kind}'s length wants an integer"
    for kind in ("F32", "F64"):
        yield log(f'PLIM_{kind}("f", n)'), rf"PLIM_{kind} wants a floating-point value"
    yield log('PLIM_ENUM("f", real, 0)'), "PLIM_ENUM wants an integer"
    yield log('PLIM_U8("f", 1)', provider="absent"), "plim_provider_absent"
    yield log(SEVENTEEN), "a statement has at most 16 fields"
    yield log("", keyword="n"), "the keyword is not a constant"
    yield log("", level="6"), "levels are 0 to 5"
    yield log("", level="-1"), "levels are 0 to 5"


# In C alone: C++ says it by its own conversions, or not at all.
C_ALONE = (
    (log('PLIM_STR("f", ints)'), "PLIM_STR wants a pointer to char"),
)
FINE = (log(SEVENTEEN.rsplit(",", 2)[0]), log('PLIM_U8("f", 255), PLIM_I64("g", n)'),
        log('PLIM_STR("f", "literal"), PLIM_BIN("g", &thing, sizeof(thing))'),
        "PLIM_ENTER(net)", "PLIM_EXIT(net)", "(void)PLIM_ENABLED(net, PLIM_INFO, 3)",
        log("", keyword="0x8000000000000000", level="0"))
HEADERS = ("tracelog.h", "session.h", "site.h", "module.h", "stage.h", "apply.h")
DIALECTS = (("gcc", "c99"), ("gcc", "c11"), ("clang", "c99"), ("clang", "c11"),
            ("g++", "c++17"), ("clang++", "c++17"))


def compile_text(compiler, text, *flags):
    language = "c++" if "++" in compiler else "c"
    if "clang" in compiler:
        flags += tuple(CLANG_WARNINGS)
    run = subprocess.run([compiler, "-x", language, f"-I{ROOT}/include", "-fsyntax-only", *flags, "-"],
                         input=text, capture_output=True, text=True, check=False, timeout=60)
    return run.returncode, run.stderr


def check_mistake(job):
    compiler, (statement, says) = job
    status, output = compile_text(compiler, FRAME % statement)
    errors = "\n".join(re.findall(r"error: .*", output)).replace("\\'", "'")
    if not status:
        return f"{compiler} takes {statement}"
    if not re.search(says, errors):
        return f"{compiler}: {statement}: not a word of '{says}' in:\n{errors[:500]}"
    return None


def check_fine(job):
    compiler, statement = job
    dialect = "-std=c++17" if "++" in compiler else "-std=c11"
    # Local labels and statements without fields are GNU's; -Wpedantic has no finer switch in gcc.
    status, output = compile_text(compiler, FRAME % statement, dialect, *WARNINGS, "-Wno-pedantic",
                                  "-Werror", "-O1")
    return f"{compiler}: {statement}:\n{output[:600]}" if status or output else None


def check_header(job):
    compiler, dialect, header = job
    status, output = compile_text(compiler, f"#include <plimsoll/{header}>\nextern int any;\n",
                                  f"-std={dialect}",
                                  *WARNINGS, "-Werror")
    return f"{compiler} -std={dialect}: {header}:\n{output[:600]}" if status or output else None


def main():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [(compiler, row) for compiler in ("gcc", "clang", "g++", "clang++")
                for row in mistakes()]
        jobs += [(compiler, row) for compiler in ("gcc", "clang") for row in C_ALONE]
        wrong = list(pool.map(check_mistake, jobs))
        wrong += pool.map(check_fine, [(compiler, row) for compiler in
                                       ("gcc", "clang", "g++", "clang++") for row in FINE])
        wrong += pool.map(check_header, [(*dialect, header) for dialect in DIALECTS
                                         for header in HEADERS])
    count = len(wrong)
    wrong = [line for line in wrong if line]
    print("\n".join(wrong + [f"{count - len(wrong)} of {count} compilations say what they should"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
