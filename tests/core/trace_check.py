# SPDX-License-Identifier: MIT
"""A second, small reader of trace files, for tests: it shares no code with src/reader.

It trusts the file (tests wrote it) and knows the layout from docs/trace-format.md; kinds and their
sizes come from the one list in include/plimsoll/site.h.
"""
import os
import re
import struct

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER = struct.Struct("<8sIIQIIIIIIQQQQ")
ENTRY_PROVIDER, ENTRY_SITE, ENTRY_ENUM = 3, 4, 5
FINISHED, ARRAY, CUT, NULL = 1, 0x80, 0x8000, 0xFFFF
SIGNED = {"I8", "I16", "I32", "I64", "ERRNO", "ENUM"}


def read_kinds():
    """{number: (name, slot bytes, measured)}"""
    with open(f"{ROOT}/include/plimsoll/site.h", encoding="utf-8") as file:
        rows = re.findall(r"PLIM_KIND\((\w+), (\d+), (\d), (\d+), (\w+)\)", file.read())
    return {int(number): (name, int(slot), measure != "NONE")
            for name, number, _, slot, measure in rows}


KINDS = read_kinds()


class Cut(bytes):
    """The kept bytes of a value that was cut."""


class Site:
    def __init__(self, entry):
        (self.number, self.module, self.provider, self.line, self.keyword, _, self.level,
         self.type, count) = struct.unpack_from("<IIIIQQBBB", entry)
        self.kinds = entry[40:40 + count]
        self.enums = struct.unpack_from("<16I", entry, 56)
        texts = entry[120:].split(b"\0")
        self.event, self.function, self.file = (text.decode() for text in texts[:3])
        self.names = [text.decode() for text in texts[3:3 + count]]


class Event:
    """site, ticks, sp, tid; fields is a list of (name, kind, value)."""

    def __init__(self, site, ticks, sp, tid, fields):
        self.site, self.ticks, self.sp, self.tid, self.fields = site, ticks, sp, tid, fields


class Trace:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        (magic, order, version, _, self.state, self.mode, self.block_bytes, self.block_count,
         self.ring_count, _, _, self.rings, self.metadata, self.blocks) = HEADER.unpack_from(self.data)
        assert (magic, order, version) == (b"PLIMSOLL", 0x0A0B0C0D, 1), "not a trace of this version"
        self.sites, self.providers, self.enums = {}, {}, {}
        self._read_metadata()
        self.drops = sum(struct.unpack_from("<Q", self.data, self.rings + 128 * i + 48)[0]
                         for i in range(self.ring_count))
        self.events = sorted(self._read_blocks(), key=lambda event: event.ticks)

    def _read_metadata(self):
        at = self.metadata
        while at:
            following, _, used = struct.unpack_from("<QII", self.data, at)
            entry, end = at + 16, at + used
            while entry < end:
                kind, size = struct.unpack_from("<II", self.data, entry)
                self._read_entry(kind, self.data[entry + 8:entry + size])
                entry += size
            at = following

    def _read_entry(self, kind, body):
        if kind == ENTRY_SITE:
            site = Site(body)
            self.sites[site.number] = site
        elif kind == ENTRY_PROVIDER:
            self.providers[struct.unpack_from("<I", body)[0]] = body[20:].split(b"\0")[0].decode()
        elif kind == ENTRY_ENUM:
            number, count = struct.unpack_from("<II", body)
            values = struct.unpack_from(f"<{count}q", body, 8)
            names = [name.decode() for name in body[8 + 8 * count:].split(b"\0")]
            self.enums[number] = dict(zip(values, names))

    def _read_blocks(self):
        for index in range(self.block_count):
            start = self.blocks + index * self.block_bytes
            ticket, _, tid = struct.unpack_from("<QII", self.data, start)
            at, end = start + 64, start + self.block_bytes
            while ticket and at + 16 <= end:
                header, sp, ticks = struct.unpack_from("<IIQ", self.data, at)
                size = (header & 0x1FFE) << 2
                if not size:
                    break
                if header & FINISHED and header >> 13:
                    site = self.sites[header >> 13]
                    fields = self._read_fields(site, self.data[at:at + size])
                    yield Event(site, ticks, sp, tid, fields)
                at += size

    def _read_fields(self, site, record):
        fixed = 16 + sum(2 if kind & ARRAY else KINDS[kind][1] for kind in site.kinds)
        slot, fields = 16, []
        for name, number, table in zip(site.names, site.kinds, site.enums):
            kind, size, measured = KINDS[number & 0x7F]
            if number & ARRAY:
                kind, size, measured = kind + "[]", 2, True
            raw = record[slot:slot + size]
            slot += size
            if measured:
                length = struct.unpack("<H", raw)[0]
                if length == NULL:
                    value = None
                else:
                    value = record[fixed:fixed + (length & 0x7FFF)]
                    assert len(value) == length & 0x7FFF, "a value leads out of its record"
                    fixed += len(value)
                    value = Cut(value) if length & CUT else value
            elif kind in ("F32", "F64"):
                value = struct.unpack("<f" if kind == "F32" else "<d", raw)[0]
            else:
                value = int.from_bytes(raw, "little", signed=kind in SIGNED)
            if kind == "ENUM":
                value = self.enums[table].get(value, value)
            fields.append((name, kind, value))
        return fields
