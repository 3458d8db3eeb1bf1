"""Designs of sweeps: what is refused, points that are the same on any machine, the page."""
import os
import unittest

from sweep_folder import BASE, BITS, HEAD, INVAR, NOISE, SAMPLE, Folder
from input_file import InputError
from sweeps import sampling
from sweeps.design import Design
from sweeps.page import Scale, front
from sweeps.parameters import INPUTS, OUTPUTS, Parameters
from sweeps.plan import Planner

# What is wrong, and what the message says of it.
REFUSED = {
    "a command": ('command = "solv"\n', "must be solve, train, workload or circuit"),
    "no command": (BASE, "command is missing"),
    "TOML": ("command", "invalid TOML"),
    "a key": (HEAD + "seed = 1\n" + BASE, "unknown key seed; did you mean seeds?"),
    "an input": (HEAD, "solve.matrix is missing"),
    "a file": (HEAD + BASE.replace("a.mtx", "c.mtx"), "solve.matrix: "),
    "a parameter": (HEAD + BASE + "adc.bitz = 6\n", "adc.bitz of solve; did you mean adc.bits?"),
    "a parameter of another command": (HEAD + BASE + "train.epochs = 6\n", "train.epochs of solve"),
    "a value": (HEAD + BASE + "adc.bits = 40\n",
                "adc.bits = 40: must be a whole number from 1 to 24"),
    "a fraction": (HEAD + BASE + "adc.bits = 6.5\n", "a whole number from 1 to 24"),
    "a choice": (HEAD + BASE + 'run.inverter = "abacus"\n', "must be rram, digital, cg or exact"),
    "a preset": (HEAD + BASE + 'run.preset = "abacus"\n', "there is no such preset"),
    "an output": (HEAD + BASE + 'solve.out = "x.mtx"\n', "solve.out: an output"),
    "every combination": (HEAD + BASE + 'tile.fidelity = "timing"\n', "none of 1 points"),
    "an empty axis": (HEAD + BASE + BITS.replace("6, 8", ""), "axis 1 (adc.bits): values must be"),
    "an axis without values": (HEAD + BASE + '[[axis]]\nparameter = "adc.bits"\n',
                               "must have values, choices, or from and to"),
    "an end of a range": (HEAD + BASE + NOISE.replace("0.1", "0.9") + SAMPLE,
                          "device.read_noise = 0.9: must be from 0 to 0.5"),
    "order of a range": (HEAD + BASE + NOISE.replace("0.1", "0.0001") + SAMPLE,
                         "from must be below to"),
    "a logarithm": (HEAD + BASE + NOISE.replace("0.001", "0.0") + SAMPLE, "must be above 0"),
    "a range of names": (HEAD + BASE + '[[axis]]\nparameter = "run.inverter"\nfrom = 1\nto = 2\n',
                         "must be rram, digital, cg or exact: give values"),
    "steps": (HEAD + BASE + NOISE + "steps = 1\n", "a whole number from 2"),
    "no sample": (HEAD + BASE + NOISE, "[sample] is missing"),
    "a sample of nothing": (HEAD + BASE + BITS + SAMPLE, "no axis has a range without steps"),
    "points": (HEAD + BASE + NOISE + "[sample]\npoints = 0\n", "a whole number from 1 to 1000000"),
    "too many": (HEAD + "seeds = 1000000\n" + BASE + BITS, "2000000 points: must be at most"),
    "a method": (HEAD + BASE + NOISE + SAMPLE + 'method = "sobol"\n',
                 "must be random or latin_hypercube"),
    "twice": (HEAD + BASE + "adc.bits = 6\n" + BITS, "adc.bits: given twice"),
    "seeds": (HEAD + "seeds = []\n" + BASE, "must be a list of seeds"),
    "a figure": (HEAD + 'figures = ["inversion_only.energy"]\n' + BASE,
                 "did you mean inversion_only.energy_j?"),
    "part of a report": (HEAD + 'figures = ["wear"]\n' + BASE, "figure wear: holds several"),
    "no figure": (HEAD + "figures = []\n" + BASE, "must name at least one"),
    "an end": (HEAD + BASE + '[pareto]\nbest = ["lowest", "most"]\n', '"lowest" or "highest"'),
    "fronts": (HEAD + BASE + BITS + '[pareto]\nby = "dac.bits"\n', "a parameter of an axis"),
}


class Designs(Folder):
    def test_what_cannot_be_run_is_refused_by_name(self):
        for what, (design, message) in REFUSED.items():
            with self.subTest(what), self.assertRaises(InputError) as refused:
                self.points(design)
            self.assertIn(message, str(refused.exception))
            self.assertNotIn("\n", str(refused.exception))

    def test_a_refusal_ends_with_status_2_and_nothing_is_written(self):
        for what in ("a parameter", "a file", "every combination"):
            design, message = REFUSED[what]
            result = self.sweep(design)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertRegex(result.stderr, r"^sweep: d.toml: .*\n$")
            self.assertIn(message, result.stderr)
            self.assertFalse((self.folder / "runs").exists())

    def test_files_stand_in_the_design_and_not_in_a_file_of_it(self):
        (self.folder / "machine.toml").write_text('[adc]\nbits = 6\n', encoding="utf-8")
        point, = self.points(HEAD + BASE + 'config = "machine.toml"\n')
        (self.folder / "machine.toml").write_text('[adc]\nbits = 7\n', encoding="utf-8")
        other, = self.points(HEAD + BASE + 'config = "machine.toml"\n')
        self.assertNotEqual(point.identity, other.identity)
        (self.folder / "machine.toml").write_text('[run]\nfirmware = "f"\n', encoding="utf-8")
        with self.assertRaisesRegex(InputError, "run.firmware: must be in the design"):
            self.points(HEAD + BASE + 'config = "machine.toml"\n')

    def points(self, design):
        path = self.folder / "d.toml"
        path.write_text(design, encoding="utf-8")
        planner = Planner(Design(str(path), INVAR))
        points = planner.points()
        planner.refuse_all_refused(points)
        return points

    def test_a_point_is_what_its_files_hold_and_not_where_they_lie(self):
        point, = self.points(HEAD + BASE)
        os.rename(self.folder / "a.mtx", self.folder / "moved.mtx")
        moved, = self.points(HEAD + BASE.replace("a.mtx", "moved.mtx"))
        self.assertEqual(moved.identity, point.identity)
        with open(self.folder / "b.mtx", "a", encoding="utf-8") as file:
            file.write("% changed\n")
        changed, = self.points(HEAD + BASE.replace("a.mtx", "moved.mtx"))
        self.assertNotEqual(changed.identity, point.identity)

    def test_a_point_is_its_configuration_however_it_is_written(self):
        point, = self.points(HEAD + BASE + "adc.bits = 6\nadc.energy_j = 0\n")
        for other in ("adc.energy_j = 0.0\nadc.bits = 6\n", "adc.energy_j = 0\nadc.bits = 6.0\n",
                      "adc.bits = 6\nadc.energy_j = 0\nrun.threads = 2\n"):
            self.assertEqual(self.points(HEAD + BASE + other)[0].identity, point.identity)
        for other in ("adc.bits = 7\nadc.energy_j = 0\n",
                      'adc.bits = 6\nadc.energy_j = 0\nrun.preset = "prototype"\n'):
            self.assertNotEqual(self.points(HEAD + BASE + other)[0].identity, point.identity)

    def test_axes_make_points_in_the_order_in_which_they_are_written(self):
        together = ('[[axis]]\nparameters = ["dac.bits", "run.inverter"]\n'
                    'values = [[7, "rram"], [8, "cg"]]\n')
        found = [(one.settings["adc.bits"], one.settings["dac.bits"], one.settings["run.seed"])
                 for one in self.points(HEAD + "seeds = [4, 2]\n" + BASE + BITS + together)]
        self.assertEqual(found, [(6, 7, 4), (6, 7, 2), (6, 8, 4), (6, 8, 2),
                                 (8, 7, 4), (8, 7, 2), (8, 8, 4), (8, 8, 2)])

    def test_parameters_that_are_texts_are_known_as_files_or_not(self):
        others = {"run.preset", "vcd.scope", "vcd.window", "timeline.window",
                  "instruction_trace.window", "circuit.instruction_set"}
        parameters = Parameters(INVAR, "train")
        texts = {key for key, one in parameters.allowed.items() if one.words == "a text"}
        self.assertEqual(texts, INPUTS | OUTPUTS | others)

    def test_every_parameter_is_understood(self):
        for key, one in Parameters(INVAR, "train").allowed.items():
            told = one.low is not None or one.choices or one.words in ("a text", "true or false")
            self.assertTrue(told, f"{key}: {one.words}")
            self.assertTrue(one.is_number() == (one.low is not None), key)


class Sampling(unittest.TestCase):
    def test_samples_are_these_numbers_on_any_machine(self):
        self.assertEqual(sampling.random(1, "adc.bits", 2),
                         [0.17105685910070778, 0.6377972979545644])
        self.assertEqual(sampling.between(1e-3, 0.1, True, False, 0.25), 0.00316228)

    def test_more_random_points_begin_with_the_same_ones(self):
        self.assertEqual(sampling.random(7, "x", 100)[:10], sampling.random(7, "x", 10))

    def test_a_latin_hypercube_has_one_point_in_each_part(self):
        for name in ("x", "y"):
            shares = sampling.latin_hypercube(3, name, 50)
            self.assertEqual(sorted(int(share * 50) for share in shares), list(range(50)))
        self.assertNotEqual(*(sampling.latin_hypercube(3, name, 50) for name in ("x", "y")))

    def test_values_stay_in_their_range(self):
        shares = (0.0, 0.5, 1.0 - 2**-53)
        self.assertEqual([sampling.between(4, 8, False, True, one) for one in shares], [4, 6, 8])
        self.assertEqual(sampling.between(1e-7, 3.3333396e-7, True, False, 1.0),
                         3.3333396e-7)
        self.assertEqual(sampling.steps(1, 1000, True, True, 4), [1, 10, 100, 1000])
        self.assertEqual(sampling.steps(1, 3, False, True, 9), [1, 2, 3])


class Page(unittest.TestCase):
    def test_a_front_has_what_nothing_beats(self):
        points = [(1, 5, "a"), (2, 5, "b"), (2, 3, "c"), (3, 1, "d"), (4, 1, "e"), (1, 6, "f")]
        for best, kept in ((["lowest", "lowest"], "acd"), (["lowest", "highest"], "f")):
            self.assertEqual("".join(row for _, _, row in front(points, best)), kept)

    def test_ticks_lie_between_the_ends(self):
        self.assertEqual(Scale([0.0, 10.0], 0, 100).ticks(), [0, 2, 4, 6, 8, 10])
        self.assertEqual(Scale([1.0, 100.0], 0, 100).ticks(), [1, 2, 5, 10, 20, 50, 100])
        self.assertEqual(Scale([1.0, 100.0], 0, 100).place(10.0), 50.0)
        self.assertTrue(Scale([3.0, 3.0], 0, 100).ticks())


if __name__ == "__main__":
    unittest.main()
