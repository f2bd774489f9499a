# SPDX-License-Identifier: MIT
"""Run inside gdb on unwind_subject.c: steps every instruction of each statement and asks, at each,
for the backtrace: it must be the function of the statement, outer, main, whatever lies above."""
import gdb

FUNCTIONS = ("log_values", "log_text", "log_blobs", "log_many")
gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set breakpoint pending on")
gdb.execute("set style enabled off")
# So deep a backtrace is enough, and a broken one must not run on.
gdb.execute("set backtrace limit 12")


def names():
    found, frame = [], gdb.newest_frame()
    while frame is not None and len(found) < 12:
        found.append(frame.name() or hex(frame.pc()))
        frame = frame.older()
    return found


def step_through(function):
    """(steps, routines seen, first wrong backtrace)"""
    steps, seen, wrong = 0, set(), None
    while True:
        found = names()
        if function not in found:
            # Left through ret, or lost: outer is then the newest frame.
            if found[:1] == ["outer"]:
                return steps, seen, wrong
            return steps, seen, wrong or f"{found} at {gdb.newest_frame().pc():#x}"
        seen.update(found[:found.index(function)])
        at = found.index(function)
        if found[at:at + 3] != [function, "outer", "main"]:
            wrong = wrong or f"{found} at {gdb.newest_frame().pc():#x}"
        gdb.execute("stepi", to_string=True)
        steps += 1
        if steps > 20000:
            return steps, seen, f"{function} does not end"


failures, everything = [], set()
for function in FUNCTIONS:
    gdb.execute(f"break *{function}", to_string=True)
gdb.execute("run", to_string=True)
total = 0
for _ in range(2 * len(FUNCTIONS)):
    function = gdb.newest_frame().name()
    if function not in FUNCTIONS:
        failures.append(f"stopped in {function}")
        break
    steps, seen, wrong = step_through(function)
    total += steps
    everything |= seen
    if wrong:
        failures.append(f"{function}: {wrong}")
    gdb.execute("continue", to_string=True)
print(f"STEPPED {total} instructions; above the statements: {' '.join(sorted(everything))}")
for failure in failures:
    print("WRONG", failure)
gdb.execute("kill", to_string=True) if gdb.selected_inferior().pid else None
gdb.execute(f"quit {1 if failures or total < 300 else 0}")
