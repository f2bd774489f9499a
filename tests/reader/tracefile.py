# SPDX-License-Identifier: MIT
"""Writes trace files from a description, without any of the project's code.

It knows the format from docs/trace-format.md alone, so it is a second opinion on the layout, and it
can write what no working program would: gaps, unfinished records, odd strings, broken numbers.
"""
import struct

RECORD_HEAD = 16
BLOCK_HEAD = 64
RING_BYTES = 128
PAGE = 4096

# name: (number, slot bytes, measured)
KINDS = {
    "i8": (1, 1, 0), "i16": (2, 2, 0), "i32": (3, 4, 0), "i64": (4, 8, 0),
    "u8": (5, 1, 0), "u16": (6, 2, 0), "u32": (7, 4, 0), "u64": (8, 8, 0),
    "hex8": (9, 1, 0), "hex16": (10, 2, 0), "hex32": (11, 4, 0), "hex64": (12, 8, 0),
    "bool": (13, 1, 0), "char": (14, 1, 0), "f32": (15, 4, 0), "f64": (16, 8, 0),
    "ptr": (17, 8, 0), "ipv4": (18, 4, 0), "port": (19, 2, 0), "errno": (20, 4, 0),
    "ntstatus": (21, 4, 0), "win32": (22, 4, 0), "hresult": (23, 4, 0), "time_ns": (24, 8, 0),
    "enum": (25, 8, 0), "filetime": (26, 8, 0), "char16": (27, 2, 0), "char32": (28, 4, 0),
    "struct": (29, 1, 0), "str": (40, 2, 1), "str16": (41, 2, 1), "str32": (42, 2, 1),
    "strn": (43, 2, 1), "strn16": (44, 2, 1), "strn32": (45, 2, 1), "bin": (46, 2, 1),
    "sockaddr": (47, 2, 1), "guid": (48, 2, 1), "ipv6": (49, 2, 1), "systemtime": (50, 2, 1),
    "mac": (51, 2, 1),
}
SIGNED = {"i8", "i16", "i32", "i64", "errno", "time_ns", "enum"}

EVENT, ENTER, EXIT, RETURN, FAIL, PRINTF, ENABLED, START, STOP = range(9)


class Cut(bytes):
    """A measured value that was cut."""


def up8(n):
    return (n + 7) & ~7


def text(*parts):
    return b"".join(p.encode() + b"\0" for p in parts)


class Trace:
    def __init__(self, block_bytes=4096, blocks=4, rings=4, pid=4242, hz=1_000_000_000,
                 open_ticks=1_000_000, open_utc=1_700_000_000_000_000_000, mode=0, state=2,
                 close_ticks=0, close_utc=0, boot_id=bytes(16), clock=1,
                 page=PAGE):
        self.__dict__.update(locals())
        self.entries = []
        self.sites = {}
        self.enable = bytearray(64)
        self.enabled_by_default = 1
        self.block_data = {}
        self.ring_data = {}
        self.serials = {}
        self.tickets = 0
        self.filter = b""
        self.totals = dict(overwritten=0, retired_drops=0, ringless_drops=0, unfinished=0)

    # --- metadata ---
    def entry(self, kind, body):
        body = body + bytes(up8(len(body)) - len(body))
        self.entries.append(struct.pack("<II", kind, 8 + len(body)) + body)

    def info(self, key, value):
        self.entry(1, text(key, value))

    def module(self, number, path, build_id, sites):
        self.entry(2, struct.pack("<IIQQ", number, sites, 0, PAGE) + text(path, build_id))

    def provider(self, number, name, guid=bytes(16)):
        self.entry(3, struct.pack("<I", number) + guid + text(name))

    def enum(self, number, table):
        body = struct.pack("<II", number, len(table))
        body += b"".join(struct.pack("<q", v) for v, _ in table) + text(*[n for _, n in table])
        self.entry(5, body)

    def stack(self, low, high, tid):
        self.entry(6, struct.pack("<QQII", low, high, tid, 0))

    def site(self, number, provider, event, fields=(), level=4, keyword=0, type=EVENT, line=1,
             function="main", file="main.c", module=0):
        """fields: (kind[, "[]" behind it for an array], name[, number of the enum])"""
        kinds, enums, names = bytearray(16), [0] * 16, []
        for i, field in enumerate(fields):
            kind = field[0]
            kinds[i] = KINDS[kind.rstrip("[]")][0] | (0x80 if kind.endswith("[]") else 0)
            enums[i] = field[2] if len(field) > 2 else 0
            names.append(field[1])
        self.sites[number] = [f[0] for f in fields]
        while number >= len(self.enable):
            self.enable += bytes(64)
        self.enable[number] = self.enabled_by_default
        # The place of the enable byte is known once the metadata is laid out: patched in bytes().
        body = struct.pack("<IIIIQQBBB5x", number, module, provider, line, keyword, number, level,
                           type, len(fields)) + bytes(kinds) + struct.pack("<16I", *enums)
        self.entry(4, body + text(event, function, file, *names))

    # --- records ---
    def pack(self, site, values):
        fixed, tail = b"", b""
        kinds = self.sites[site]
        for kind, value in zip(kinds, values):
            base = kind.rstrip("[]")
            number, slot, measured = KINDS[base]
            if measured or kind.endswith("[]"):
                if value is None:
                    fixed += struct.pack("<H", 0xffff)
                    continue
                if isinstance(value, str):
                    value = value.encode()
                fixed += struct.pack("<H", len(value) | (0x8000 if isinstance(value, Cut) else 0))
                tail += value
            elif base == "f32":
                fixed += struct.pack("<f", value)
            elif base == "f64":
                fixed += struct.pack("<d", value)
            elif isinstance(value, bytes):
                assert len(value) == slot
                fixed += value
            else:
                fixed += value.to_bytes(slot, "little", signed=base in SIGNED and value < 0)
        return fixed + tail

    def block(self, serial, tid, index=None, first=None, drops=0, sealed=False, ticket=None):
        if index is None:
            index = self.tickets % self.blocks
        if ticket is None:
            self.tickets += 1
            ticket = self.tickets
        if first is None:
            first = self.serials.get(serial, 0)
        self.serials[serial] = first
        b = dict(ticket=ticket, serial=serial, tid=tid, first=first, drops=drops, sealed=sealed,
                 data=b"", count=0, committed=0)
        self.block_data[index] = b
        self.current = b
        return b

    def room(self):
        return self.block_bytes - BLOCK_HEAD - len(self.current["data"])

    def record(self, site, ticks, values=(), sp=0x7fff0000, finished=True):
        body = self.pack(site, values)
        size = up8(RECORD_HEAD + len(body))
        assert size <= self.room(), "block is full"
        head = site << 13 | size >> 2 | (1 if finished else 0)
        self.current["data"] += struct.pack("<IIQ", head, sp & 0xffffffff, ticks) + body
        self.current["data"] += bytes(size - RECORD_HEAD - len(body))
        self.current["count"] += 1
        self.current["committed"] += finished
        self.serials[self.current["serial"]] += 1

    def seal(self):
        rest = self.room()
        if rest:
            mark = struct.pack("<Q", self.mark(self.current["ticket"]))
            self.current["data"] += struct.pack("<Q", rest >> 2) + mark * (rest // 8 - 1)
        self.current["sealed"] = True

    def ring(self, index, serial, tid, drops=0, owner=1):
        self.ring_data[index] = (owner, serial, tid, drops)

    @staticmethod
    def mark(ticket):
        return (ticket & 0xffff) << 48 | 0x7f0000000000

    # --- the file ---
    def place_enable(self, entries, offset):
        out = []
        for e in entries:
            if e[:4] == struct.pack("<I", 4):
                number, = struct.unpack_from("<Q", e, 32)
                e = e[:32] + struct.pack("<Q", offset + number) + e[40:]
            elif e[:4] == struct.pack("<I", 2):
                e = e[:16] + struct.pack("<Q", offset) + e[24:]
            out.append(e)
        return b"".join(out)

    def bytes(self):
        # `page` below 4096 makes a smaller file than a program would: for tests of every byte.
        def up(n):
            return (n + self.page - 1) // self.page * self.page
        filter_offset = PAGE
        rings_offset = filter_offset + up(len(self.filter) + 1)
        metadata_offset = rings_offset + up(self.rings * RING_BYTES)
        size = 16 + sum(len(e) for e in self.entries)
        metadata_bytes = up(size)
        enable_offset = metadata_offset + metadata_bytes
        blocks_offset = enable_offset + up(len(self.enable))
        file_bytes = blocks_offset + self.blocks * self.block_bytes
        metadata = struct.pack("<QII", 0, metadata_bytes, size)
        metadata += self.place_enable(self.entries, enable_offset)
        header = struct.pack("<8sIIQIIIIIIQQQQQQQQQ16sII", b"PLIMSOLL", 0x0a0b0c0d, 1, file_bytes,
                             self.state, self.mode, self.block_bytes, self.blocks, self.rings,
                             self.clock, filter_offset, rings_offset, metadata_offset,
                             blocks_offset, self.hz, self.open_ticks, self.open_utc,
                             self.close_ticks, self.close_utc, self.boot_id, self.pid, 0)
        header = header.ljust(1024, b"\0") + struct.pack("<Q", self.tickets).ljust(128, b"\0")
        header += struct.pack("<IIQQQQ", len(self.serials), 0, self.totals["overwritten"],
                              self.totals["retired_drops"], self.totals["ringless_drops"],
                              self.totals["unfinished"])
        out = bytearray(file_bytes)
        out[:len(header)] = header
        out[filter_offset:filter_offset + len(self.filter)] = self.filter
        for index, (owner, serial, tid, drops) in self.ring_data.items():
            struct.pack_into("<QQQQQIIQ", out, rings_offset + index * RING_BYTES, owner, 0, 0, 0,
                             0, tid, serial, drops)
        out[metadata_offset:metadata_offset + len(metadata)] = metadata
        out[enable_offset:enable_offset + len(self.enable)] = self.enable
        for index, b in self.block_data.items():
            at = blocks_offset + index * self.block_bytes
            owner = 1 | (0x80000000 if b["sealed"] else 0)
            struct.pack_into("<QIIIIIIQQIIQ", out, at, b["ticket"], owner, b["tid"],
                             BLOCK_HEAD + len(b["data"]), b["count"], b["committed"],
                             self.block_bytes, b["first"], b["drops"], b["serial"],
                             b["count"] if b["sealed"] else 0, 0)
            at += BLOCK_HEAD
            out[at:at + len(b["data"])] = b["data"]
            at += len(b["data"])
            free = (blocks_offset + (index + 1) * self.block_bytes - at) // 8
            out[at:at + 8 * free] = struct.pack("<Q", self.mark(b["ticket"])) * free
        return bytes(out)

    def write(self, path):
        with open(path, "wb") as f:
            f.write(self.bytes())
