#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A disabled statement (promise P4): one byte compare and one conditional branch, not taken.

Along the way that disabled statements take there must be `cmpb $0x0,x(%rip)` and one conditional
jump for each, and beside them no more than in the same function without statements, but for
a few moves between registers (the cold side has wishes, and an addition can no longer join a
multiplication in one lea): no register is saved, and no argument is evaluated (the divisions and loads among them would show).
"""
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "figures"))
from frame_of_code import Object, PADDING  # noqa: E402

SOURCE = """
#include <plimsoll/tracelog.h>
PLIM_PROVIDER_DECLARE(net);
#ifdef __cplusplus
extern "C" {
#endif
long straight(long a, long b, const char *s);
long starved(const long *p, long *q);
#ifdef WITHOUT
#undef PLIM_LOG
#define PLIM_LOG(...) ((void)0)
#endif
long straight(long a, long b, const char *s)
{
	a *= b;
	PLIM_LOG(net, PLIM_INFO, 0, "one", PLIM_I64("a", a / 3), PLIM_STR("s", s));
	a += 77;
	PLIM_LOG(net, PLIM_ERROR, 3, "two", PLIM_I64("a", a), PLIM_I64("b", a / b),
		 PLIM_I64("c", s[4]), PLIM_BIN("d", s, (unsigned long)b));
	return a;
}
long starved(const long *p, long *q)
{
	long a = p[0], b = p[1] * 3;
	PLIM_LOG(net, PLIM_INFO, 0, "none");
	q[0] = a ^ b;
#ifdef __cplusplus /* beyond five words C++ calls, and calls need registers saved */
	PLIM_LOG(net, PLIM_INFO, 0, "four", PLIM_I64("1", a % b), PLIM_I64("2", b), PLIM_I64("3", a),
		 PLIM_I64("4", b / a));
#else
	PLIM_LOG(net, PLIM_INFO, 0, "six", PLIM_I64("1", a % b), PLIM_I64("2", b), PLIM_I64("3", a),
		 PLIM_I64("4", b), PLIM_I64("5", a / b), PLIM_F64("6", (double)a));
#endif
	return a + b;
}
#ifdef __cplusplus
}
#endif
"""


MOVES = {"mov", "lea", "add"}


def way(code, function):
    """Names and operands along the path on which no conditional jump is taken."""
    at, path = code.starts[function], []
    while True:
        instruction = code.code[at]
        if instruction.name == "jmp":
            at = code._target(at[0], instruction)
            continue
        if instruction.name not in PADDING and instruction.name != "endbr64":
            path.append(instruction)
        if instruction.name == "ret":
            return path
        at = (at[0], instruction.next)


def check(label, with_path, without_path, statements):
    """What is wrong, or None."""
    names = [instruction.name for instruction in with_path]
    tests = [i for i, name in enumerate(names) if name == "cmpb"]
    if len(tests) != statements:
        return f"{label}: {len(tests)} tests for {statements} statements: {names}"
    for index in tests:
        if not with_path[index].operands.startswith("$0x0,") or \
                not with_path[index].operands.endswith("(%rip)"):
            return f"{label}: the test is {names[index]} {with_path[index].operands}"
        if names[index + 1] not in ("jne", "je"):
            return f"{label}: behind the test stands {names[index + 1]}"
    rest = [name for i, name in enumerate(names) if i not in tests and i - 1 not in tests]
    extra = [name for name in rest if name not in MOVES]
    bare = [instruction.name for instruction in without_path]
    if extra != [name for name in bare if name not in MOVES] or len(rest) > len(bare) + 3:
        return f"{label}: beside the tests {rest}, without statements {bare}"
    return None


def main():
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for compiler, language in (("gcc", "c"), ("clang", "c"), ("g++", "c++"),
                                   ("clang++", "c++")):
            source = os.path.join(folder, "disabled." + language)
            with open(source, "w", encoding="utf-8") as file:
                file.write(SOURCE)
            for level in ("-O1", "-O2", "-O3", "-Os"):
                codes = []
                for define in ("-DWITH", "-DWITHOUT"):
                    path = os.path.join(folder, "disabled.o")
                    subprocess.run([compiler, "-x", language, level, define,
                                    f"-I{ROOT}/include", "-c", source, "-o", path], check=True)
                    codes.append(Object(path))
                for function, statements in (("straight", 2), ("starved", 2)):
                    count += 1
                    wrong.append(check(f"{compiler} {level} {function}", way(codes[0], function),
                                       way(codes[1], function), statements))
    wrong = [line for line in wrong if line]
    print("\n".join(wrong + [f"{count - len(wrong)} of {count} functions are as bare as promised"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
