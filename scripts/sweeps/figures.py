"""Figures of reports that go to a table: defaults, and what the schema knows of them."""
from input_file import InputError
from report_schema import CIRCUIT, ROOT, Undeclared, figure, paths
from sweeps.names import nearest, require_keys

RUN = ("simulated_time_s", "total_energy_j", "mean_power_w", "inversion_only.time_s",
       "inversion_only.energy_j", "area.chip_mm2")
DEFAULTS = {
    "solve": (*RUN, "solution.iterations_mean", "solution.residual_max",
              "solution.fallbacks.digital"),
    "train": (*RUN, "training.final_test_accuracy"),
    "workload": (*RUN, "workload.measured.amortised.time_s",
                 "workload.measured.amortised.energy_j"),
    "circuit": ("stable", "settling_time_s", "condition_estimate", "array_power_w"),
}
PARETO = {
    "solve": ("inversion_only.time_s", "inversion_only.energy_j"),
    "train": ("total_energy_j", "training.final_test_accuracy"),
    "workload": ("workload.measured.amortised.time_s", "workload.measured.amortised.energy_j"),
    "circuit": ("settling_time_s", "array_power_w"),
}
HIGHER_IS_BETTER = ("training.final_test_accuracy",)
# In a file of their own: all else is the same on any machine.
HOST = ("host.wall_s", "host.cpu_s", "host.kernel_level", "host.commit", "host.date")


def root_of(command):
    return CIRCUIT if command == "circuit" else ROOT


def checked(path, command):
    root = root_of(command)
    if not isinstance(path, str):
        raise InputError(f"figure {path!r}: must be the name of a figure, a text")
    try:
        node = figure(path, root)
    except Undeclared:
        raise InputError(f"unknown figure {path}{nearest(path, paths(root))}; "
                         "docs/report.md lists all") from None
    if "items" in node or node.get("type") == "object":
        inside = next((one for one in paths(root) if one.startswith(path + ".")), f"{path}.NAME")
        raise InputError(f"figure {path}: holds several; name one of them, such as {inside}")
    return path


class Pareto:
    """Two figures, which end of each is the better one, and the parameter that tells fronts
    apart."""

    def __init__(self, table, command, parameters):
        require_keys("[pareto]", table, ("figures", "best", "by"))
        self.figures = table.get("figures", list(PARETO[command]))
        if not isinstance(self.figures, list) or len(self.figures) != 2:
            raise InputError("[pareto]: figures must be a list of two")
        for path in self.figures:
            checked(path, command)
        best = ["highest" if path in HIGHER_IS_BETTER else "lowest" for path in self.figures]
        self.best = table.get("best", best)
        if not isinstance(self.best, list) or len(self.best) != 2 or \
                any(end not in ("lowest", "highest") for end in self.best):
            raise InputError('[pareto]: best must be a list of two, each "lowest" or "highest"')
        self.by = table.get("by")
        if self.by is not None and self.by not in parameters:
            raise InputError(f"[pareto]: by = {self.by!r}: must be a parameter of an axis: "
                             + (", ".join(parameters) or "there is none"))
