#!/bin/bash
# SPDX-License-Identifier: MIT
# Installs into a DESTDIR and into a prefix of its own, and builds a program against each way to
# find it: pkg-config shared and static, find_package. The program must leave a trace.
# usage: test_install.sh BUILD_DIR SOURCE_DIR
set -eu -o pipefail
build=$1 here=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset PLIMSOLL_TRACE PLIMSOLL_FILTER PLIMSOLL_SIZE PLIMSOLL_MODE

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# traces PROGRAM WHAT: run with PLIMSOLL_TRACE, it leaves a trace that the installed view reads.
traces() {
	PLIMSOLL_SIZE=64K PLIMSOLL_TRACE=$work/$2.plim "$1" || fail "$2: status $?"
	"$prefix/bin/plimsoll" view --json "$work/$2.plim" >"$work/$2.json" || fail "$2: view"
	grep -q '"event":"installed".*"fields":{"answer":42}' "$work/$2.json" || fail "$2: no event"
	echo "$2: built, run and traced"
}

# A relative view from the DESTDIR: everything below it, and nothing else was touched.
DESTDIR=$work/root cmake --install "$build" --prefix /opt/plimsoll >"$work/log"
prefix=$work/root/opt/plimsoll
pc=$(dirname "$(find "$prefix" -name plimsoll.pc)")
for file in bin/plimsoll include/plimsoll/tracelog.h include/plimsoll/session.h \
	include/plimsoll/version.h share/man/man3/plimsoll_tracelog.3 \
	share/man/man3/plimsoll_session.3 share/man/man3/plimsoll_site.3 share/man/man1/plimsoll.1 \
	share/bash-completion/completions/plimsoll share/zsh/site-functions/_plimsoll; do
	[ -f "$prefix/$file" ] || fail "$file is not installed"
done
if grep -rqF "$build" "$prefix/include" "$pc" "$pc/../cmake"; then
	fail "installed files name the build folder"
fi
for library in "$pc"/../libplimsoll.so; do
	readelf -d "$library" | grep -qE 'RPATH|RUNPATH' && fail "$library has a run path"
	readelf -d "$library" | grep -q 'BIND_NOW' || fail "$library is bound lazily"
done

export PKG_CONFIG_PATH=$pc LD_LIBRARY_PATH=$pc/..
read -ra flags < <(pkg-config --cflags --libs plimsoll)
cc -Wall -Wextra -Werror -O2 "$here/installed_program.c" -o "$work/shared" "${flags[@]}"
traces "$work/shared" pkg-config-shared
c++ -x c++ -std=c++17 -Wall -O2 "$here/installed_program.c" -o "$work/shared-c++" "${flags[@]}"
traces "$work/shared-c++" pkg-config-c++
read -ra flags < <(pkg-config --static --cflags --libs plimsoll)
case " ${flags[*]} " in
*" -Wl,--wrap=pthread_create "*) ;;
*) fail "pkg-config --static does not wrap pthread_create" ;;
esac
cc -O2 -static "$here/installed_program.c" -o "$work/static" "${flags[@]}"
traces "$work/static" pkg-config-static

mkdir "$work/project"
cp "$here/installed_program.c" "$work/project/"
cp "$here/installed_project.cmake" "$work/project/CMakeLists.txt"
cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" ||
	fail "find_package: $(tail -5 "$work/log")"
cmake --build "$work/project/build" >"$work/log" || fail "find_package: $(tail -5 "$work/log")"
traces "$work/project/build/program_shared" find-package-shared
traces "$work/project/build/program_static" find-package-static
