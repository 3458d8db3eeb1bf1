"""Small inputs that scripts make for themselves: the same with any Python, on any machine."""
import gzip
import json
import struct


class SimpleRandom:
    """A linear congruential generator: the same numbers with any Python."""

    def __init__(self, seed):
        self.state = seed

    def next(self, limit):
        self.state = (6364136223846793005 * self.state + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit


def write_bars(folder):
    """28 x 28 images of four classes, a bar at one of four angles, as MNIST files."""
    random = SimpleRandom(1)
    for part, count in (("train", 1280), ("t10k", 256)):
        images, labels = bytearray(), bytearray()
        for _ in range(count):
            label = random.next(4)
            x, y = 10 + random.next(8), 10 + random.next(8)
            across, down = ((1, 0), (0, 1), (1, 1), (1, -1))[label]
            image = bytearray(random.next(60) for _ in range(28 * 28))
            for along in range(-9, 10):
                image[(y + down * along) % 28 * 28 + (x + across * along) % 28] = 255
            images += image
            labels.append(label)
        write_idx(folder, part, images, labels)


def write_dots(folder, count):
    """28 x 28 images of 26 classes, a dot at a place of its own for each, as files of letters."""
    random = SimpleRandom(5)
    for part in ("emnist-letters-train", "emnist-letters-test"):
        images, labels = bytearray(), bytearray()
        for _ in range(count):
            label = random.next(26)
            image = bytearray(random.next(60) for _ in range(28 * 28))
            for place in range(16):
                image[(label // 7 * 4 + place // 4) * 28 + label % 7 * 4 + place % 4] = 255
            images += image
            labels.append(1 + label)
        write_idx(folder, part, images, labels)


def write_idx(folder, part, images, labels):
    """One of a data set's two pairs of files, packed."""
    for name, head, body in (
            ("images-idx3", struct.pack(">IIII", 0x803, len(labels), 28, 28), images),
            ("labels-idx1", struct.pack(">II", 0x801, len(labels)), labels)):
        with gzip.open(folder / f"{part}-{name}-ubyte.gz", "wb") as file:
            file.write(head + bytes(body))


def write_matrix(path, values, rows, columns):
    """Matrix Market, column by column."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"%%MatrixMarket matrix array real general\n{rows} {columns}\n")
        file.writelines(f"{value!r}\n" for value in values)


def network_text(parameters, layers):
    """A network file: tables of parameters, and one for each layer."""
    tables = [(f"[{name}]", values) for name, values in parameters.items()]
    tables += [("[[layer]]", layer) for layer in layers]
    # Numbers, texts and booleans are written in TOML as in JSON.
    return "".join(f"{head}\n" + "".join(f"{key} = {json.dumps(value)}\n"
                                         for key, value in values.items())
                   for head, values in tables)


def convolution_network(tiles, conv, narrow):
    """Three kinds of layers for `workload`. conv, narrow: what the first two have of their own."""
    return network_text(
        {"workload": {"batch": 4, "factor_interval": 2, "inverse_interval": 4, "samples": 1,
                      "damping": 0.3},
         "accelerator": {"tiles": tiles}, "tile": {"rows": 32},
         "solver": {"block_product": "analog"}},
        [{"name": "conv", "kind": "conv", **conv, "kernel": 3, "size": 8, "relu": True},
         {"name": "narrow", "kind": "dense", "in": 60, "out": 20, **narrow},
         {"name": "wide", "kind": "dense", "in": 300, "out": 10}])


def write_system(folder, n, columns):
    """A covariance and right-hand sides, Matrix Market."""
    random = SimpleRandom(2)
    features = [[random.next(1001) / 1000.0 for _ in range(2 * n)] for _ in range(n)]

    covariance = [sum(a * b for a, b in zip(features[row], features[column])) / (2 * n) +
                  (0.05 if row == column else 0.0) for column in range(n) for row in range(n)]
    write_matrix(folder / "a.mtx", covariance, n, n)
    rhs = [random.next(2001) / 1000.0 - 1.0 for _ in range(n * columns)]
    write_matrix(folder / "b.mtx", rhs, n, columns)
