#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles zlib, lua, zstd and sqlite in the variants that the tests here compare; build_samples.sh DIR.
# The sources come by `apt-get source` through package lists of DIR's own: the system's stay as they
# are. What is there already is not fetched or compiled again.
set -eu

mkdir -p "$1"
dir=$(cd "$1" && pwd)
apt=$dir/apt
sources=$dir/sources

fetch() {
	[ -e "$sources/.complete" ] && return
	mkdir -p "$apt/etc" "$apt/lists/partial" "$apt/cache/archives/partial" "$sources"
	cat > "$apt/etc/sources.sources" <<-END
		Types: deb-src
		URIs: http://deb.debian.org/debian
		Suites: bookworm
		Components: main
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	END
	set -- -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/etc" \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" \
		-o APT::Sandbox::User=root
	apt-get "$@" update
	(cd "$sources" && apt-get "$@" source --download-only zlib lua5.4 libzstd sqlite3)
	(cd "$sources" && for archive in zlib_*.orig.tar.* lua5.4_*.orig.tar.gz libzstd_*.orig.tar.xz \
		sqlite3_*.orig.tar.xz; do tar xf "$archive"; done)
	mv "$sources"/zlib-* "$sources/zlib"
	mv "$sources"/lua-* "$sources/lua"
	mv "$sources"/zstd-* "$sources/zstd"
	mv "$sources"/sqlite3-* "$sources/sqlite"
	(cd "$sources/sqlite" && ./configure --disable-tcl > /dev/null && make sqlite3.c shell.c > /dev/null)
	touch "$sources/.complete"
}

# variant NAME COMPILER FLAGS PARTS: a line a compilation that is still to be done.
variant() {
	out=$dir/$1
	mkdir -p "$out"
	for part in $4; do
		case $part in
		zlib) files=$sources/zlib/*.c; flags="-I$sources/zlib" ;;
		zlib-core) files=$(ls "$sources"/zlib/*.c | grep -v /gz); flags="-I$sources/zlib" ;;
		lua) files=$sources/lua/src/*.c; flags=-DLUA_COMPAT_5_3 ;;
		lua-core) files=$(ls "$sources"/lua/src/*.c | grep -vE '/l(os|io|oad|db)lib'); flags= ;;
		zstd) files=$(ls "$sources"/zstd/lib/*/*.c | grep -E '/(common|compress|decompress)/')
			flags="-DZSTD_DISABLE_ASM -I$sources/zstd/lib" ;;
		zstd-unpack) files=$(ls "$sources"/zstd/lib/*/*.c | grep -E '/(common|decompress)/')
			flags="-DZSTD_DISABLE_ASM -I$sources/zstd/lib" ;;
		zstd-some) files=$(ls "$sources"/zstd/lib/*/*.c | grep -E '/(common|compress|decompress)/' |
			grep -vE '/(huf|zstd_(l|f|d|opt))'); flags="-DZSTD_DISABLE_ASM -I$sources/zstd/lib" ;;
		sqlite) files="$sources/sqlite/sqlite3.c"; flags=-DSQLITE_ENABLE_FTS3 ;;
		shell) files="$sources/sqlite/shell.c"; flags=-I$sources/sqlite ;;
		esac
		for file in $files; do
			object=$out/$part-$(basename "$file" .c).o
			[ -e "$object" ] || echo "$2 -w -fstack-usage $3 $flags -c $file -o $object"
		done
	done
}

fetch
{
	variant gcc-O2 gcc-12 -O2 "sqlite shell zlib lua zstd-some"
	variant gcc-hard gcc-12 "-O2 -fno-omit-frame-pointer -fstack-protector-strong -fstack-clash-protection" \
		"sqlite zlib lua zstd-some"
	variant gcc-O0 gcc-12 -O0 "sqlite zlib lua zstd-some"
	variant clang-O0 clang-14 -O0 "sqlite zlib lua zstd"
	variant clang-O2 clang-14 -O2 "zlib lua zstd-some"
	variant mingw-O0 x86_64-w64-mingw32-gcc -O0 "sqlite zlib lua"
	variant mingw-O2 x86_64-w64-mingw32-gcc -O2 "zlib lua zstd-unpack"
	variant aarch64 aarch64-linux-gnu-gcc -O2 "zlib lua zstd-some"
	variant riscv64 riscv64-linux-gnu-gcc "-O2 -fasynchronous-unwind-tables" "zlib lua zstd-some"
	variant cortex-m4 arm-none-eabi-gcc \
		"-O2 -g -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16" "zlib-core lua-core"
} | xargs -P 2 -I '{}' sh -c '{} || exit 255'

cd "$dir"
for o in -O0 -O2; do
	[ -e "mingw$o.dll" ] || x86_64-w64-mingw32-gcc -shared -o "mingw$o.dll" \
		$(ls mingw$o/*.o | grep -vE 'lua-luac?\.o')
	[ -e "lua$o" ] || gcc-12 -o "lua$o" $(ls gcc$o/lua-*.o | grep -v luac) -lm 2> /dev/null
done
[ -e sqlite3 ] || gcc-12 -o sqlite3 gcc-O2/sqlite-sqlite3.o gcc-O2/shell-shell.o -lm
[ -e libz.a ] || ar rc libz.a gcc-O2/zlib-*.o
