"""What runs say in a sentence: each by itself, and beside the first."""
from report_file import dig

from .elements import mark_of, text

# Chips whose areas differ by no more count as equal, as for `invar compare`.
EQUAL_AREA = 0.01


def times(first, other, what):
    """"1.2 times less energy"; nothing where a figure is missing."""
    if not first or not other:
        return None
    ratio = first / other
    if 0.995 < ratio < 1.005:
        return f"the same {what}"
    return f"{ratio:.3g} times less {what}" if ratio > 1 else f"{1 / ratio:.3g} times more {what}"


def beside(first, other):
    """What the other report's run takes, as against the first one's."""
    def part(path, whose):
        found = [times(dig(first, f"{path}.{key}"), dig(other, f"{path}.{key}"), what)
                 for key, what in (("time_s", "time"), ("energy_j", "energy"))]
        found = [one for one in found if one]
        return f"{whose} takes {' and '.join(found)}" if found else None

    def whole():
        if dig(first, "workload.command") == "workload":
            return part("whole_iteration", "the amortised step")
        found = [times(first["simulated_time_s"], other["simulated_time_s"], "time"),
                 times(first["total_energy_j"], other["total_energy_j"], "energy")]
        found = [one for one in found if one]
        return f"the whole run takes {' and '.join(found)}" if found else None

    def quality():
        values = [dig(report, "training.final_test_accuracy") for report in (first, other)]
        if None in values:
            return None
        return f"final accuracy differs by {100 * (values[1] - values[0]):+.2f} points"

    def area():
        values = [dig(report, "area.chip_mm2") for report in (first, other)]
        if not all(values):
            return None
        equal = abs(values[1] - values[0]) <= EQUAL_AREA * max(values)
        return (f"chips are {'equal' if equal else 'not equal'}: {values[1]:.4g} against "
                f"{values[0]:.4g} mm²")
    return "; ".join(one for one in (part("inversion_only", "inversion with programming"), whole(),
                                     quality(), area()) if one)


def verdicts(runs):
    lines = []
    for index, run in enumerate(runs):
        told = dig(run.report, "verdict.text")
        if told:
            lines.append(f"<p>{mark_of(runs, index)}{text(told)}</p>")
        elif not run.report.get("complete"):
            lines.append(f"<p>{mark_of(runs, index)}The run is not complete: no verdict.</p>")
    for index in range(1, len(runs)):
        told = beside(runs[0].report, runs[index].report)
        if told:
            lines.append(f"<p>{mark_of(runs, index)}against {mark_of(runs, 0).strip()}: {text(told)}.</p>")
    if not lines:
        return ""
    return f'<section class="verdict" id="verdict"><h2>Verdict</h2>{"".join(lines)}</section>'
