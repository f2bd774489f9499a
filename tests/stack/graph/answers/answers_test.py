#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How calls are answered: across files, by field, table, variable and signature, by rules; and what
stays open. Bounds are compared with frames that the checker itself gives, so only the graph is tested.

usage: answers_test.py PLIMSOLL COMPILER
"""
import json
import os
import subprocess
import sys
import tempfile

failures = []

COMMON = """
#define NOINLINE __attribute__((noinline))
#define USE(bytes) do { volatile char b[bytes]; b[0] = 1; __asm__ volatile("" ::"r"(&b) : "memory"); } while (0)
"""

CALLS = COMMON + """
#include <stdlib.h>
typedef int (*handler)(int);
typedef long (*visitor)(void *, int);
NOINLINE static int a(int n) { USE(100); return n; }
NOINLINE static int b(int n) { USE(200); return n; }
NOINLINE static int c(int n) { USE(3000); return n; }
NOINLINE static long v(void *p, int n) { USE(400); return n + (p != 0); }
NOINLINE static long w(void *p, int n) { USE(50); return n - (p != 0); }
struct inner { int id; handler on; };
struct outer { char name[24]; struct inner inner[2]; visitor visit; };
static struct outer things[2] = {{"x", {{1, a}, {2, b}}, v}, {"y", {{3, b}, {4, a}}, w}};
static handler table[3] = {a, b, a};
static handler only = c;
volatile int which;
NOINLINE int by_field(struct outer *o) { return o->inner[which].on(1) + 1; }
NOINLINE long by_visit(struct outer *o) { return o->visit(o, 1) + 1; }
NOINLINE int by_table(void) { return table[which](1) + 1; }
NOINLINE int by_variable(void) { return only(1) + 1; }
NOINLINE long by_parameter(visitor f, int n) { return f(&which, n) + 1; }
static int order(const void *l, const void *r) { USE(70); return *(const char *)l - *(const char *)r; }
NOINLINE void sorts(char *s) { qsort(s, 4, 1, order); which++; }
void set(handler h);
void set(handler h) { only = h; table[1] = h; }
int main(void)
{
	char s[] = "dcba";
	if (which > 100)
		set(c);
	sorts(s);
	return by_field(things) + (int)by_visit(things + 1) + by_table() + by_variable() +
	       (int)by_parameter(w, 2);
}
"""

LIBRARY = COMMON + """
int from_other(int n);
NOINLINE int shared_deep(int n) { USE(640); return from_other(n) + 1; }
"""
OTHER = COMMON + """
NOINLINE int from_other(int n) { USE(128); return n; }
int (*callback)(int);
NOINLINE int calls_back(int n) { return callback(n) + 1; }
"""
USER = COMMON + """
int shared_deep(int n);
static int helper(int n) { USE(32); return n; }
int (*volatile keep)(int) = helper;
int main(void) { return shared_deep(3) + 1; }
"""


def expect(condition, what):
    if not condition:
        failures.append(what)
        print("FAIL", what)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)


class Tool:
    def __init__(self, plimsoll, compiler, folder):
        self.plimsoll, self.compiler, self.folder = plimsoll, compiler, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def build(self, name, text, *flags):
        with open(self.path(name + ".c"), "w") as out:
            out.write(text)
        done = run(self.compiler, *flags, "-fno-stack-protector", "-o", self.path(name),
                   self.path(name + ".c"))
        expect(done.returncode == 0, "build " + name + done.stderr)
        return self.path(name)

    def report(self, files, rules=None):
        words = [self.plimsoll, "stack", "report", *files, "--json"]
        if rules is not None:
            with open(self.path("rules"), "w") as out:
                out.write(rules)
            words += ["--rules", self.path("rules")]
        done = run(*words)
        if done.returncode:
            return done.stderr
        data = json.loads(done.stdout)
        functions = {}
        for binary in data if isinstance(data, list) else [data]:
            functions.update({f["name"]: f for f in binary["functions"]})
        return functions


def check_program(tool, level):
    binary = tool.build("calls", CALLS, level, "-g")
    plain = tool.report([binary])
    frame = {name: f["frame"] for name, f in plain.items()}

    def reaches(functions, caller, *callees):
        """The bound is that of the largest of these callees, from the caller's depth."""
        most = max(functions[callee]["bound"] for callee in callees)
        bound = functions[caller]["bound"]
        expect(bound is not None and most < bound <= most + frame[caller],
               "%s: %s reaches %s: bound %s, largest %d, frame %d" %
               (level, caller, callees, bound, most, frame[caller]))

    # c is given to set() by code, with the type of these pointers: it can be in every such place.
    reaches(plain, "by_field", "a", "b", "c")
    reaches(plain, "by_table", "a", "b", "c")
    reaches(plain, "by_variable", "c")
    reaches(plain, "by_visit", "v", "w")
    # v is only in a field, and no code makes its address; w is given by main.
    reaches(plain, "by_parameter", "v", "w")
    expect(plain["sorts"]["bound"] is None, "qsort calls back")
    line = 1 + CALLS[:CALLS.index("NOINLINE int by_field")].count("\n")
    ruled = tool.report([binary], """
        calls calls.c:by_field+%d -> a, b
        calls by_table -> a
        calls by_variable -> (none)
        calls by_parameter -> w
        calls by_visit -> (types)
        calls qsort -> order
        external qsort = 1000
        """ % line)
    expect(isinstance(ruled, dict), "rules are used: %s" % ruled)
    if isinstance(ruled, dict):
        reaches(ruled, "by_field", "a", "b")
        reaches(ruled, "by_table", "a")
        reaches(ruled, "by_parameter", "w")
        reaches(ruled, "by_visit", "v", "w")
        expect(ruled["by_variable"]["bound"] == frame["by_variable"], "(none) calls nothing")
        sorts = ruled["sorts"]["bound"]
        expect(sorts is not None and
               ruled["order"]["bound"] + 1000 < sorts <= ruled["order"]["bound"] + 1000 +
               frame["sorts"], "qsort and what it calls: %s" % sorts)
    for rules, part in (("calls by_field+1 -> a\n", "nothing matches 'by_field'"),
                        ("calls by_table -> no_such\n", "nothing matches 'no_such'"),
                        ("recursion by_table <= 2\n", "in a cycle"),
                        ("dynamic by_table <= 2\n", "needs a rule")):
        done = tool.report([binary], rules)
        expect(isinstance(done, str) and part in done, "%s: %s" % (rules, done))
    # Without debug information every function whose address is taken is a candidate.
    run("strip", "-g", binary)
    blind = tool.report([binary])
    reaches(blind, "by_visit", "a", "b", "c", "v", "w")


def check_files(tool, level):
    library = tool.build("shared.so", LIBRARY, level, "-g", "-shared", "-fPIC")
    other = tool.build("other.so", OTHER, level, "-g", "-shared", "-fPIC")
    user = tool.build("user.o", USER, level, "-g", "-c")
    run(tool.compiler, "-o", tool.path("user"), user, library, other)
    user = tool.path("user")
    alone = tool.report([user])
    expect(alone["main"]["bound"] is None and
           any("shared_deep" in item for item in alone["main"]["bound_open"]), "an import is open")
    both = tool.report([user, library, other])
    expect(both["main"]["bound"] is not None and
           both["main"]["bound"] > both["shared_deep"]["bound"] > both["from_other"]["bound"],
           level + ": imports resolve across files")
    # A library alone: its callers may set the pointer. With the program all candidates are known.
    lib = tool.report([other])
    expect(lib["calls_back"]["bound"] is None, "a callback of a library is open")
    expect(any("callers outside" in item or "no function is known" in item
               for item in lib["calls_back"]["bound_open"]), "and says why")
    named = tool.report([other], "calls calls_back -> from_other\n")
    expect(named["calls_back"]["bound"] is not None, "a rule answers it")
    # Objects and an archive of them resolve each other too.
    objects = [tool.build(name + ".o", text, level, "-c")
               for name, text in (("l", LIBRARY), ("o", OTHER), ("u", USER))]
    linked = tool.report(objects)
    expect(linked["main"]["bound"] is not None, "objects resolve each other: %s" % linked["main"])
    run("ar", "rcs", tool.path("all.a"), *objects)
    archive = tool.report([tool.path("all.a")])
    expect(archive["main"]["bound"] == linked["main"]["bound"], "an archive as its objects")


def main():
    plimsoll, compiler = sys.argv[1:3]
    for level in ("-O0", "-O2"):
        with tempfile.TemporaryDirectory() as folder:
            tool = Tool(plimsoll, compiler, folder)
            check_program(tool, level)
            check_files(tool, level)
    print("%d failures" % len(failures))
    return 1 if failures else 0


sys.exit(main())
