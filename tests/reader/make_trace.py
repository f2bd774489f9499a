# SPDX-License-Identifier: MIT
"""make_trace.py NAME FILE: one of the traces that the reader's and the commands' tests look at."""
import struct
import sys

from tracefile import Cut, ENTER, EXIT, PRINTF, RETURN, START, STOP, ENABLED, FAIL, Trace

TRACES = {}


def trace(function):
    TRACES[function.__name__] = function
    return function


def ipv4(a, b, c, d):
    return bytes([a, b, c, d])


def connect_sites(t):
    t.info("host", "harbour")
    t.info("exe", "/usr/bin/demo")
    t.info("cmdline", "demo --fast")
    t.info("build_id", "00112233445566778899aabbccddeeff00112233")
    t.provider(1, "NetExt")
    t.provider(2, "Core")
    t.enum(1, [(0, "allow"), (1, "drop"), (-1, "unknown")])
    t.module(0, "/usr/bin/demo", "00112233445566778899aabbccddeeff00112233", 3)
    t.site(1, 1, "connect_denied", [("u64", "cookie"), ("ipv4", "daddr"), ("port", "dport"),
                                    ("str", "comm"), ("enum", "verdict", 1)], level=3, keyword=8,
           line=12, function="on_connect", file="net.c")
    t.site(2, 2, "tick", [("u32", "n")], level=4, line=7, function="timer", file="core.c")
    t.site(3, 2, "started", level=0, keyword=1, line=3, function="main", file="core.c")


@trace
def two_threads():
    """Two threads whose records interleave in time."""
    t = Trace(close_ticks=5_000_000_000, close_utc=1_700_000_004_999_000_000)
    connect_sites(t)
    t.filter = b"+*:info\n"
    t.stack(0x7fff0000, 0x7fff4000, 100)
    t.block(1, 100)
    t.record(3, 1_000_000, sp=0x7fff3f00)
    for i in range(4):
        t.record(2, 2_000_000 + 2000 * i, [i], sp=0x7fff1000 - 16 * i)
    t.block(2, 101)
    for i in range(4):
        t.record(1, 2_001_000 + 2000 * i, [1 << 60 | i, ipv4(10, 0, 0, i),
                                            struct.pack(">H", 443), "curl", i - 1], sp=0x1000)
    t.ring(0, 1, 100)
    t.ring(1, 2, 101)
    return t


@trace
def every_kind():
    """Every kind of field once, arrays, structs, NULL, cut and odd strings."""
    t = Trace()
    t.provider(1, "Kinds")
    t.enum(1, [(1, "one"), (2, 'quo"te'), (-(1 << 63), "least")])
    t.site(1, 1, "integers", [(k, k) for k in ("i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64",
                                              "hex8", "hex16", "hex32", "hex64", "bool", "char")])
    t.site(2, 1, "others", [(k, k) for k in ("f32", "f64", "ptr", "ipv4", "port", "errno",
                                            "ntstatus", "win32", "hresult", "time_ns", "filetime",
                                            "char16", "char32")] + [("enum", "enum", 1)])
    t.site(3, 1, "texts", [(k, k) for k in ("str", "str16", "str32", "strn", "strn16", "strn32",
                                           "bin", "sockaddr", "guid", "ipv6", "systemtime", "mac")])
    t.site(4, 1, "arrays", [("u8[]", "bytes"), ("i16[]", "shorts"), ("f64[]", "doubles"),
                           ("enum[]", "enums", 1), ("ipv4[]", "addresses"), ("bool[]", "flags")])
    t.site(5, 1, "nested", [("u8", "before"), ("struct", "outer"), ("u8", "a"), ("struct", "inner"),
                           ("u8", "b"), ("u8", "c"), ("u8", "after")])
    t.site(6, 1, "nothing")
    t.site(7, 1, "answer %d of %s: 100%% %08x|%-6s|%+d|%5.1f %c %p\n",
           [("i32", "a"), ("str", "b"), ("u32", "c"), ("str", "d"), ("i64", "e"), ("f64", "f"),
            ("char", "g"), ("ptr", "h")], type=PRINTF)
    t.site(8, 1, "%*d %n %s %999999999d %", [("i32", "w"), ("i32", "x"), ("u8", "y")], type=PRINTF)
    t.block(1, 100)
    t.record(1, 2_000_000, [-128, -32768, -2147483648, -(1 << 63), 255, 65535, 4294967295,
                            (1 << 64) - 1, 0xab, 0xabcd, 0xdeadbeef, 1 << 63, 1, 65])
    t.record(1, 2_000_001, [0, 0, 0, (1 << 53) + 1, 0, 0, 0, 1 << 53, 0, 0, 0, 0, 0, 0x1b])
    t.record(2, 2_000_002, [0.1, 0.1, 0x7ffe12345678, ipv4(192, 168, 0, 1), struct.pack(">H", 8080),
                            2, 0xc0000022, 5, 0x80070005, 1_700_000_000_123_456_789,
                            133444736001234567, 0x20ac, 0x1f600, 2])
    t.record(2, 2_000_003, [float("nan"), float("-inf"), 0, ipv4(0, 0, 0, 0), bytes(2), -110, 77777,
                            99999, 0x8007ffff, -1, 0, 0xd800, 0x110000, 9])
    t.record(3, 2_000_004, [
        'plain "quoted" back\\slash', "Grüße €".encode("utf-16-le"), "😀".encode("utf-32-le"),
        b"bad \xff\xc0\x80 tab\t nul\0 esc\x1b[0m \xc2\x9b", b"\x00\xd8x\x00", b"",
        bytes(range(8)), struct.pack("<H", 2) + struct.pack(">H", 53) + ipv4(8, 8, 8, 8) + bytes(8),
        bytes.fromhex("33221100554477668899aabbccddeeff"),
        bytes.fromhex("20010db8000000000000000000000001"),
        struct.pack("<8H", 2024, 2, 4, 29, 23, 59, 58, 999), bytes.fromhex("020000abcdef")])
    t.record(3, 2_000_005, [None, None, None, Cut(b"x" * 20), None, None, None,
                            struct.pack("<H", 10) + struct.pack(">H", 80) + bytes(4) +
                            bytes(15) + b"\1" + bytes(4), None, None, None, None])
    t.record(3, 2_000_006, ["", b"", b"", b"", b"", b"", b"", struct.pack("<H", 1) + b"/run/x\0",
                            b"", b"", b"", b""])
    t.record(4, 2_000_007, [bytes([1, 2, 255]), struct.pack("<2h", -1, 1), struct.pack("<2d", 1, .5),
                            struct.pack("<2q", 1, 7), ipv4(1, 2, 3, 4) + ipv4(5, 6, 7, 8), b"\0\1"])
    t.record(4, 2_000_008, [b"", None, b"", Cut(struct.pack("<q", 1)), b"", b""])
    t.record(5, 2_000_009, [1, 4, 2, 2, 3, 4, 5])
    t.record(5, 2_000_010, [1, 0, 2, 99, 3, 4, 5])
    t.record(6, 2_000_011)
    t.record(7, 2_000_012, [-7, "forty", 0xbeef, "ab", 5, 2.25, 33, 0x1000])
    t.record(8, 2_000_013, [4, 1, 2])
    t.ring(0, 1, 100)
    return t


@trace
def losses():
    """Everything that can be lost: overwritten, dropped, unfinished, and what only totals tell."""
    t = Trace(blocks=8)
    connect_sites(t)
    t.block(1, 100, first=10, drops=0)       # 10 records before it are gone
    for i in range(3):
        t.record(2, 2_000_000 + i, [i])
    t.seal()
    t.block(1, 100, first=20, drops=2)       # 7 more are gone, 2 were dropped
    t.record(2, 2_001_000, [20])
    t.record(2, 0, [21], finished=False)
    t.record(2, 2_001_002, [22])
    t.record(2, 0, [23], finished=False)
    t.block(2, 101)
    t.record(2, 2_000_500, [100])
    t.ring(0, 1, 100, drops=5)               # 3 dropped since
    t.ring(1, 2, 101)
    t.ring(2, 3, 102, drops=6)               # a thread that never got a block
    t.totals.update(overwritten=17 + 4, retired_drops=7, ringless_drops=9, unfinished=1)
    return t


@trace
def spans():
    """Functions and activities that nest."""
    t = Trace()
    t.provider(1, "Core")
    t.site(1, 1, "Entry", type=ENTER, level=5, function="outer", file="a.c", line=10)
    t.site(2, 1, "Exit", type=EXIT, level=5, function="outer", file="a.c", line=20)
    t.site(3, 1, "Entry", type=ENTER, level=5, function="inner", file="a.c", line=30)
    t.site(4, 1, "Return", [("i32", "result")], type=RETURN, level=5, function="inner", file="a.c",
           line=40)
    t.site(5, 1, "job", [("u32", "id")], type=START, function="work", file="a.c", line=50)
    t.site(6, 1, "job", type=STOP, function="work", file="a.c", line=60)
    t.site(7, 1, "open", [("errno", "status")], type=FAIL, level=2, function="inner", file="a.c",
           line=35)
    t.block(1, 100)
    t.record(1, 1_001_000)
    t.record(3, 1_002_000)
    t.record(7, 1_002_500, [13])
    t.record(4, 1_003_000, [0])
    t.record(5, 1_004_000, [7])
    t.record(3, 1_005_000)
    t.record(6, 1_009_000)
    t.record(2, 1_010_000)
    t.record(2, 1_011_000)
    t.block(2, 101)
    t.record(1, 1_001_500)
    t.record(6, 1_006_000)
    t.ring(0, 1, 100)
    t.ring(1, 2, 101)
    return t


@trace
def empty():
    """A session in which nothing was logged."""
    t = Trace()
    connect_sites(t)
    t.site(4, 1, "", type=ENABLED, level=5)
    return t


@trace
def small():
    """A small file with all that a reader walks over: for tests of every byte, and for fuzzing."""
    t = Trace(blocks=3, rings=2, page=8)
    t.filter = b"+*:info\n-Core/tick\n"
    connect_sites(t)
    t.stack(0x7fff0000, 0x7fff4000, 100)
    t.block(1, 100)
    t.record(3, 1_000_000, sp=0x7fff3f00)
    for i in range(40):
        t.record(2, 2_000_000 + 2000 * i, [i])
        if i % 3 == 0:
            t.record(1, 2_000_500 + 2000 * i, [i, ipv4(10, 0, 0, i), bytes(2), "s" * i, i % 2])
    t.seal()
    t.block(2, 101)
    for i in range(10):
        t.record(1, 2_001_000 + 2000 * i, [i, ipv4(10, 0, 1, i), bytes(2), Cut(b"cut"), -1])
    t.record(2, 0, [99], finished=False)
    t.record(2, 2_050_000, [100])
    t.block(1, 100)
    for i in range(5):
        t.record(2, 3_000_000 + i, [1000 + i])
    t.ring(0, 1, 100, drops=2)
    t.ring(1, 2, 101)
    return t


@trace
def small_kinds():
    """every_kind in a small file."""
    t = every_kind()
    t.page = 8
    t.blocks = t.rings = 1
    return t


@trace
def small_losses():
    """losses in a small file."""
    t = losses()
    t.page = 8
    t.blocks = t.rings = 3
    return t


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in TRACES:
        sys.exit("usage: make_trace.py NAME FILE; names: " + " ".join(TRACES))
    TRACES[sys.argv[1]]().write(sys.argv[2])


if __name__ == "__main__":
    main()
