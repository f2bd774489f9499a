#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What cannot be done ends with status 2 and one clear line; a failed check with status 1.

usage: errors_test.py PLIMSOLL
"""
import os
import subprocess
import sys
import tempfile

failures = []


def stack(plimsoll, *words):
    return subprocess.run([plimsoll, "stack", *words], capture_output=True, text=True, timeout=20)


def expect_line(plimsoll, words, part, status=2, lines=1):
    done = stack(plimsoll, *words)
    good = (done.returncode == status and part in done.stderr and not done.stdout
            and done.stderr.count("\n") == lines and done.stderr.startswith("plimsoll stack"))
    if not good:
        failures.append(words)
        print("FAIL", words, "status", done.returncode, "said", repr(done.stderr[:400]),
              "and", repr(done.stdout[:80]))


def main():
    plimsoll = sys.argv[1]
    program = os.path.realpath("/bin/cat")
    with tempfile.TemporaryDirectory() as folder:
        def write(name, content):
            path = os.path.join(folder, name)
            with open(path, "wb") as out:
                out.write(content)
            return path

        text = write("text", b"not a binary\n")
        empty = write("empty", b"")
        magic = write("magic", b"\x7fELF" + b"\xff" * 200)
        rules = write("rules", b"entry main budget 64M\nexternal * = 100\n")
        no_entry = write("no-entry", b"external * = 100\n")
        unused = write("unused", b"entry main budget 64M\nexternal * = 1\nexternal nope = 1\n"
                                 b"calls main+1 -> x\n")
        broken = write("broken", b"entry main budget\n")
        missing = write("missing", b"entry main budget 1M\nexternal * = 1\n"
                                   b"calls exit -> no_such_function\n")
        with open(program, "rb") as f:
            half = write("half", f.read()[:3000])
        cases = [
            ((), "", None),
            (("frob",), "no verb 'frob'"),
            (("report",), "usage: plimsoll stack report BINARY..."),
            (("path", program), "usage: plimsoll stack path"),
            (("diff", program), "usage: plimsoll stack diff OLD NEW"),
            (("diff", program, program, program), "usage: plimsoll stack diff OLD NEW"),
            (("report", program, "--frob"), "--frob is no option"),
            (("report", program, "-x"), "-x is no option"),
            (("report", program, "--sarif", "x"), "--sarif has no use here"),
            (("report", program, "--top"), "--top needs a value"),
            (("report", program, "--top", "many"), "--top needs a number"),
            (("diff", program, program, "--max-growth", "-1"), "--max-growth needs a number"),
            (("report", "/nonexistent"), "/nonexistent"),
            (("report", folder), folder),
            (("report", "/dev/null"), "/dev/null"),
            (("report", text), text),
            (("report", empty), empty),
            (("report", magic), magic),
            (("report", half), half),
            (("report", program, text), text),
            (("check", program), "needs --rules FILE"),
            (("check", program, "--rules", "/nonexistent"), "cannot be opened"),
            (("check", program, "--rules", broken), "broken:1:18: expected a number"),
            (("check", program, "--rules", no_entry), "has no entry"),
            (("check", program, "--rules", text), "text:1:1: no such rule"),
            (("check", program, "--rules", rules, "--sarif", "/nonexistent/x"), "cannot be written"),
            (("check", program, "--rules", rules, "--html", folder), "cannot be written"),
            (("path", program, "no_such"), "no function is called 'no_such'"),
            (("path", program, "mai"), "there is 'main'"),
            (("blame", program, "no_such"), "no function is called 'no_such'"),
            (("blame", program, "--sinks", "("), "not an extended regular expression"),
        ]
        for words, part, *_ in cases[1:]:
            expect_line(plimsoll, words, part)
        # Every rule that matches nothing is named, with its place.
        expect_line(plimsoll, ("check", program, "--rules", unused), "unused:3:10: nothing matches "
                    "'nope'", lines=2)
        expect_line(plimsoll, ("check", program, "--rules", missing), "no_such_function")
        # Without a verb the help goes to stderr; asked for, to stdout.
        done = stack(plimsoll)
        if done.returncode != 2 or "usage:" not in done.stderr:
            failures.append("no verb")
        for words in (("--help",), ("report", "--help")):
            done = stack(plimsoll, *words)
            if done.returncode != 0 or "usage:" not in done.stdout or done.stderr:
                failures.append(words)
        # A full disk is an error.
        with open("/dev/full", "w") as full:
            done = subprocess.run([plimsoll, "stack", "report", program], stdout=full,
                                  stderr=subprocess.PIPE, text=True)
        if done.returncode != 2 or "could not be written" not in done.stderr:
            failures.append("full disk")
            print("FAIL full disk:", done.returncode, done.stderr)
    print("%d failures" % len(failures))
    return 1 if failures else 0


sys.exit(main())
