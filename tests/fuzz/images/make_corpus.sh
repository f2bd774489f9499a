#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the small binaries that the fuzz target starts from and image_readers_test.c knows; the
# result is in the tree, so that it is the same everywhere. make_corpus.sh DIR
set -eu
cd "$(dirname "$0")"
out=$1
flags="-O1 -fno-stack-protector -fno-ident -fdebug-prefix-map=$PWD=. -ffile-prefix-map=$PWD=."
shared="-fPIC -shared -nostdlib -Wl,-z,noseparate-code -Wl,-z,max-page-size=4096"
windows="-shared -nostdlib -Wl,--file-alignment=16"

gcc-12 $flags -c corpus_source.c -o "$out/x86_64.obj"
gcc-12 $flags -O0 -g -gdwarf-4 -c corpus_source.c -o "$out/x86_64-debug.obj"
gcc-12 $flags $shared corpus_source.c -o "$out/x86_64.so"
strip -o "$out/x86_64-stripped.so" "$out/x86_64.so"
gcc-12 -c ../../stack/frames/traps_x86.S -o "$out/x86_64-traps.obj"
gcc-12 -c orc_x86.S -o "$out/x86_64-orc.obj"
aarch64-linux-gnu-gcc $flags -c corpus_source.c -o "$out/aarch64.obj"
aarch64-linux-gnu-gcc $flags $shared corpus_source.c -o "$out/aarch64.so"
riscv64-linux-gnu-gcc $flags -fasynchronous-unwind-tables -c corpus_source.c -o "$out/riscv64.obj"
riscv64-linux-gnu-gcc $flags $shared corpus_source.c -o "$out/riscv64.so"
arm-none-eabi-gcc $flags -mcpu=cortex-m4 -mthumb -g1 -c corpus_source.c -o "$out/cortex-m4.obj"
x86_64-w64-mingw32-gcc $flags $windows corpus_source.c -s -o "$out/x64-stripped.dll"
x86_64-w64-mingw32-gcc $flags $windows -gdwarf-4 corpus_source.c -o "$out/x64-debug.dll"
rm -f "$out/two.a"
(cd "$out" && ar rcD two.a x86_64.obj aarch64.obj)
