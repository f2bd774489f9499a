#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What src/core may ask for (promise P3), seen on its objects, and how big it and the library are.

usage: core_objects.py PATH-BYTES-MAX LIBRARY OBJECT...
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIBRARY_BYTES_MAX = 48 << 10
# The path: what runs when a statement is recorded and its ring has room.
PATH_SYMBOLS = re.compile(r"plim_x86_|plim_words_|walk_fields")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_symbols(objects):
    defined, wanted = set(), set()
    for line in output("nm", *objects).splitlines():
        parts = line.split()
        if len(parts) >= 2 and parts[-2] == "U":
            wanted.add(parts[-1])
        elif len(parts) == 3:
            defined.add(parts[2])
    # The linker makes the table's address; it is no function and no library.
    foreign = wanted - defined - {"_GLOBAL_OFFSET_TABLE_"}
    if foreign:
        yield f"the core asks for {', '.join(sorted(foreign))}"


def check_relocations(objects):
    for name in objects:
        for kind, symbol in re.findall(r"(R_X86_64_\w+)\s+(\S+)", output("objdump", "-dr", name)):
            if "TLSGD" in kind or "TLSLD" in kind or "TLSDESC" in kind or "__tls_get" in symbol:
                yield f"{os.path.basename(name)}: {kind} {symbol}: thread-local storage by a call"


def check_library(library):
    text = output("objdump", "-d", "--section=.text", "--no-show-raw-insn", library)
    function = ""
    for line in text.splitlines():
        match = re.match(r"[0-9a-f]+ <(.+)>:", line)
        function = match[1] if match else function
        on_path = re.match(r"plim_(x86|ring|words|stage)_|walk_fields", function)
        if on_path and re.search(r"\b(call|jmp)\b.*@plt", line):
            yield f"{function} goes through the PLT: {line.split(':')[1].strip()}"
        if on_path and ("syscall" in line or ("lock " in line and "_x86_" in function)):
            yield f"{function} has {line.split(':')[1].strip()}"


def check_bare_program(objects):
    for compiler in ("gcc", "clang"):
        for level in ("-O0", "-O2"):
            with tempfile.TemporaryDirectory() as folder:
                program = os.path.join(folder, "bare")
                command = [compiler, level, "-ffreestanding", "-fno-stack-protector", "-nostdlib",
                           "-static", f"-I{ROOT}/include",
                           os.path.join(HERE, "freestanding_start.c"), *objects, "-o", program]
                run = subprocess.run(command, capture_output=True, text=True, check=False)
                if run.returncode:
                    yield f"{compiler} {level} -nostdlib: {run.stderr[:500]}"
                elif subprocess.run([program], check=False, timeout=20).returncode:
                    yield f"{compiler} {level} -nostdlib: the program fails"


def path_bytes(objects):
    total = 0
    for line in output("nm", "-S", *objects).splitlines():
        parts = line.split()
        if len(parts) == 4 and parts[2] in "tT" and PATH_SYMBOLS.match(parts[3]):
            total += int(parts[1], 16)
    return total


def library_bytes(library):
    return int(output("size", library).splitlines()[1].split()[0])


def main():
    path_bytes_max, library, objects = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    wrong = [*check_symbols(objects), *check_relocations(objects), *check_library(library),
             *check_bare_program(objects)]
    path, whole = path_bytes(objects), library_bytes(library)
    print(f"path: {path} bytes of code; library: {whole} bytes of text")
    if not 0 < path < path_bytes_max:
        wrong.append(f"the path has {path} bytes of code; {path_bytes_max} is the limit")
    if whole >= LIBRARY_BYTES_MAX:
        wrong.append(f"the library has {whole} bytes of text; {LIBRARY_BYTES_MAX} is the limit")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
