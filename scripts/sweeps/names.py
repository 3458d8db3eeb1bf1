"""The nearest name, for messages about unknown ones."""
import difflib

from input_file import InputError


def nearest(name, names):
    """Half a sentence; empty where nothing is near."""
    found = difflib.get_close_matches(name, list(names), n=1)
    return f"; did you mean {found[0]}?" if found else ""


def require_keys(where, table, known):
    for key in table:
        if key not in known:
            raise InputError(f"{where}: unknown key {key}{nearest(key, known)}; must be one of "
                             + ", ".join(known))
