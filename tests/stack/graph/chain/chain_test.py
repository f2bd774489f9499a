#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The whole chain, exactly: what chain.c uses when it runs is what the checker computes.

usage: chain_test.py PLIMSOLL COMPILER OPTIMISATION
"""
import json
import os
import subprocess
import sys
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "chain.c")
# What the checker adds for a signal on x86-64: red zone and the kernel's record.
SIGNAL_BYTES = 128 + 3632

RULES = """\
entry entry_direct budget {direct}
entry entry_tail budget 64K
entry entry_field budget 64K
entry entry_recursion budget 64K
entry entry_alloca budget 64K
entry on_signal kind signal {frame} budget 64K
recursion walk <= 5
dynamic take <= {alloca}
"""


def check(plimsoll, binary, rules_text, rules_path, *more):
    with open(rules_path, "w") as out:
        out.write(rules_text)
    return subprocess.run([plimsoll, "stack", "check", binary, "--rules", rules_path, *more],
                          capture_output=True, text=True)


def main():
    plimsoll, compiler, level = sys.argv[1:4]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "chain")
        rules = os.path.join(folder, "chain.rules")
        subprocess.run([compiler, level, "-g", "-fno-omit-frame-pointer", "-o", binary, SOURCE],
                       check=True)
        seen = {}
        for line in subprocess.run([binary], capture_output=True, text=True,
                                   check=True).stdout.splitlines():
            name, value = line.split()
            seen[name] = int(value)
        text = RULES.format(direct=seen["entry_direct"], frame="frame 0", alloca=seen["alloca"])
        done = check(plimsoll, binary, text, rules, "--json")
        if done.returncode == 2:
            print("check: status 2:", done.stderr)
            return 1
        for entry in json.loads(done.stdout)["entries"]:
            name, bound = entry["name"], entry["bound"]
            good = bound == seen[name] and not entry["open"] and entry["verdict"] == "pass"
            failures += not good
            print("%-4s %s: computed %s, seen %d %s" % ("ok" if good else "FAIL", name, bound,
                                                        seen[name], entry["open"]))
        # One byte less than what the entry uses must fail, with status 1.
        done = check(plimsoll, binary, text.replace("budget %d\n" % seen["entry_direct"],
                                                    "budget %d\n" % (seen["entry_direct"] - 1)),
                     rules)
        if done.returncode != 1 or "over" not in done.stdout:
            print("FAIL one byte over the budget:", done.returncode, done.stdout)
            failures += 1
        # Without its rule, recursion and alloca are open, and the entry fails.
        for gone, word in (("recursion", "recursion"), ("dynamic", "dynamic")):
            left = "".join(line + "\n" for line in text.splitlines()
                           if not line.startswith(gone))
            done = check(plimsoll, binary, left, rules)
            if done.returncode != 1 or word not in done.stdout:
                print("FAIL without", gone, done.returncode, done.stdout, done.stderr)
                failures += 1
        # What the kernel pushes is a term of its own, and no less than what it pushed here.
        done = check(plimsoll, binary, text.replace("frame 0 ", ""), rules, "--json")
        for entry in json.loads(done.stdout)["entries"]:
            if entry["name"] == "on_signal" and (
                    entry["bound"] != seen["on_signal"] + SIGNAL_BYTES
                    or entry["path"][1]["depth"] != SIGNAL_BYTES):
                print("FAIL signal frame:", entry["bound"], seen["on_signal"])
                failures += 1
        good = seen["signal"] <= SIGNAL_BYTES
        failures += not good
        print("%-4s signal: the kernel and raise() took %d, %d are charged for the kernel" %
              ("ok" if good else "FAIL", seen["signal"], SIGNAL_BYTES))
    return 1 if failures else 0


sys.exit(main())
