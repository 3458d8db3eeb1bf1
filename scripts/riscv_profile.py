"""Instructions of a RISC-V image by source function: of the image, and of a run's trace."""
import collections
import re
import subprocess
import zlib

CLASSES = ("integer", "memory", "multiply", "divide", "float", "float_divide")
INTEGER, MEMORY, MULTIPLY, DIVIDE, FLOAT, FLOAT_DIVIDE = range(6)
WAIT_FOR_INTERRUPT = 0x10500073
# What the native core executes as such: the register access of each of these.
REGISTER_ACCESSES = {"invar_port_read32": "load", "invar_port_write32": "store",
                     "invar_port_put_char": "store"}
# Entered by an interrupt, with all that it does: the way of the port into the drivers.
TRAP_ENTRY = "invar_riscv_trap_entry"
INTERRUPT = ("interrupts", "interrupt_entry")
# What no other function with a cost has called: start-up and the end.
ROOT = ("firmware", "firmware_main")


def instruction_class(bits):
    """As platform/riscv_simulator/instruction_class.h; a run's totals are held against its report."""
    if bits & 3 != 3:
        function = bits >> 13 & 7
        return INTEGER if bits & 3 == 1 or function in (0, 4) else MEMORY
    opcode = bits & 0x7F
    if opcode in (0x03, 0x07, 0x23, 0x27, 0x2F):
        return MEMORY
    if opcode in (0x33, 0x3B) and bits >> 25 == 1:
        return MULTIPLY if bits >> 12 & 7 < 4 else DIVIDE
    if opcode in (0x43, 0x47, 0x4B, 0x4F):
        return FLOAT
    if opcode == 0x53:
        return FLOAT_DIVIDE if bits >> 27 in (3, 11) else FLOAT
    return INTEGER


def is_store(bits):
    return bits & 0x7F in (0x23, 0x27) if bits & 3 == 3 else bits >> 13 & 7 > 4


class Instruction:
    """One of the image: its function in the machine code, its frames in the source."""
    __slots__ = ("address", "bits", "symbol", "mnemonic", "frames", "turn")

    def __init__(self, address, bits, symbol, text):
        self.address, self.bits, self.symbol = address, bits, symbol
        self.mnemonic = text.split()[0]
        self.frames = []  # (path under sw/ or None, stem, function), innermost first
        self.turn = self._turn(text)

    def _turn(self, text):
        """Whether control may leave the function here: a call, a return, a jump."""
        operands = text.split()[1] if len(text.split()) > 1 else ""
        if self.mnemonic in ("ret", "mret") or (self.mnemonic, operands) == ("jr", "t0"):
            return "return"  # t0: of the functions that save registers for others
        if self.mnemonic in ("jal", "jalr", "call"):
            return "jump" if operands.startswith("zero") else "call"
        return "jump" if self.mnemonic in ("j", "jr", "tail") else None

    def size(self):
        return 4 if self.bits & 3 == 3 else 2

    def ends_block(self):
        return self.turn is not None or self.mnemonic[0] == "b" or self.mnemonic == "wfi"

    def is_register_access(self):
        kind = REGISTER_ACCESSES.get(self.frames[0][2]) if self.frames else None
        return (kind is not None and instruction_class(self.bits) == MEMORY and
                is_store(self.bits) == (kind == "store"))


class Image:
    """The instructions of an ELF file by address, from Debian's binutils for RISC-V."""

    def __init__(self, elf, prefix="riscv64-unknown-elf-"):
        self.instructions = {}
        symbol = ""
        for line in subprocess.run([prefix + "objdump", "-d", str(elf)], check=True,
                                   capture_output=True, text=True).stdout.splitlines():
            head = re.match(r"[0-9a-f]+ <(.*)>:$", line)
            row = re.match(r"\s*([0-9a-f]+):\s+([0-9a-f]+)\s+(\S.*)$", line)
            if head:
                symbol = head.group(1)
            elif row:
                address = int(row.group(1), 16)
                self.instructions[address] = Instruction(address, int(row.group(2), 16), symbol,
                                                         row.group(3))
        self._find_frames(elf, prefix)
        comment = subprocess.run([prefix + "readelf", "-p", ".comment", str(elf)], check=True,
                                 capture_output=True, text=True).stdout
        self.compiler = re.findall(r"\]\s+(.*\S)", comment)[-1]  # the first is that of the C library

    def _find_frames(self, elf, prefix):
        addresses = "\n".join(hex(address) for address in self.instructions)
        lines = subprocess.run([prefix + "addr2line", "-i", "-f", "-a", "-e", str(elf)], check=True,
                               input=addresses, capture_output=True, text=True).stdout.splitlines()
        current, place = None, 0
        while place < len(lines):
            if re.match(r"0x[0-9a-f]+$", lines[place]):
                current = self.instructions[int(lines[place], 16)]
                place += 1
                continue
            path = lines[place + 1].rsplit(":", 1)[0]
            inside = path.rpartition("/sw/")[2] if "/sw/" in path else None
            current.frames.append((inside, path.rpartition("/")[2].split(".")[0], lines[place]))
            place += 2

    def fingerprints(self):
        """Source file under sw/: number and checksum of its instructions, operands apart."""
        mnemonics = collections.defaultdict(list)
        for address in sorted(self.instructions):
            instruction = self.instructions[address]
            if instruction.frames and instruction.frames[0][0]:
                mnemonics[instruction.frames[0][0]].append(instruction.mnemonic)
        return {path: (len(words), zlib.crc32(" ".join(words).encode()))
                for path, words in mnemonics.items()}


class Profile:
    """Instructions by class of each function with a cost, from an instruction trace.

    An instruction belongs to the innermost function with a cost on the stack of calls, inlined
    functions counted: what has no cost of its own is a part of who calls it.
    """

    def __init__(self, image, costed):
        self.image, self.costed = image, costed
        self.by_function = collections.defaultdict(lambda: [0] * len(CLASSES))
        self.totals = [0] * len(CLASSES)
        self.last = None  # address of the last instruction
        self.owners = {address: next(((stem, function) for _, stem, function in i.frames
                                      if (stem, function) in costed), None)
                       for address, i in image.instructions.items()}
        self.turns = {address: i for address, i in image.instructions.items() if i.turn}
        self.trap = next((address for address, i in sorted(image.instructions.items())
                          if i.symbol == TRAP_ENTRY), None)

    def read(self, lines):
        counts = self._count(int(line.split(" ", 2)[1], 16) for line in lines if line[0] != "#")
        for instruction in self._left_out():
            self.totals[instruction_class(instruction.bits)] += 1
        for context, addresses in counts.items():
            for address, count in addresses.items():
                instruction = self.image.instructions[address]
                operation = instruction_class(instruction.bits)
                self.totals[operation] += count
                if (instruction.bits != WAIT_FOR_INTERRUPT and
                        not instruction.is_register_access()):
                    owner = self.owners[address] or context
                    self.by_function[owner][operation] += count
        return self

    def _left_out(self):
        """The rest of the block that the run ended in: a block counts as it begins."""
        address = self.last
        while not self.image.instructions[address].ends_block():
            address += self.image.instructions[address].size()
            yield self.image.instructions[address]

    def _count(self, addresses):
        """Context (the function with a cost that has called): address: count."""
        counts = collections.defaultdict(collections.Counter)
        context, stack, turned = ROOT, [], None
        current = counts[context]
        instructions, turns, owners, trap = (self.image.instructions, self.turns, self.owners,
                                             self.trap)
        for address in addresses:
            if turned is not None:
                before, turned = turned, None
                if before.turn == "call":
                    stack.append(context)
                    context = owners[before.address] or context
                elif before.turn == "return":
                    context = stack.pop() if stack else ROOT
                elif instructions[address].symbol != before.symbol:
                    context = owners[before.address] or context
                current = counts[context]
            if address == trap:
                stack.append(context)
                context = INTERRUPT
                current = counts[context]
            current[address] += 1
            self.last = address
            turned = turns.get(address)
        return counts
