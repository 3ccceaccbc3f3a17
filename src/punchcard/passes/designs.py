"""The designs folder as a whole: has it changed, and what is read from it, read again when it has."""

import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
Stamp = tuple[tuple[str, int, int], ...]
"""Each file's name, size and time of its last change."""
LOOK_SECONDS = 1.0

log = logging.getLogger("punchcard.passes")

seen: dict[Path, tuple[float, Stamp]] = {}


def fingerprint(designs: Path) -> bytes:
    """A hash over every file in the folder, by name: the same wherever and whenever it was copied."""
    whole = hashlib.sha256()
    for file in files(designs):
        name, content = str(file.relative_to(designs)).encode(), file.read_bytes()
        whole.update(len(name).to_bytes(4) + name + len(content).to_bytes(8) + content)
    return whole.digest()


def files(designs: Path) -> list[Path]:
    return sorted(each for each in designs.rglob("*") if each.is_file() and not each.name.startswith("."))


def stamp(designs: Path) -> Stamp:
    """How the folder stands on the disk; looked at once a second at most."""
    looked_at, known = seen.get(designs, (float("-inf"), ()))
    if time.monotonic() - looked_at > LOOK_SECONDS:
        found = ((str(each), each.stat()) for each in files(designs))
        known = tuple((name, status.st_size, status.st_mtime_ns) for name, status in found)
        seen[designs] = (time.monotonic(), known)
    return known


class Newest(Generic[T]):
    """What `read` makes of the folder. When it has changed it is read again; while it is unfit, the former stays in use."""

    def __init__(self, read: Callable[[Path], T]):
        self.read = read
        self.kept: dict[Path, tuple[Stamp, T]] = {}

    def __call__(self, designs: Path) -> T:
        now, known = stamp(designs), self.kept.get(designs)
        if known is None:
            made = self.read(designs)
        elif known[0] == now:
            return known[1]
        else:
            made = self.read_again(designs, known[1])
        self.kept[designs] = (now, made)
        return made

    def read_again(self, designs: Path, former: T) -> T:
        try:
            return self.read(designs)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            log.error("%s is unfit, the former design stays in use: %s", designs, error)
            return former
