#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Does what README.md says: compiles its programs, runs its commands, compares their output.

Blocks of ```c that begin with a file's name are written to that file; blocks of ```console are
run line by line, in order, against an installation of the build. Times, process numbers, stack
addresses and folders differ from run to run and are masked. Bytes in the table must be what costs.sh prints.

usage: test_readme.py SOURCE_DIR BUILD_DIR
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

VARIES = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}Z \d+", "TIME TID"),
    (r" in /\S*/", " in DIRECTORY/"),
    (r'"time_ns":"\d+"', '"time_ns":"N"'),
    (r'"(pid|tid|sp)":\d+', r'"\1":N'),
]


def masked(text):
    for pattern, name in VARIES:
        text = re.sub(pattern, name, text)
    return text


def blocks(text):
    """Yields (language, what stands before, content) of each fenced block."""
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S):
        before = text[:match.start()].rstrip().rsplit("\n", 1)[-1]
        yield match.group(1), before, match.group(2)


def install(build, work):
    prefix = os.path.join(work, "prefix")
    subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True,
                   stdout=subprocess.DEVNULL)
    library = next(where for where, _, files in os.walk(prefix) if "libplimsoll.so" in files)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PLIMSOLL_")}
    environment.update(PATH=os.path.join(prefix, "bin") + ":" + os.environ["PATH"],
                       PKG_CONFIG_PATH=os.path.join(library, "pkgconfig"),
                       LD_LIBRARY_PATH=library)
    return environment


def run_console(content, work, environment):
    """Runs each `$ ` line and returns the block as it comes out now."""
    lines = []
    for line in content.splitlines():
        if not line.startswith("$ "):
            continue
        done = subprocess.run(["bash", "-c", line[2:]], cwd=work, env=environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines += [line] + done.stdout.decode().splitlines()
    return "".join(line + "\n" for line in lines)


def same(what, expected, got):
    difference = list(difflib.unified_diff(masked(expected).splitlines(),
                                           masked(got).splitlines(), "README.md", "now", lineterm=""))
    if difference:
        print(f"FAILED: {what}\n" + "\n".join(difference))
    return not difference


def main(source, build):
    with open(os.path.join(source, "README.md")) as file:
        text = file.read()
    good, programs, consoles, tables = True, 0, 0, 0
    with tempfile.TemporaryDirectory() as work:
        environment = install(build, work)
        for language, before, content in blocks(text):
            name = re.match(r"/\* (\w+\.c) \*/", content)
            if language == "c" and name:
                programs += 1
                with open(os.path.join(work, name.group(1)), "w") as file:
                    file.write(content)
            elif language == "console":
                consoles += 1
                good = same(content.splitlines()[0], content,
                            run_console(content, work, environment)) and good
            elif before == "<!-- bytes: examples/costs.sh -->":
                tables += 1
                done = subprocess.run([os.path.join(source, "examples/costs.sh"), build],
                                      stdout=subprocess.PIPE, check=True)
                got = done.stdout.decode().split("  the first event")[0]
                good = same("the table of bytes", content, got) and good
    if min(programs, consoles, tables) == 0:
        print("FAILED: README.md has lost its program, its commands or its table")
        good = False
    print(f"README.md: {programs} programs, {consoles} consoles, {tables} table of bytes")
    return 0 if good else 1


sys.exit(main(sys.argv[1], sys.argv[2]))
