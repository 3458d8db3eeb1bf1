"""Files that others made, within bounds; the messages are those of `invar`."""

import os
import stat


class InputError(Exception):
    """A file that cannot be used; the message is one line that begins with its name."""


def open_regular(path):
    """A regular file: what has no end cannot be an input, and a pipe would be waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise InputError(f"{path}: " + (
            "is a directory, must be a file" if stat.S_ISDIR(mode)
            else "not a regular file: pipes and devices are not read"))
    return os.fdopen(descriptor, "rb")


def read_text(path, most_bytes):
    """A whole text in UTF-8, without its byte order mark."""
    with open_regular(path) as file:
        contents = file.read(most_bytes + 1)
    if len(contents) > most_bytes:
        raise InputError(f"{path}: longer than {most_bytes} bytes, the most that is read of such "
                         "a file")
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text in UTF-8") from None
