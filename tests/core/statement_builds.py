#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds the statement programs in every way programs are built, runs them, reads their traces.

usage: statement_builds.py GROUP --libraries DIR [--accept]

Each trace must say what the golden file NAME.expected says: names, types, values, functions. The
line may be any of the statement's own (gcc's __LINE__ is the first, clang's the last).
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from trace_check import Cut, ROOT, Trace

HERE = os.path.dirname(os.path.abspath(__file__))
LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")
SHARED, STATIC = "shared", "static"
# Sources of a program: the first gives it its name; every file is compiled by itself.
VALUES = ("statement_values.c", "statement_other.c")
CXX = ("statement_cxx.cc", "statement_other.c")


def builds():
    """(group, compiler, sources, flags, link)"""
    for compiler in ("gcc", "clang"):
        for level in LEVELS:
            yield "levels", compiler, VALUES, [level], SHARED
            yield "cxx", compiler, CXX, [level], SHARED
        yield "levels", compiler, VALUES, ["-O2", "-x", "c++"], SHARED
        yield "levels", compiler, VALUES, ["-O0", "-x", "c++"], SHARED
        for flags in (["-O2", "-fPIC"], ["-O2", "-fno-pic", "-no-pie"],
                      ["-O2", "-fno-omit-frame-pointer"], ["-O2", "-fcf-protection"],
                      ["-O2", "-fpatchable-function-entry=4,2"], ["-Og", "-g3"],
                      ["-O2", "-march=x86-64-v3"], ["-O2", "-ffunction-sections", "-fdata-sections",
                                                    "-Wl,--gc-sections"],
                      ["-O2", "-fstack-protector-all", "-D_FORTIFY_SOURCE=2"],
                      ["-O2", "-std=c11"], ["-O1", "-fno-plt", "-fPIC", "-pie"],
                      ["-O2", "-DPLIM_GENERIC"], ["-O0", "-DPLIM_GENERIC"],
                      ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
                      ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]):
            yield "flags", compiler, VALUES, flags, SHARED
        lto = ["-flto"] if compiler == "gcc" else ["-flto", "-fuse-ld=lld"]
        for level in ("-O0", "-O2"):
            yield "link", compiler, VALUES, [level, *lto], SHARED
            yield "link", compiler, VALUES, [level, *lto], STATIC
            yield "link", compiler, CXX, [level, *lto], SHARED
        for flags in (["-O2"], ["-O0", "-fPIC"]):
            yield "link", compiler, VALUES, [*flags, "-static"], STATIC
            yield "link", compiler, VALUES, flags, STATIC
            yield "link", compiler, CXX, [*flags, "-static"], STATIC
        yield "cxx", compiler, CXX, ["-O1", "-fsanitize=address,undefined"], SHARED
        for level in ("-O0", "-O2"):
            yield "dlopen", compiler, ("statement_dlopen.c",), [level], SHARED


def check_run(command, **options):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         check=False, timeout=120, **options)
    if run.returncode or run.stdout:
        text = "\n".join(run.stdout.splitlines()[:15])
        raise RuntimeError(f"{' '.join(command)}: status {run.returncode}\n{text}")


def compile_program(folder, compiler, sources, flags, link, libraries):
    cxx = {"gcc": "g++", "clang": "clang++"}[compiler]
    objects = []
    as_cxx = "-x" in flags
    link_flags = [flag for flag in flags if flag not in ("-x", "c++", "-std=c11")]
    compile_flags = [flag for flag in flags if not flag.startswith("-Wl") and
                     flag not in ("-static", "-no-pie", "-pie", "-fuse-ld=lld", "-x", "c++")]
    for source in sources:
        name = os.path.join(folder, source + ".o")
        is_cxx = source.endswith(".cc") or as_cxx
        language = ["-x", "c++", "-std=c++17"] if is_cxx else ["-std=gnu11"]
        check_run([cxx if is_cxx else compiler, *language, *compile_flags, "-Wall", "-Wextra",
                   "-Wshadow", "-Werror", f"-I{ROOT}/include", "-c", os.path.join(HERE, source),
                   "-o", name])
        objects.append(name)
    program = os.path.join(folder, "program")
    if link == SHARED:
        library = [f"-L{libraries}", "-lplimsoll", f"-Wl,-rpath,{libraries}"]
    else:
        library = ["-Wl,--wrap=pthread_create", f"{libraries}/libplimsoll.a", "-pthread"]
    check_run([cxx, *link_flags, *objects, "-o", program, *library, "-ldl"])
    return program


def extents(sources):
    """{(file, line): first line of the statement that the line belongs to}"""
    first = {}
    for source in sources:
        with open(os.path.join(HERE, source), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line in enumerate(lines, 1):
            if re.search(r"\bPLIM_(LOG|ENTER|EXIT|RETURN|FAIL_GOTO|ENABLED)\(", line):
                last = number
                while not lines[last - 1].rstrip().endswith(";"):
                    last += 1
                for inside in range(number, last + 1):
                    first.setdefault((source, inside), number)
    return first


def show(value):
    if isinstance(value, bytes) and len(value) > 40 and value == value[:1] * len(value):
        return f"{value[:1]!r} * {len(value)}" + (" cut" if isinstance(value, Cut) else "")
    return repr(value)


def describe(trace, first):
    """The trace as lines of text, and what must hold of any trace."""
    assert trace.drops == 0, f"{trace.drops} drops"
    lines = []
    for event in trace.events:
        site = event.site
        file = os.path.basename(site.file)
        assert (file, site.line) in first, f"{site.event}: no statement at {file}:{site.line}"
        fields = "".join(f" {name}:{kind}={show(value)}" for name, kind, value in event.fields)
        function = re.sub(r"[<(].*|.*::", "", site.function)
        lines.append(f"{trace.providers[site.provider]}/{site.event} {site.level} {site.keyword:#x} "
                     f"{function} {file}:{first[file, site.line]}{fields}")
    return lines


def check_sites(trace, first, link_time):
    """A statement of the source has one site in each object file, however often it was copied."""
    if link_time:
        return
    seen = {}
    for site in trace.sites.values():
        key = (os.path.basename(site.file), site.line, site.event, site.type, site.function)
        seen[key] = seen.get(key, 0) + 1
    for key, count in seen.items():
        limit = 2 if key[0] == "statement_inline.h" else 1
        if key[0] == "statement_plugin.c":
            limit = 3
        assert count <= limit, f"{count} sites for {key}"


def run_build(job, libraries, accept):
    """None, or what is wrong."""
    _, compiler, sources, flags, link = job
    label = f"{compiler} {' '.join(flags)} {link} {sources[0]}"
    name = sources[0].rsplit(".", 1)[0]
    with tempfile.TemporaryDirectory() as folder:
        try:
            program = compile_program(folder, compiler, sources, flags, link, libraries)
            command = [program]
            if name == "statement_dlopen":
                plugin = os.path.join(folder, "plugin.so")
                check_run([compiler, *flags, "-fPIC", "-shared", f"-I{ROOT}/include",
                           os.path.join(HERE, "statement_plugin.c"), "-o", plugin,
                           f"-L{libraries}", "-lplimsoll", f"-Wl,-rpath,{libraries}"])
                command.append(plugin)
            path = os.path.join(folder, "trace")
            environment = dict(os.environ, PLIMSOLL_TRACE=path, PLIMSOLL_SIZE="1M")
            check_run(command, env=environment)
            trace = Trace(path)
            first = extents([*sources, "statement_inline.h", "statement_plugin.c"])
            lines = describe(trace, first)
            check_sites(trace, first, "-flto" in flags)
        except (RuntimeError, AssertionError, OSError, subprocess.TimeoutExpired) as error:
            return f"{label}: {error}"
    golden = os.path.join(HERE, name + ".expected")
    if accept:
        with open(golden, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return None
    with open(golden, encoding="utf-8") as file:
        expected = file.read().splitlines()
    for at, (want, got) in enumerate(zip(expected, lines)):
        if want != got:
            return f"{label}: event {at}:\n  expected {want}\n  got      {got}"
    if len(expected) != len(lines):
        return f"{label}: {len(lines)} events where {len(expected)} are expected"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("group")
    parser.add_argument("--libraries", required=True, help="folder of libplimsoll.so and .a")
    parser.add_argument("--accept", action="store_true", help="write the golden files anew")
    options = parser.parse_args()
    jobs = [job for job in builds() if options.group in (job[0], "all")]
    if options.accept:
        jobs = list({job[2][0]: job for job in reversed(jobs)}.values())
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        wrong = [line for line in pool.map(
            lambda job: run_build(job, options.libraries, options.accept), jobs) if line]
    for line in wrong:
        print(line)
    print(f"{len(jobs) - len(wrong)} of {len(jobs)} builds say what they should")
    return 1 if wrong or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
