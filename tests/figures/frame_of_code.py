# SPDX-License-Identifier: MIT
"""The true frame of each function of an object file, from its instructions.

The compilers' own figures (.su, .stack_sizes) leave out the red zone, where a leaf function keeps
locals below its stack pointer, and clang's leave out pushes too. So the stack pointer is followed
through objdump's output, and the lowest byte counts that is pushed, or that an operand relative to
rsp (or to rbp, where that is the frame pointer) names: loads, stores and addresses alike.

A frame is counted as DESIGN section 2 says: below the caller's stack pointer at the call, the
return address included.
"""
import re
import subprocess

FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
SECTION = re.compile(r"^Disassembly of section (\S+):$")
RELOCATION = re.compile(r"^\s+([0-9a-f]+): (R_X86_64_\w+)\s+(\S+?)([+-]0x[0-9a-f]+)?$")
STACK_OPERAND = re.compile(r"(-?0x[0-9a-f]+|)\(%(rsp|rbp)(,[^)]*)?\)")
IMMEDIATE = re.compile(r"^\$(-?0x[0-9a-f]+),%rsp$")
ENDS = {"ret", "hlt", "ud2"}
PADDING = {"nop", "nopw", "nopl", "xchg", "int3"}


class Instruction:
    __slots__ = ("name", "operands", "next", "relocation")

    def __init__(self, name, operands):
        self.name = name
        self.operands = operands
        self.next = None
        self.relocation = None


class Object:
    """Instructions by (section, address), and where each function starts."""

    def __init__(self, path):
        self.code = {}
        self.starts = {}
        text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", "-w", path], check=True,
                              capture_output=True, text=True).stdout
        self._parse(text)

    def _parse(self, text):
        section = previous = None
        for line in text.splitlines():
            if line.startswith(" ") and ":\t" in line:
                address, _, rest = line.partition(":\t")
                words, _, relocation = rest.partition("\t")
                address = int(address, 16)
                instruction = self._instruction(words)
                if relocation:
                    match = RELOCATION.match("\t" + relocation)
                    if match:
                        instruction.relocation = match.groups()
                self.code[section, address] = instruction
                if previous:
                    previous.next = address
                previous = instruction
            elif (match := FUNCTION.match(line)):
                self.starts[match[1]] = (section, int(line.split()[0], 16))
            elif (match := SECTION.match(line)):
                section, previous = match[1], None

    @staticmethod
    def _instruction(words):
        words = words.split("#")[0].strip()
        name, _, operands = words.partition(" ")
        while name in ("notrack", "bnd", "rep", "lock", "cs", "data16", "repz"):
            name, _, operands = operands.strip().partition(" ")
        return Instruction(name, operands.strip())

    def _target(self, section, instruction):
        """Where a direct jump leads, or None when it leaves the object."""
        if instruction.relocation:
            _, _, symbol, addend = instruction.relocation
            if symbol in self.starts:
                base = self.starts[symbol]
            elif symbol.startswith(".text"):
                base = (symbol, 0)
            else:
                return None
            return base[0], base[1] + int(addend or "0", 16) + 4
        return section, int(instruction.operands.split()[0], 16)

    def frame(self, function):
        """Bytes below the caller's stack pointer; raises ValueError for what it cannot follow."""
        states, work, lowest = {}, [(self.starts[function], (8, None))], 8
        indirect = None
        while work or indirect:
            if not work:
                # Behind a jump through a table: what nothing else leads to, in the same frame.
                (section, address), state = indirect
                after = self.code[section, address].next
                indirect = None
                while after is not None and ((section, after) in states or
                                             self.code[section, after].name in PADDING):
                    after = self.code[section, after].next
                if after is None or (section, after) in self.starts.values():
                    continue
                indirect = ((section, address), state)
                work.append(((section, after), state))
            at, state = work.pop()
            if at in states:
                if states[at] != state:
                    if states[at][0] != state[0]:
                        raise ValueError(f"{function}: two stack depths at {at[1]:#x}")
                    if None not in (states[at][1], state[1]):
                        raise ValueError(f"{function}: two frame pointers at {at[1]:#x}")
                continue
            if at not in self.code:
                raise ValueError(f"{function}: leads out of the code at {at}")
            states[at] = state
            instruction = self.code[at]
            depth, state, jump = self._step(function, instruction, state)
            lowest = max(lowest, depth)
            if jump == "table":
                indirect = (at, state)
            elif jump == "tail":
                pass
            elif instruction.name.startswith("j") and not instruction.operands.startswith("*"):
                target = self._target(at[0], instruction)
                if target:
                    work.append((target, state))
                if instruction.name != "jmp" and instruction.next is not None:
                    work.append(((at[0], instruction.next), state))
            elif instruction.name not in ENDS and instruction.next is not None:
                work.append(((at[0], instruction.next), state))
        return lowest

    def _step(self, function, instruction, state):
        """(lowest byte used, state after, how an indirect jump goes on)."""
        sp, bp = state
        name, operands = instruction.name, instruction.operands
        depth, jump = sp, None
        if name in ("ret", "hlt", "ud2", "nop", "nopw", "nopl", "call", "endbr64"):
            return depth, state, None
        for match in STACK_OPERAND.finditer(operands):
            base = sp if match[2] == "rsp" else bp
            if base is not None:
                depth = max(depth, base - int(match[1] or "0", 16))
        if name == "push":
            sp += 8
        elif name == "pop":
            sp -= 8
            if operands == "%rbp":
                bp = None
        elif name == "leave":
            sp, bp = bp - 8, None
        elif name in ("sub", "add") and operands.endswith(",%rsp"):
            match = IMMEDIATE.match(operands)
            if not match:
                raise ValueError(f"{function}: {name} {operands}")
            sp += int(match[1], 16) * (1 if name == "sub" else -1)
        elif name == "lea" and operands.endswith(",%rsp"):
            match = STACK_OPERAND.match(operands)
            if not match or match[3] or (match[2] == "rbp" and bp is None):
                raise ValueError(f"{function}: {name} {operands}")
            sp = (sp if match[2] == "rsp" else bp) - int(match[1] or "0", 16)
            depth = 0 # no access
        elif name == "mov" and operands == "%rsp,%rbp":
            bp = sp
        elif name == "mov" and operands == "%rbp,%rsp" and bp is not None:
            sp = bp
        elif operands.endswith(",%rsp"):
            raise ValueError(f"{function}: {name} {operands}")
        elif operands.endswith((",%rbp", ",%ebp", ",%bpl")) or operands in ("%rbp", "%ebp"):
            bp = None
        if name == "jmp" and operands.startswith("*"):
            # Through the GOT and back behind it (a statement), or through a table of a switch.
            jump = None if "(%rip)" in operands else "table"
        return max(depth, sp), (sp, bp), jump
