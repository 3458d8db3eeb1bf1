"""`invar` and scripts/spice_netlist.py read Matrix Market files by one set of rules."""
import gzip
import os
import subprocess
import sys
import tempfile
import unittest

INVAR = sys.argv.pop(1)
SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.path.insert(0, SCRIPTS)
from input_file import InputError  # noqa: E402
from matrix_market import read_matrix  # noqa: E402

ARRAY = "%%MatrixMarket matrix array real general\n"
SYMMETRIC = "%%MatrixMarket matrix array real symmetric\n"
PLACES = "%%MatrixMarket matrix coordinate real general\n"
LOWER = "%%MatrixMarket matrix coordinate real symmetric\n"
TWO = [[1.0, 3.0], [2.0, 4.0]]
SMALLEST = 5e-324

GOOD = {
    "array": (ARRAY + "2 2\n1\n2\n3\n4\n", TWO),
    "comments and blank lines": (ARRAY + "% a\n\n  % b\n2 2\n1\n%\n2\n \n3\n4\n\n% end\n", TWO),
    "no end of the last line": (ARRAY + "2 2\n1\n2\n3\n4", TWO),
    "lines of another system": ((ARRAY + "2 2\n1\n2\n3\n4\n").replace("\n", "\r\n"), TWO),
    "a byte order mark": ("\ufeff" + ARRAY + "2 2\n1\n2\n3\n4\n", TWO),
    "any case": ("%%matrixmarket MATRIX Array Integer General\n2 2\n1\n2\n3\n4\n", TWO),
    "tabs": (ARRAY + "\t2\t 2 \n 1\n\t2\n3 \n4\n", TWO),
    "a lower triangle": (SYMMETRIC + "2 2\n1\n2\n4\n", [[1.0, 2.0], [2.0, 4.0]]),
    "places": (PLACES + "2 2 3\n1 1 1\n2 2 4\n1 2 -3\n", [[1.0, -3.0], [0.0, 4.0]]),
    "places of a lower triangle": (LOWER + "2 2 2\n1 1 1\n2 1 2\n", [[1.0, 2.0], [2.0, 0.0]]),
    "no places at all": (PLACES + "1 2 0\n", [[0.0, 0.0]]),
    "leading zeros": (PLACES + "02 2 1\n01 002 7\n", [[0.0, 7.0], [0.0, 0.0]]),
    "signs": (ARRAY + "1 2\n+1.5\n-1.5\n", [[1.5, -1.5]]),
    "points": (ARRAY + "1 3\n1.\n.5\n-.5e1\n", [[1.0, 0.5, -5.0]]),
    "exponents of Fortran": (ARRAY + "1 4\n1.0D+00\n1.0d0\n-2.5D-3\n1.5+2\n",
                             [[1.0, 1.0, -2.5e-3, 150.0]]),
    "a Fortran exponent of three digits": (ARRAY + "1 1\n0.25-100\n", [[0.25e-100]]),
    "too small is zero": (ARRAY + "1 4\n1e-400\n-1.0D-999\n1e-99999999999999999999\n1-400\n",
                          [[0.0, -0.0, 0.0, 0.0]]),
    "denormal numbers": (ARRAY + "1 3\n5e-324\n-4.0d-320\n2.2250738585072011e-308\n",
                         [[SMALLEST, -4e-320, 2.2250738585072011e-308]]),
    "many digits": (ARRAY + "1 1\n0." + "3" * 900 + "\n", [[1.0 / 3.0]]),
    "gzip": (gzip.compress((ARRAY + "2 2\n1\n2\n3\n4\n").encode()), TWO),
    "gzip of a byte order mark": (gzip.compress(("\ufeff" + ARRAY + "2 2\n1\n2\n3\n4\n").encode()),
                                  TWO),
    "gzip in two members": (gzip.compress((ARRAY + "2 2\n1\n2").encode()) +
                            gzip.compress(b"\n3\n4\n"), TWO),
    "gzip with something behind": (gzip.compress((ARRAY + "2 2\n1\n2\n3\n4\n").encode()) + b"xyz",
                                   TWO),
}

BAD = {
    "empty": "",
    "no banner": "2 2\n1\n2\n3\n4\n",
    "a blank line first": "\n" + ARRAY + "1 1\n1\n",
    "UTF-16": (ARRAY + "1 1\n1\n").encode("utf-16"),
    "bytes": bytes(range(1, 256)) * 3,
    "complex": "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n",
    "pattern": "%%MatrixMarket matrix coordinate pattern general\n1 1 1\n1 1\n",
    "hermitian": "%%MatrixMarket matrix coordinate real hermitian\n1 1 1\n1 1 1\n",
    "skew": "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 1\n",
    "vector": "%%MatrixMarket vector array real general\n2\n1\n2\n",
    "a short banner": "%%MatrixMarket matrix array real\n1 1\n1\n",
    "no sizes": ARRAY,
    "one size": ARRAY + "2\n1\n2\n",
    "no number of entries": PLACES + "2 2\n1 1 1\n",
    "size zero": ARRAY + "0 1\n",
    "a negative size": ARRAY + "2 -1\n1\n",
    "a size with a sign": ARRAY + "+2 1\n1\n2\n",
    "a size that is no whole number": ARRAY + "2.0 1\n1\n2\n",
    "a size of many digits": ARRAY + "9" * 5000 + " 1\n1\n",
    "a size beyond 2^27": ARRAY + "100000 100000\n1\n",
    "more entries than places": PLACES + "2 2 5\n1 1 1\n",
    "an oblong symmetric matrix": LOWER + "2 3 1\n1 1 1\n",
    "truncated array": ARRAY + "2 2\n1\n2\n3\n",
    "truncated places": PLACES + "2 2 4\n1 1 1\n2 2 1\n",
    "a large header": ARRAY + "11585 11585\n1\n2\n",
    "a large header of places": PLACES + "11585 11585 134000000\n1 1 1\n1 2 1\n",
    "a large header and no number": PLACES + "11585 11585 134000000\n1 1 1\n1 2 x\n",
    "too many in an array": ARRAY + "1 1\n1\n2\n",
    "too many places": PLACES + "2 2 1\n1 1 1\n2 2 1\n",
    "from 0": PLACES + "2 2 2\n0 0 1\n1 1 1\n",
    "beyond the rows": PLACES + "2 2 1\n3 1 1\n",
    "beyond the columns": PLACES + "2 2 1\n1 3 1\n",
    "above the diagonal": LOWER + "2 2 1\n1 2 1\n",
    "twice": PLACES + "2 2 2\n1 1 1\n1 1 1\n",
    "a place without a value": PLACES + "2 2 1\n1 1\n",
    "two values": PLACES + "2 2 1\n1 1 1 0\n",
    "two numbers a line": ARRAY + "2 1\n1 2\n",
    "nan": ARRAY + "1 1\nnan\n",
    "infinity": ARRAY + "1 1\n-Infinity\n",
    "too large": ARRAY + "1 1\n1e400\n",
    "too large in Fortran": ARRAY + "1 1\n-1.0D+309\n",
    "a word": ARRAY + "1 1\nx\n",
    "two signs": ARRAY + "1 1\n+-1\n",
    "two exponents": ARRAY + "1 1\n1e5-3\n",
    "no exponent": ARRAY + "1 1\n1e\n",
    "no mantissa": ARRAY + "1 1\nd5\n",
    "hexadecimal": ARRAY + "1 1\n0x10\n",
    "a comma": ARRAY + "1 1\n1,5\n",
    "an underscore": ARRAY + "1 1\n1_000\n",
    "a digit of another script": ARRAY + "1 1\n\u0663\n",
    "a blank of another script": PLACES + "1 1 1\n1\u00a01 1\n",
    "a form feed is no end of a line": ARRAY + "2 1\n1\f2\n",
    "NUL": ARRAY + "1 1\n1\0\n",
    "an endless line": ARRAY + "1 1\n" + " " * 70000 + "1\n",
    "truncated gzip": gzip.compress((ARRAY + "2 2\n1\n2\n3\n4\n").encode())[:-9],
    "damaged gzip": gzip.compress((ARRAY + "2 2\n1\n2\n3\n4\n").encode())[:-8] + b"12345678",
    "no gzip": b"\x1f\x8bno gzip at all, only its first two bytes",
}


class MatrixReaders(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        os.chdir(directory.name)
        self.addCleanup(os.chdir, "/")

    def read_with_invar(self, path, rows):
        """(matrix, message): an MVM of the unit matrix gives its input back."""
        with open("unit.mtx", "w", encoding="ascii") as file:
            file.write(f"{PLACES}{rows} {rows} {rows}\n")
            file.writelines(f"{k} {k} 1\n" for k in range(1, rows + 1))
        done = subprocess.run(
            [INVAR, "circuit", "--operation", "mvm", "--conductance", "unit.mtx", "--input", path,
             "--out", "out.mtx", "--quiet"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.assertEqual(done.returncode, 2, done.stderr)
            return None, done.stderr.strip().removeprefix("invar: ")
        return [list(row) for row in read_matrix("out.mtx")], None

    def read_with_script(self, path):
        try:
            return [list(row) for row in read_matrix(path)], None
        except InputError as error:
            return None, str(error)

    def write(self, contents):
        with open("m.mtx", "wb") as file:
            file.write(contents if isinstance(contents, bytes) else contents.encode("utf-8"))
        return "m.mtx"

    def test_good_files_have_the_same_values(self):
        for name, (contents, expected) in GOOD.items():
            with self.subTest(name):
                path = self.write(contents)
                self.assertEqual(self.read_with_script(path), (expected, None))
                self.assertEqual(self.read_with_invar(path, len(expected)), (expected, None))

    def test_bad_files_are_refused_with_the_same_message(self):
        for name, contents in BAD.items():
            with self.subTest(name):
                path = self.write(contents)
                matrix, message = self.read_with_script(path)
                self.assertIsNone(matrix)
                self.assertRegex(message, "^m.mtx:([0-9]+:)? ")
                self.assertEqual(self.read_with_invar(path, 1), (None, message))

    def test_what_is_no_circuit_is_refused_by_both_naming_the_same_file(self):
        files = {"g.mtx": (2, 2, "3e-5 1e-6 1e-6 3e-5"), "i.mtx": (2, 1, "1e-6 2e-6"),
                 "negative.mtx": (2, 2, "1e-6 -1e-6 0 1e-6"), "large.mtx": (2, 2, "1 1 1 2e3"),
                 "oblong.mtx": (2, 1, "1e-6 1e-6"), "three.mtx": (3, 1, "1 1 1"),
                 "strong.mtx": (2, 1, "1 2e6"), "zero.mtx": (2, 1, "1 0")}
        for name, (rows, columns, values) in files.items():
            with open(name, "w", encoding="ascii") as file:
                file.write(f"{ARRAY}{rows} {columns}\n" + "\n".join(values.split()) + "\n")
        for flags in ("--conductance negative.mtx", "--conductance large.mtx",
                      "--conductance oblong.mtx", "--conductance-negative negative.mtx",
                      "--conductance-negative oblong.mtx", "--input three.mtx",
                      "--input strong.mtx", "--gains three.mtx", "--gains zero.mtx",
                      "--gains g.mtx", "--offset strong.mtx", "--gain-bandwidths zero.mtx",
                      "--conductance-negative g.mtx --inverter-offset strong.mtx"):
            with self.subTest(flags):
                options = ["--operation", "inv", "--conductance", "g.mtx", "--input", "i.mtx",
                           "--out", "v.mtx", *flags.split()]
                for command in ([INVAR, "circuit"],
                                [sys.executable, os.path.join(SCRIPTS, "spice_netlist.py")]):
                    done = subprocess.run(command + options, capture_output=True, text=True,
                                          check=False)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(": " + flags.split()[-1] + ": ", done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_what_is_no_file_is_refused_and_not_waited_for(self):
        os.mkfifo("pipe")
        os.mkdir("folder")
        for path in ("absent", "folder", "pipe", "/dev/zero", "/dev/urandom"):
            with self.subTest(path):
                message = self.read_with_script(path)[1]
                self.assertTrue(message.startswith(path + ": "), message)
                self.assertEqual(self.read_with_invar(path, 1), (None, message))


if __name__ == "__main__":
    unittest.main()
