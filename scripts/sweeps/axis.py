"""One [[axis]] of a design: every one of its values, or one at random for each point."""
from input_file import InputError
from sweeps import sampling
from sweeps.names import require_keys

KEYS = ("parameter", "parameters", "values", "choices", "from", "to", "steps", "scale")
SCALES = ("linear", "log")
MOST_STEPS = 100_000


class GridAxis:
    """Rows of values of one parameter, or of several that change together."""

    def __init__(self, parameters, rows):
        self.parameters, self.rows = parameters, rows

    def names(self):
        return self.parameters


class SampledAxis:
    def __init__(self, parameter, pick):
        self.parameter, self.pick = parameter, pick

    def names(self):
        return [self.parameter]

    def values(self, method, seed, count):
        return [self.pick(share)
                for share in sampling.METHODS[method](seed, self.parameter, count)]


def read_axis(where, table, parameters):
    require_keys(where, table, KEYS)
    names = names_of(where, table)
    for name in names:
        parameters.require_known(name)
    where = f"{where} ({', '.join(names)})"
    kinds = [kind for kind in ("values", "choices", "from") if kind in table]
    if len(kinds) != 1:
        raise InputError(f"{where}: must have values, choices, or from and to, and one of them "
                         "alone")
    if kinds == ["values"]:
        refuse(where, table, ("steps", "scale", "to"), "values")
        return GridAxis(names, read_rows(where, table["values"], names, parameters))
    if len(names) > 1:
        raise InputError(f"{where}: parameters that change together must have values")
    if kinds == ["choices"]:
        refuse(where, table, ("steps", "scale", "to"), "choices")
        return read_choices(where, table["choices"], names[0], parameters)
    return read_range(where, table, names[0], parameters)


def names_of(where, table):
    if ("parameter" in table) == ("parameters" in table):
        raise InputError(f"{where}: must have parameter, or parameters that change together")
    names = [table["parameter"]] if "parameter" in table else table["parameters"]
    if not isinstance(names, list) or not names or \
            not all(isinstance(name, str) for name in names):
        raise InputError(f"{where}: parameter must be a name, parameters a list of names")
    return names


def refuse(where, table, keys, beside):
    for key in keys:
        if key in table:
            raise InputError(f"{where}: {key} goes with from and to, not with {beside}")


def require_list(where, key, values):
    if not isinstance(values, list) or not values:
        raise InputError(f"{where}: {key} must be a list of at least one value")


def read_rows(where, values, names, parameters):
    require_list(where, "values", values)
    rows = []
    for value in values:
        row = value if len(names) > 1 else [value]
        if not isinstance(row, list) or len(row) != len(names):
            raise InputError(f"{where}: {value!r}: must be a list of {len(names)} values, one for "
                             "each parameter")
        rows.append(tuple(parameters.checked(name, one) for name, one in zip(names, row)))
    return list(dict.fromkeys(rows))


def read_choices(where, values, name, parameters):
    require_list(where, "choices", values)
    values = [parameters.checked(name, value) for value in values]
    return SampledAxis(name, lambda share: values[int(share * len(values))])


def read_range(where, table, name, parameters):
    allowed = parameters.allowed[name]
    if not allowed.is_number():
        raise InputError(f"{where}: from and to are for numbers; must be {allowed.must_be()}: "
                         "give values or choices")
    if "to" not in table:
        raise InputError(f"{where}: to is missing")
    low, high = (parameters.checked(name, table[end]) for end in ("from", "to"))
    if not low < high:
        raise InputError(f"{where}: from {low} to {high}: from must be below to")
    scale = table.get("scale", "linear")
    if scale not in SCALES:
        raise InputError(f"{where}: scale = {scale!r}: must be {' or '.join(SCALES)}")
    is_log, is_whole = scale == "log", allowed.kind is int
    if is_log and low <= 0:
        raise InputError(f"{where}: from {low}: must be above 0 with scale = \"log\"")
    if "steps" not in table:
        return SampledAxis(name, lambda share: sampling.between(low, high, is_log, is_whole, share))
    steps = table["steps"]
    if type(steps) is not int or not 2 <= steps <= MOST_STEPS:
        raise InputError(f"{where}: steps = {steps!r}: must be a whole number from 2 to "
                         f"{MOST_STEPS}")
    return GridAxis([name], [(value,) for value in
                             sampling.steps(low, high, is_log, is_whole, steps)])
