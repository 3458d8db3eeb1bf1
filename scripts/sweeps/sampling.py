"""Numbers in 0..1 that depend on their names alone: the same with any Python, on any machine."""
import hashlib
import math

# Digits of sampled values: exp and log differ in the last digit between C libraries.
DIGITS = 6


def word(*names):
    """64 bits."""
    return int.from_bytes(hashlib.sha256(repr(names).encode()).digest()[:8], "big")


def uniform(*names):
    """In [0, 1), of 53 bits, which a float holds exactly."""
    return (word(*names) >> 11) / 2**53


def random(seed, parameter, count):
    """More points begin with the same ones, and another axis changes none."""
    return [uniform(seed, parameter, index) for index in range(count)]


def latin_hypercube(seed, parameter, count):
    """One number in each of `count` equal parts, in random order."""
    order = sorted(range(count), key=lambda part: word(seed, parameter, "order", part))
    return [(part + uniform(seed, parameter, part)) / count for part in order]


METHODS = {"random": random, "latin_hypercube": latin_hypercube}


def rounded(value):
    return float(f"{value:.{DIGITS}g}")


def between(low, high, is_log, is_whole, share):
    """The value at a share of the range; a whole one has every number equally often."""
    end = high + 1 if is_whole else high
    if is_log:
        value = math.exp(math.log(low) + share * (math.log(end) - math.log(low)))
    else:
        value = low + share * (end - low)
    value = rounded(value)
    return min(max(math.floor(value) if is_whole else value, low), high)


def steps(low, high, is_log, is_whole, count):
    """`count` values with both ends; fewer where whole numbers coincide."""
    values = []
    for index in range(count):
        share = index / (count - 1)
        value = low * (high / low) ** share if is_log else low + share * (high - low)
        value = low if index == 0 else high if index == count - 1 else rounded(value)
        values.append(math.floor(value + 0.5) if is_whole else value)
    return list(dict.fromkeys(values))
