"""A card's code as one SVG path."""

from itertools import groupby

import segno
from msgspec import Struct

QUIET_MODULES = 4
"""White that a scanner needs around the code."""


class Code(Struct, frozen=True):
    """What an `<svg viewBox=box>` with one `<path d=path>` draws: a module is one unit, the quiet zone is inside."""

    box: str
    path: str


def draw(text: str) -> Code:
    """A QR code (never Micro QR: tills do not read it) with error correction M, one rectangle for each run of modules."""
    rows = [list(row) for row in segno.make(text, micro=False, error="m").matrix]
    side = len(rows) + 2 * QUIET_MODULES
    return Code(
        f"{-QUIET_MODULES} {-QUIET_MODULES} {side} {side}",
        "".join(f"M{x} {y}h{width}v1h-{width}z" for y, row in enumerate(rows) for x, width in runs(row)),
    )


def runs(row: list[int]) -> list[tuple[int, int]]:
    """Where each run of dark modules begins, and how long it is."""
    found, x = [], 0
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            found.append((x, width))
        x += width
    return found
