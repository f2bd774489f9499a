#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real programs of Debian: `plimsoll stack rules` asks, this answers, the check must become green,
and what the main thread then uses when the program runs is at most the bound.

usage: real_test.py PLIMSOLL PAINTER_LIBRARY
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

# Generous answers: the deepest of glibc's functions here are its printf and locale families.
EXTERNAL, DYNAMIC, RECURSION = 24 * 1024, 16 * 1024, 64
BUDGET = 1 << 40

TEXT = "".join("line %d of a text to work on: %d\n" % (n, n * 7919 % 1000) for n in range(4000))
PROGRAMS = [
    (["xz", "-9", "-c", "text"], None),
    (["gzip", "-9", "-c", "text"], None),
    (["sed", "-E", "s/(line) ([0-9]+)/\\2 \\1/g; /99/d", "text"], None),
    (["sort", "-k", "2n", "text"], None),
    (["od", "-A", "x", "-t", "x1z", "text"], None),
    (["cat", "-A", "text"], None),
    (["md5sum", "text"], None),
    (["zstd", "-3", "-c", "--single-thread", "text"], None),
]


def answer(questions):
    """What a person does with an editor: each question's last word becomes an answer."""
    lines = []
    for line in questions.splitlines():
        match = re.match(r"# (external|recursion|dynamic|calls) ([^#]*)(#.*)?$", line)
        if not match or not re.search(r"(\?|\(types\))\s*$", match.group(2)):
            lines.append(line)
            continue
        verb, rest = match.group(1), match.group(2).rstrip()
        value = {"external": EXTERNAL, "recursion": RECURSION, "dynamic": DYNAMIC,
                 "calls": "(none)"}[verb]
        lines.append("%s %s" % (verb, rest.replace("?", str(value))))
    return re.sub(r"^(entry \S+ .*budget) \d+", r"\1 %d" % BUDGET, "\n".join(lines) + "\n",
                  flags=re.M)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)


def close(plimsoll, binary, path):
    """Answers until nothing is asked any more; returns the check's JSON."""
    with open(path, "w") as out:
        out.write(answer(run(plimsoll, "stack", "rules", binary).stdout))
    for _ in range(4):
        done = run(plimsoll, "stack", "check", binary, "--rules", path, "--json")
        if done.returncode != 1:
            return done
        more = run(plimsoll, "stack", "rules", binary, "--rules", path).stdout
        with open(path, "a") as out:
            out.write(answer(more))
    return done


def main():
    plimsoll, painter = sys.argv[1:3]
    failures = seen_ok = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "text"), "w") as out:
            out.write(TEXT)
        for command, _ in PROGRAMS:
            binary = os.path.realpath(shutil.which(command[0]) or "/nonexistent/" + command[0])
            done = close(plimsoll, binary, os.path.join(folder, "rules"))
            if done.returncode != 0:
                print("FAIL %s: check gives %d %s" % (command[0], done.returncode,
                                                      done.stderr.strip()))
                failures += 1
                continue
            bound = json.loads(done.stdout)["entries"][0]["bound"]
            depth_file = os.path.join(folder, "depth")
            environment = dict(os.environ, LD_PRELOAD=painter, STACK_PAINTER=depth_file, LC_ALL="C")
            subprocess.run([binary] + command[1:], env=environment, cwd=folder, check=True,
                           stdout=subprocess.DEVNULL)
            with open(depth_file) as f:
                depth = int(f.read())
            good = 0 < depth <= bound
            failures += not good
            seen_ok += good
            print("%-4s %-8s seen %7d, bound %8d, bound / seen %.1f" %
                  ("ok" if good else "FAIL", command[0], depth, bound, bound / max(depth, 1)))
    print("%d of %d programs closed with rules and stayed below their bound" %
          (seen_ok, len(PROGRAMS)))
    return 1 if failures else 0


sys.exit(main())
