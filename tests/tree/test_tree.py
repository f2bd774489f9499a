#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What holds for the tree as a whole.

usage: test_tree.py names|links|format|licences|manuals SOURCE_DIR

names     each source, script and page has a name that no other one has
links     each relative link of a page leads to a file
format    clang-format has nothing to change
licences  each source and script says its licence in its first lines
manuals   each public macro and function stands in a manual page, which groff reads
"""
import os
import re
import subprocess
import sys

SOURCES = (".c", ".h", ".S", ".cc")
SCRIPTS = (".sh", ".py")
PAGES = (".md", ".1", ".3", ".7")
# Pages that each folder may have one of.
REPEATED = {"CMakeLists.txt", "README.md"}
# Names in the public headers that are parts of others; those that end in _ are, too.
INSIDE = r"PLIM_(HOW|KIND|OPERAND|TABLE_TEXT|CHECK_OF|WORDS_OF)_|plim_class_of$"


def files(root):
    for where, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(("build", ".git", ".cache")))
        for name in sorted(names):
            yield os.path.relpath(os.path.join(where, name), root)


def check_names(root):
    seen = {}
    for path in files(root):
        name = os.path.basename(path)
        if name.endswith(SOURCES + SCRIPTS + PAGES) and name not in REPEATED:
            seen.setdefault(name, []).append(path)
    return [" and ".join(paths) + " have one name" for paths in seen.values() if len(paths) > 1]


def check_links(root):
    wrong = []
    for path in files(root):
        if not path.endswith(".md"):
            continue
        with open(os.path.join(root, path)) as file:
            text = re.sub(r"^```.*?^```$", "", file.read(), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:|#", target):
                continue
            there = os.path.join(root, os.path.dirname(path), target.split("#")[0])
            if not os.path.exists(there):
                wrong.append(f"{path}: {target} leads nowhere")
    return wrong


def check_format(root):
    sources = [os.path.join(root, p) for p in files(root) if p.endswith((".c", ".h", ".cc"))]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources],
                          stderr=subprocess.PIPE, check=False)
    if done.returncode == 0:
        return []
    told = set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr.decode(), re.M))
    return [f"clang-format -i {os.path.relpath(p, root)} would change it" for p in sorted(told)] or \
        [done.stderr.decode()]


def check_licences(root):
    wrong = []
    for path in files(root):
        if not path.endswith(SOURCES + SCRIPTS):
            continue
        with open(os.path.join(root, path), errors="replace") as file:
            head = file.read(200)
        # A script that does not start a shell is a golden case, a few lines that a runner reads.
        is_case = path.endswith(".sh") and not head.startswith("#!")
        if "SPDX-License-Identifier:" not in head and not is_case:
            wrong.append(f"{path} says no licence")
    return wrong


def check_manuals(root):
    pages, wrong = "", []
    for name in sorted(os.listdir(os.path.join(root, "man"))):
        path = os.path.join(root, "man", name)
        with open(path) as file:
            pages += file.read()
        done = subprocess.run(["groff", "-man", "-ww", "-z", path], stderr=subprocess.PIPE,
                              check=False)
        if done.returncode or done.stderr:
            wrong.append(f"man/{name}: {done.stderr.decode()}")
    for header in ("tracelog.h", "session.h"):
        with open(os.path.join(root, "include/plimsoll", header)) as file:
            text = file.read()
        public = re.findall(r"^#define (PLIM_[A-Z0-9_]*[A-Z0-9])\(", text, re.M)
        public += re.findall(r"^(?!static)\w[^#\n]*?\b(plim_\w+)\(", text, re.M)
        wrong += [f"{header}: {name} stands in no manual page" for name in sorted(set(public))
                  if not re.match(INSIDE, name) and not re.search(rf"\b{name}\b", pages)]
    return wrong


def main(what, root):
    checks = {"names": check_names, "links": check_links, "format": check_format,
              "licences": check_licences, "manuals": check_manuals}
    wrong = checks[what](root)
    print("\n".join(wrong) if wrong else f"{what}: as they should be")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1], sys.argv[2]))
