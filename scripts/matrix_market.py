"""Matrix Market files by the rules of docs/matrix_market.md, which `invar` follows too."""

import array
import os
import re
import zlib

from input_file import InputError, open_regular

LARGEST_ENTRIES = 1 << 27
LONGEST_LINE = 1 << 16
LONGEST_SHOWN = 40
MOST_UNEXPLAINED_BYTES = 1 << 26
MOST_ENTRY_BYTES = 128
LEAST_COORDINATE_BYTES = 6
LEAST_ARRAY_BYTES = 2
LARGEST_RATIO = 1032  # of zlib

BANNER = ("must begin with: %%MatrixMarket matrix coordinate|array real|integer "
          "general|symmetric")
WHOLE = re.compile(rb"(-?)0*([0-9]{1,18})")
NUMBER = re.compile(rb"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eEdD]([+-]?[0-9]+)|([+-][0-9]+))?")
NO_NUMBER = re.compile(rb"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def pieces(path, file):
    """The contents in pieces, decompressed where they are gzip (one member or several)."""
    stored = file.read(LONGEST_LINE)
    if not stored.startswith(b"\x1f\x8b"):
        while stored:
            yield stored
            stored = file.read(LONGEST_LINE)
        return
    stream = zlib.decompressobj(31)
    while True:
        try:
            piece = stream.decompress(stored, LONGEST_LINE)
        except zlib.error as error:
            cause = str(error).rpartition(": ")[2]
            raise InputError(f"{path}: damaged gzip data ({cause})") from None
        if piece:
            yield piece
        if stream.eof:
            stored = stream.unused_data or file.read(LONGEST_LINE)
            if not stored.startswith(b"\x1f\x8b"):
                return
            stream = zlib.decompressobj(31)
        else:
            stored = stream.unconsumed_tail or file.read(LONGEST_LINE)
            if not stored and not piece:
                raise InputError(f"{path}: damaged gzip data (it ends early)")


class Reader:
    def __init__(self, path):
        self.path = path
        self.line = 0
        self.expected_bytes = MOST_UNEXPLAINED_BYTES

    def fail(self, what):
        raise InputError(f"{self.path}:{self.line}: {what}")

    def lines(self, file):
        """Each line without its end; counts them in self.line."""
        rest, total = b"", 0
        for piece in pieces(self.path, file):
            if total == 0 and piece.startswith(b"\xef\xbb\xbf"):
                piece = piece[3:]
            total += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield self.counted(line)
            if len(rest) > LONGEST_LINE:
                self.counted(rest)
            if total > self.expected_bytes:
                self.line += 1
                self.fail("longer than what it announces explains")
        if rest:
            yield self.counted(rest)

    def counted(self, line):
        self.line += 1
        if len(line) > LONGEST_LINE:
            self.fail(f"a line of more than {LONGEST_LINE} bytes")
        return line

    def words(self, lines):
        """The words of each line that is neither blank nor a comment."""
        for line in lines:
            words = line.split()
            if words and not words[0].startswith(b"%"):
                yield words

    def text(self, word):
        """A word as a message shows it."""
        shown = bytes(c if c >= 0x20 and c != 0x7f else ord("?") for c in word[:LONGEST_SHOWN])
        return shown.decode("utf-8", "replace") + "..." * (len(word) > LONGEST_SHOWN)

    def whole(self, word, low, high, what):
        parts = WHOLE.fullmatch(word)
        if not parts or not low <= int(parts[1] + parts[2]) <= high:
            self.fail(f"{what} = {self.text(word)}: must be from {low} to {high}")
        return int(parts[1] + parts[2])

    def number(self, word, row, column):
        """What is too small is 0."""
        parts = NUMBER.fullmatch(word)
        if parts:
            value = float(parts[1] + b"e" + (parts[2] or parts[3] or b"0"))
            if abs(value) != float("inf"):
                return value
            what = "too large: must be at most 1.797e308"
        elif NO_NUMBER.fullmatch(word):
            what = "entries must be finite numbers"
        else:
            self.fail(f'"{self.text(word)}" is no number')
        self.fail(f"entry ({row}, {column}) is {self.text(word)}: {what}")

    def read_banner(self, lines):
        words = [word.decode("latin-1").lower() for word in next(lines, b"").split()]
        if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
            self.fail(BANNER)
        for given, (first, second) in zip(words[2:], (("coordinate", "array"), ("real", "integer"),
                                                      ("symmetric", "general"))):
            if given not in (first, second):
                shown = self.text(given.encode("latin-1"))
                self.fail(f'"{shown}" is not supported here: must be {first} or {second}')
        return words[2] == "coordinate", words[4] == "symmetric"

    def read(self):
        """Rows of the matrix, each a sequence of numbers."""
        with open_regular(self.path) as file:
            most_bytes = os.fstat(file.fileno()).st_size
            if file.peek(2).startswith(b"\x1f\x8b"):
                most_bytes *= LARGEST_RATIO
            lines = self.lines(file)
            coordinate, symmetric = self.read_banner(lines)
            words = self.words(lines)
            sizes = next(words, [])
            if len(sizes) != (3 if coordinate else 2):
                self.fail("the size line must have three numbers: rows, columns, entries"
                          if coordinate else "the size line must have two numbers: rows, columns")
            rows = self.whole(sizes[0], 1, LARGEST_ENTRIES, "rows")
            columns = self.whole(sizes[1], 1, LARGEST_ENTRIES, "columns")
            if rows * columns > LARGEST_ENTRIES:
                self.fail(f"{rows} x {columns} entries: must be at most 2^27")
            if symmetric and rows != columns:
                self.fail(f"a symmetric matrix must be square, not {rows} x {columns}")
            if coordinate:
                entries = self.whole(sizes[2], 0, rows * columns, "entries")
                places = self.coordinates(words, rows, columns, entries, symmetric)
            else:
                entries = rows * (rows + 1) // 2 if symmetric else rows * columns
                places = self.array(words, rows, columns, entries, symmetric)
            self.expected_bytes += entries * MOST_ENTRY_BYTES
            # Entries that the file cannot hold get no place: they are read to name its end.
            fits = entries * (LEAST_COORDINATE_BYTES if coordinate
                              else LEAST_ARRAY_BYTES) <= most_bytes + 1
            matrix = [array.array("d", bytes(8 * columns)) for _ in range(rows if fits else 0)]
            for row, column, value in places:
                if fits:
                    matrix[row][column] = value
                    if symmetric:
                        matrix[column][row] = value
            if next(words, None):
                self.fail("more entries than the size line announces")
            return matrix

    def entries(self, words, count, size, what):
        for entry in range(count):
            given = next(words, None)
            if given is None:
                self.fail(f"truncated: {count} entries expected, {entry} found")
            if len(given) != size:
                self.fail(what)
            yield given

    def coordinates(self, words, rows, columns, entries, symmetric):
        seen = set()
        for given in self.entries(words, entries, 3,
                                  "an entry must have three numbers: row, column, value"):
            row = self.whole(given[0], 1, rows, "row")
            column = self.whole(given[1], 1, columns, "column")
            if symmetric and column > row:
                self.fail(f"entry ({row}, {column}) is above the diagonal of a symmetric matrix")
            value = self.number(given[2], row, column)
            if (row, column) in seen:
                self.fail(f"entry ({row}, {column}) is given twice")
            seen.add((row, column))
            yield row - 1, column - 1, value

    def array(self, words, rows, columns, entries, symmetric):
        values = self.entries(words, entries, 1, "an array has one number a line, column by column")
        for column in range(columns):
            for row in range(column if symmetric else 0, rows):
                # The last of the places has the last of the values: none is left over.
                yield row, column, self.number(next(values)[0], row + 1, column + 1)


def read_matrix(path):
    """The rows of a matrix. Raises InputError, "FILE:LINE: what"."""
    return Reader(path).read()


def write_matrix(path, columns):
    """Columns of numbers, with digits that read back to the same bits."""
    lines = ["%%MatrixMarket matrix array real general", f"{len(columns[0])} {len(columns)}"]
    lines += [repr(value) for column in columns for value in column]
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
