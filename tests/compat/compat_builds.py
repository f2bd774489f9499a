#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds a program on the drop-in headers in C and C++, with gcc and clang, at -O0 and -O2, without
a warning; records it; compares what `plimsoll view --json` and babeltrace2 read with SOURCE.expected.

usage: compat_builds.py SOURCE --plimsoll COMMAND --libraries DIR [--flags FLAG...] [--accept]

One line an event: level, keywords, type, function, fields. Numbers of lines are only checked to be
inside the source, as compilers differ on the line of a statement of several.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CXX = {"gcc": "g++", "clang": "clang++"}
LANGUAGES = {"c": "-std=gnu11", "c++": "-std=c++17"}


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          timeout=120, **options)
    if done.returncode or done.stderr:
        text = b"\n".join(done.stderr.splitlines()[:12]).decode(errors="replace")
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}\n{text}")
    return done.stdout.decode()


def describe(output, source):
    """The trace as lines of text."""
    with open(source, encoding="utf-8") as file:
        lines_of_source = len(file.readlines())
    lines = []
    for line in output.splitlines():
        event = json.loads(line)
        assert "lost" not in event, line
        assert os.path.basename(event["file"]) == os.path.basename(source), line
        assert 0 < event["line"] <= lines_of_source, line
        function = re.sub(r"\(.*|.*[ *]", "", re.sub(r"\(.*", "", event["function"]))
        parts = [event["provider"], event["event"], event["level"], event["keywords"],
                 event.get("type", "event"), function, json.dumps(event["fields"])]
        parts += [f"{key}={json.dumps(event[key])}" for key in ("cut", "message") if key in event]
        line = " ".join(json.dumps(p) if p == parts[1] else p for p in parts)
        # A run of one character is told by its length.
        lines.append(re.sub(r"(.)\1{40,}", lambda run: f"{run[1]}*{len(run[0])}", line))
    # Threads interleave as they like: their events are sorted.
    return [line for line in lines if " log_on " not in line] + \
        sorted(line for line in lines if " log_on " in line)


def run_build(job, options):
    """(what is wrong or None, the lines)"""
    compiler, language, level = job
    label = f"{compiler} {language} {level}"
    source = os.path.join(HERE, options.source)
    with tempfile.TemporaryDirectory() as folder:
        program, trace, ctf = (os.path.join(folder, n) for n in ("program", "trace", "ctf"))
        try:
            run([CXX[compiler] if language == "c++" else compiler, "-x", language,
                 LANGUAGES[language], level, "-g", "-Wall", "-Wextra", "-Wshadow", "-Werror",
                 *options.flags, f"-I{ROOT}/include", source, "-o", program,
                 f"-L{options.libraries}", "-lplimsoll", f"-Wl,-rpath,{options.libraries}",
                 "-pthread"])
            run([program], env=dict(os.environ, PLIMSOLL_TRACE=trace, PLIMSOLL_FILTER="*:verbose",
                                    PLIMSOLL_SIZE="1M"))
            lines = describe(run([options.plimsoll, "view", trace, "--json"]), source)
            if job == ("gcc", "c", "-O2"):
                run([options.plimsoll, "export", "--ctf", ctf, trace])
                events = run(["babeltrace2", ctf]).splitlines()
                assert len(events) == len(lines), f"{len(events)} events in babeltrace2"
        except (RuntimeError, AssertionError, OSError, subprocess.TimeoutExpired) as error:
            return f"{label}: {error}", []
    return None, lines


def compare(job, lines, expected):
    for at, (want, got) in enumerate(zip(expected, lines)):
        if want != got:
            return f"{' '.join(job)}: event {at}:\n  expected {want}\n  got      {got}"
    if len(expected) != len(lines):
        return f"{' '.join(job)}: {len(lines)} events where {len(expected)} are expected"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source")
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--libraries", required=True, help="folder of libplimsoll.so")
    parser.add_argument("--flags", nargs="*", default=[])
    parser.add_argument("--accept", action="store_true", help="write the golden file anew")
    options = parser.parse_args()
    options.flags = [flag if flag.startswith("-") else "-" + flag for flag in options.flags]
    golden = os.path.join(HERE, os.path.splitext(options.source)[0] + ".expected")
    jobs = [(compiler, language, level) for compiler in CXX for language in LANGUAGES
            for level in ("-O0", "-O2")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: run_build(job, options), jobs))
    if options.accept and not results[0][0]:
        with open(golden, "w", encoding="utf-8") as file:
            file.write("\n".join(results[0][1]) + "\n")
    with open(golden, encoding="utf-8") as file:
        expected = file.read().splitlines()
    wrong = [text for job, (error, lines) in zip(jobs, results)
             if (text := error or compare(job, lines, expected))]
    print("\n".join(wrong + [f"{len(jobs) - len(wrong)} of {len(jobs)} builds say what they should "
                             f"({len(expected)} events)"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
