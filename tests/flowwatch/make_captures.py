#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes captures with everything that flowwatch decides about and no shipped capture holds.

usage: make_captures.py DIRECTORY
"""
import os
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def tcp(sport, dport, seq, ack, flags, data=b"", window=1000, options=b""):
    offset = (20 + len(options)) // 4 << 4
    return struct.pack(">HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       offset, flags, window, 0, 0) + options + data


def udp(sport, dport, data, length=None):
    return struct.pack(">HHHH", sport, dport, 8 + len(data) if length is None else length, 0) + data


def ip4(protocol, data, a="10.0.0.1", b="10.0.0.2", fragment=0, total=None, ihl=5, options=b""):
    def quad(text):
        return bytes(int(x) for x in text.split("."))
    size = 20 + len(options) + len(data) if total is None else total
    return struct.pack(">BBHHHBBH", 0x40 | ihl, 0, size, 7, fragment, 64, protocol, 0) + \
        quad(a) + quad(b) + options + data


def ip6(following, data, payload=None):
    size = len(data) if payload is None else payload
    return struct.pack(">IHBB", 6 << 28, size, following, 64) + b"\xfe\x80" + bytes(13) + b"\1" + \
        b"\xfe\x80" + bytes(13) + b"\2" + data


def ethernet(ethertype, data):
    return bytes(range(12)) + struct.pack(">H", ethertype) + data


def capture(path, link, frames, cut=None):
    """frames: (seconds, bytes) or (seconds, bytes, captured bytes)."""
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for seconds, frame, *rest in frames:
            kept = frame[:rest[0]] if rest else frame
            micros = round((seconds - int(seconds)) * 1000000)
            out.write(struct.pack("<IIII", int(seconds), micros, len(kept), len(frame)) + kept)
        if cut:
            out.truncate(out.tell() - cut)


class Talk:
    """A TCP conversation between two ports: each call is one segment."""

    def __init__(self, port, start):
        self.port, self.now, self.frames = port, start, []

    def client(self, seq, ack, flags, data=b"", window=1000, later=0.01):
        self.now += later
        self.frames.append((self.now, ip4(6, tcp(self.port, 80, seq, ack, flags, data, window))))

    def server(self, seq, ack, flags, data=b"", window=1000, later=0.01):
        self.now += later
        self.frames.append((self.now, ip4(6, tcp(80, self.port, seq, ack, flags, data, window),
                                          "10.0.0.2", "10.0.0.1")))

    def handshake(self):
        self.client(0xFFFFFFF0, 0, SYN)
        self.server(500, 0xFFFFFFF1, SYN | ACK, later=0.025)
        self.client(0xFFFFFFF1, 501, ACK)


def conversations():
    frames = []
    whole = Talk(1001, 100)
    whole.handshake()
    whole.client(0xFFFFFFF1, 501, ACK | PSH, b"g" * 20)  # its sequence numbers wrap
    whole.server(501, 5, ACK, b"h" * 100)
    whole.server(501, 5, ACK, b"h" * 100)                # sent again
    whole.server(701, 5, ACK, b"h" * 50)                 # 100 bytes are missing before it
    whole.client(5, 601, ACK, window=0)
    whole.client(5, 751, ACK)
    whole.client(4, 751, ACK)                            # keepalive
    whole.server(751, 5, FIN | ACK)
    whole.client(5, 752, FIN | ACK)
    whole.server(752, 6, ACK)
    whole.handshake()                                    # the same ports again
    frames += whole.frames
    refused = Talk(1002, 110)
    refused.client(1, 0, SYN)
    refused.client(1, 0, SYN, later=1)                   # sent again
    refused.server(0, 2, RST | ACK)
    frames += refused.frames
    silent = Talk(1003, 112)
    silent.handshake()
    silent.client(0xFFFFFFF1, 501, ACK, b"late", later=400)  # idle: another flow, picked up
    frames += silent.frames
    answered = Talk(1004, 520)
    answered.server(500, 1, SYN | ACK)                   # the SYN was before the capture
    answered.client(1, 501, ACK)
    frames += answered.frames
    return frames


def links():
    query = ip4(17, udp(5353, 53, b"query"))
    reply = ip4(17, udp(53, 5353, b"answer"), "10.0.0.2", "10.0.0.1")
    v6 = ip6(17, udp(1, 2, b"six"))
    # hop-by-hop, then destination options, then the first of several fragments, then TCP
    chain = ip6(0, b"\x3c\0" + bytes(6) + b"\x2c\1" + bytes(14) + b"\6\0\0\1" + bytes(4) +
                tcp(7, 8, 1, 0, SYN))
    vlan = ethernet(0x8100, struct.pack(">HH", 0x6064, 0x0800) + query)
    qinq = ethernet(0x88A8, struct.pack(">HHHH", 100, 0x8100, 200, 0x0800) + reply)
    sll = struct.pack(">HHH8sH", 0, 1, 6, bytes(8), 0x0800)
    sll2 = struct.pack(">HHIHBB8s", 0x86DD, 0, 1, 1, 0, 6, bytes(8))
    return {
        "ethernet.pcap": (1, [(1, ethernet(0x0800, query)), (2, vlan), (3, qinq),
                              (4, ethernet(0x86DD, v6)), (5, ethernet(0x86DD, chain)),
                              (6, ethernet(0x0806, bytes(28)))]),
        "raw.pcap": (101, [(1, query), (2, v6)]),
        "sll.pcap": (113, [(1, sll + query), (2, sll + reply)]),
        "sll2.pcap": (276, [(1, sll2 + v6)]),
        "null.pcap": (0, [(1, b"\2\0\0\0" + query), (2, b"\x1e\0\0\0" + v6)]),
    }


def hostile():
    """Lengths that lie, headers that end early, chains without end."""
    query = ip4(17, udp(5353, 53, b"query"))
    segment = ip4(6, tcp(1, 2, 3, 4, ACK, b"data"))
    tags = struct.pack(">HH", 1, 0x8100) * 40
    frames = [(1, ethernet(0x0800, segment), n) for n in range(0, 58)]
    frames += [
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), total=19))),
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), total=30))),
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), ihl=4))),
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), ihl=15))),
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), total=0))),
        (2, ethernet(0x0800, ip4(6, tcp(1, 2, 3, 4, ACK), fragment=100))),
        (2, ethernet(0x0800, ip4(17, udp(1, 2, b"x", length=7)))),
        (2, ethernet(0x0800, ip4(17, udp(1, 2, b"x", length=65535)))),
        (2, ethernet(0x0800, ip4(1, b"ping"))),
        (2, ethernet(0x0800, b"\x65" + query[1:])),
        (2, ethernet(0x86DD, b"\x40" + ip6(17, udp(1, 2, b"six"))[1:])),
        (2, ethernet(0x86DD, ip6(0, b"\0\xff" + bytes(6)))),
        (2, ethernet(0x86DD, ip6(0, b"\0\0" + bytes(6) + b"\0\0" * 200))),
        (2, ethernet(0x86DD, ip6(44, b"\6\0\0\x08" + bytes(4) + tcp(7, 8, 1, 0, SYN)))),
        (2, ethernet(0x86DD, ip6(51, b"\x11\0" + bytes(6) + udp(1, 2, b"ah")))),
        (2, ethernet(0x8100, tags)),
        (1, ethernet(0x0800, query)),       # time runs back
        (4000000000, ethernet(0x0800, query)),  # and jumps
    ]
    return frames


def main(directory):
    os.makedirs(directory, exist_ok=True)
    capture(os.path.join(directory, "conversations.pcap"), 101, conversations())
    for name, (link, frames) in links().items():
        capture(os.path.join(directory, name), link, frames)
    capture(os.path.join(directory, "hostile.pcap"), 1, hostile())
    capture(os.path.join(directory, "cut.pcap"), 101, conversations(), cut=3)
    capture(os.path.join(directory, "usb.pcap"), 189, [(1, b"not of ours")])


main(sys.argv[1])
