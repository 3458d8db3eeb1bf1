"""Files of a sweep, below one folder."""
import fcntl
import os
import pathlib
import shutil

from input_file import InputError


class Store:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def report(self, identity):
        return self.folder / "points" / identity[:2] / f"{identity}.json"

    def failure(self, identity):
        return self.folder / "failures" / f"{identity}.txt"

    def scratch(self):
        """What a run of the sweep needs and its results do not."""
        return self.folder / ".scratch"

    def finished(self):
        return {path.stem for path in self.folder.glob("points/??/*.json")}

    def failures(self):
        return {path.stem: path.read_text(encoding="utf-8").strip()
                for path in self.folder.glob("failures/*.txt")}

    def lock(self):
        """Held as long as the descriptor is open in any process: until the last one is dead."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"{self.folder}: another run of a sweep is at work there; wait for "
                             "it, or end it") from None
        return descriptor

    def clear(self):
        """Of what an earlier run left behind; its failures are tried again."""
        shutil.rmtree(self.scratch(), ignore_errors=True)
        shutil.rmtree(self.folder / "failures", ignore_errors=True)
        self.scratch().mkdir(parents=True, exist_ok=True)
