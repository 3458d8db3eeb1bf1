"""The runs that the costs of the firmware's functions are measured in, and what they read."""
import itertools
import pathlib

from generated_inputs import (SimpleRandom, convolution_network, network_text, write_bars,
                              write_dots, write_matrix, write_system)

NETWORKS = pathlib.Path(__file__).resolve().parent.parent / "platform/workload/networks"
# Two short ones, whose calls do not depend on the nanosecond.
CHECKED = ("train_inverse", "solve_48_digital")

SUM = network_text({}, [
    {"name": "first", "kind": "conv", "out": 4, "kernel": 3, "relu": True},
    {"name": "second", "kind": "conv", "out": 4, "kernel": 3},
    {"kind": "add", "from": "first"},
    {"kind": "pool"},
    {"name": "last", "kind": "dense", "out": "classes"}])
# Both factors of a layer in many blocks.
WIDE = network_text({"train": {"batch": 32}}, [
    {"kind": "conv", "out": 4, "kernel": 3, "relu": True},
    {"kind": "pool"},
    {"kind": "dense", "out": 200, "relu": True},
    {"kind": "dense", "out": "classes"}])
CONVOLUTIONS = convolution_network(128, {"in": 8, "out": 8, "repeat": 16}, {"repeat": 20})
SEQUENCES = network_text(
    {"workload": {"batch": 2, "sequence_length": 16, "factor_interval": 2, "inverse_interval": 4,
                  "samples": 1, "damping": 0.3, "apply": "inverse"},
     "accelerator": {"tiles": 24}, "tile": {"rows": 32}},
    [{"name": "embedding", "kind": "elementwise", "elements": 48, "passes": 1, "per_token": True},
     {"name": "query_key_value", "kind": "dense", "in": 48, "out": 144, "repeat": 12,
      "per_token": True},
     {"name": "attention", "kind": "attention", "heads": 6, "width": 8, "repeat": 12},
     {"name": "down", "kind": "dense", "in": 144, "out": 48, "repeat": 12, "per_token": True}])


def runs():
    """Name: arguments. Every function with a cost works in one of them, with several counts."""
    train = "train --dataset . --seed 3"
    small = f"{train} --batch 64 --epochs 0.3 --channels 4"
    dots = "train --dataset dots --seed 4 --epochs 0.8"
    five = f"{train} --network {NETWORKS / 'five_layers.toml'} --epochs 0.1"
    wide = (f"{train} --network wide.toml --epochs 0.3 --inverter digital --inverse-interval 20 "
            "--block-layout diagonal")
    result = {
        "train_kfac": f"{small}",
        "train_kfac_digital": f"{small} --inverter digital",
        "train_inverse": f"{small} --kfac-apply inverse",
        "train_inverse_digital": f"{small} --kfac-apply inverse --inverter digital",
        "train_blocks": f"{small} --inverter digital --block-layout diagonal --block-rows 40",
        "train_blocks_inverse": f"{small} --inverter digital --block-layout diagonal "
                                "--kfac-apply inverse --block-rows 16 --deflation-rank 3",
        "train_deflated_blocks": f"{small} --inverter digital --block-layout diagonal "
                                 "--block-rows 32 --deflation-rank 8",
        "train_sgd": f"{small} --optimizer sgd",
        "train_adam": f"{small} --optimizer adam",
        "train_dots": f"{dots}",
        "train_dots_digital": f"{dots} --inverter digital",
        "train_dots_inverse": f"{dots} --kfac-apply inverse",
        "train_dots_sgd": f"{dots} --optimizer sgd --batch 32",
        "train_few_tiles": f"{small} --set accelerator.tiles=3",
        "train_bad_cells": f"{small} --kfac-apply inverse --set device.stuck_fraction=0.2",
        "train_pairs": f"{small} --operand-port",
        "train_shadows": f"{small} --epochs 1.2 --inverse-interval 3 --operand-port "
                         "--service single_shot --refresh-delay 3",
        "train_machine": f"{small} --preset integrated-40nm+training --inverse-interval 3 "
                         "--refresh-delay 2",
        "train_five_layers_pairs": f"{five} --operand-port --set accelerator.tiles=24 "
                                   "--refresh-delay 10",
        "train_five_layers": f"{five}",
        "train_five_layers_digital": f"{five} --inverter digital",
        "train_five_layers_inverse": f"{five} --inverter digital --kfac-apply inverse",
        "train_restarts": f"{small} --inverse-interval 2 --checkpoint kept --checkpoint-interval 2",
        "train_sgd_restarts": f"{small} --optimizer sgd --checkpoint kept --checkpoint-interval 4",
        "train_wide_4": f"{wide} --block-rows 4",
        "train_wide_4_inverse": f"{wide} --block-rows 4 --kfac-apply inverse",
        "train_wide_12_inverse": f"{wide} --block-rows 12 --kfac-apply inverse",
        "train_wide_30_inverse": f"{wide} --block-rows 30 --kfac-apply inverse "
                                 "--deflation-rank 3",
        "train_sum": f"{train} --network sum.toml --epochs 0.1",
    }
    for n, inverter in itertools.product((12, 48, 90), ("rram", "digital")):
        result[f"solve_{n}_{inverter}"] = (f"solve --matrix a{n}.mtx --rhs b{n}.mtx --out x "
                                           f"--inverter {inverter}")
    for n, inverter in itertools.product((10, 30), ("rram", "digital")):
        result[f"solve_general_{n}_{inverter}"] = (
            f"solve --matrix g{n}.mtx --rhs i{n}.mtx --general --out x --tolerance 1e-9 "
            f"--inverter {inverter}")
    for inverter, n in (("rram", 9), ("digital", 9), ("digital", 11)):
        result[f"solve_hard_{n}_{inverter}"] = (f"solve --matrix h{n}.mtx --rhs k{n}.mtx --out x "
                                                f"--tolerance 1e-9 --inverter {inverter}")
    large = f"{result['solve_48_rram']} --set engine.scratchpad_bytes=8192"
    result["solve_directions"] = f"{large} --set device.stuck_fraction=0.4"
    result["solve_missed"] = f"{large} --tolerance 1e-15"
    for network in ("convolutions", "sequences"):
        result[f"workload_{network}"] = f"workload {network}.toml --inverter digital"
    result["workload_resnet50"] = f"workload {NETWORKS / 'resnet50.toml'}"
    return {name: arguments.split() for name, arguments in result.items()}


def write_inputs(folder):
    write_bars(folder)
    (folder / "dots").mkdir()
    write_dots(folder / "dots", 500)
    for name, network in (("sum", SUM), ("wide", WIDE), ("convolutions", CONVOLUTIONS), ("sequences", SEQUENCES)):
        (folder / f"{name}.toml").write_text(network, encoding="utf-8")
    for n, columns in ((12, 3), (48, 5), (90, 20)):
        write_system(folder, n, columns)
        for name in "ab":
            (folder / f"{name}.mtx").rename(folder / f"{name}{n}.mtx")
    random = SimpleRandom(4)
    for n in (10, 30):
        write_matrix(folder / f"g{n}.mtx", [random.next(1000) / 1000.0 +
                                            (8.0 if i % (n + 1) == 0 else 0.0)
                                            for i in range(n * n)], n, n)
        write_matrix(folder / f"i{n}.mtx", [random.next(2001) / 1000.0 - 1.0
                                            for _ in range(2 * n)], n, 2)
    for size in (9, 11):  # Hilbert's
        write_matrix(folder / f"h{size}.mtx", [1.0 / (1 + row + column) for column in range(size)
                                               for row in range(size)], size, size)
        write_matrix(folder / f"k{size}.mtx", [1.0 + i % 3 for i in range(2 * size)], size, 2)
