#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Captures cut at every byte and with bytes flipped: flowwatch ends with status 0 or 2, in time.

usage: test_flowwatch_damage.py FLOWWATCH SOURCE_DIR FLIPS

Many damaged copies are read by one process, as starting a sanitised program costs the most. A
crash or a hang names the batch by its first file.
"""
import os
import random
import subprocess
import sys
import tempfile

BATCH = 400
SHIPPED = "/usr/share/gocode/src/github.com/google/gopacket/pcap/"


def damaged(data, dice, flips):
    """Yields every cut and, for each byte, so many flips."""
    for end in range(len(data)):
        yield data[:end]
    for at in range(len(data)):
        for bit in dice.sample(range(8), flips):
            copy = bytearray(data)
            copy[at] ^= 1 << bit
            yield bytes(copy)


def run(flowwatch, paths):
    result = subprocess.run([flowwatch, "--workers", "2", *paths], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=60)
    errors = result.stderr.decode(errors="replace").splitlines()
    strange = [line for line in errors if not line.startswith("flowwatch: ")]
    if result.returncode not in (0, 2) or strange or not result.stdout:
        print(f"status {result.returncode} for {paths[0]} and the {len(paths) - 1} after it")
        print("\n".join(strange[:40]))
        return False
    return True


def main(flowwatch, source, flips):
    dice = random.Random(16)
    with tempfile.TemporaryDirectory() as work:
        subprocess.run([os.path.join(source, "make_captures.py"), work], check=True)
        inputs = [os.path.join(work, n) for n in ("conversations.pcap", "ethernet.pcap", "raw.pcap")]
        inputs += [SHIPPED + "test_dns.pcap", SHIPPED + "test_ethernet.pcap"]
        batch, count, good = [], 0, True
        for path in inputs:
            with open(path, "rb") as file:
                data = file.read()
            for copy in damaged(data, dice, flips):
                # A new name each: ext4 flushes a file that is cut to nothing and written again.
                name = os.path.join(work, f"damaged{count}.pcap")
                with open(name, "wb") as file:
                    file.write(copy)
                batch.append(name)
                count += 1
                if len(batch) == BATCH:
                    good = run(flowwatch, batch) and good
                    for old in batch:
                        os.unlink(old)
                    batch = []
        if batch:
            good = run(flowwatch, batch) and good
    print(f"flowwatch: {count} damaged captures, {'all' if good else 'not all'} survived")
    return 0 if good else 1


sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
