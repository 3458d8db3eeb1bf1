"""What stands in the report of a run: labels, units and definitions, as docs/report.schema.json
has them, which is made from the declarations that reports are written by."""
import json
import pathlib

SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "docs" / "report.schema.json"
DEFINITIONS = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
ROOT = DEFINITIONS["run"]
CIRCUIT = DEFINITIONS["circuit"]


class Undeclared(Exception):
    """A path that no report has: a mistake of whoever asks."""


def inside(node, key):
    """Member of an object, or of a list's entry, by one part of a path."""
    if "items" in node:
        node = node["items"]
        if key.isdigit():
            return node
    other = node.get("additionalProperties")
    return node.get("properties", {}).get(key, other if isinstance(other, dict) else None)


def nodes_to(path, root=ROOT):
    """The figure at a path like "history.0.epoch", and before it what it lies in."""
    nodes = [root]
    for key in path.split("."):
        node = inside(nodes[-1], key)
        if node is None:
            raise Undeclared(f"figure {path}: declared nowhere")
        nodes.append(node)
    return nodes


def figure(path, root=ROOT):
    return nodes_to(path, root)[-1]


def paths(node=ROOT, prefix=""):
    """Those of all figures in a part of a report, for a list's the ones of its first entry."""
    for key, inner in node.get("properties", {}).items():
        path = prefix + key
        if "items" in inner:
            path, inner = path + ".0", inner["items"]
        if inner.get("properties"):
            yield from paths(inner, path + ".")
        else:
            yield path


def figure_if_declared(path):
    """For what a report has: those of other versions may have more."""
    try:
        return figure(path)
    except Undeclared:
        return {}


def label(path):
    """Of the figure, with that of the part of the report it is in: "inversion only: time"."""
    *around, node = nodes_to(path)
    titles = [one["title"] for one in around if "title" in one and "properties" in one]
    return ": ".join([*titles[-1:], node.get("title", path)])


def labelled(path):
    """(key, figure) of an object's members that stand in tables."""
    return [(key, node) for key, node in figure(path)["properties"].items()
            if "title" in node and "properties" not in node and "items" not in node]
