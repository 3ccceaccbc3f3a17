"""A broken copy of the house: its source with one text replaced, to stand before the real one on Python's path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from msgspec import Struct

SOURCE = Path(__file__).parents[2] / "src" / "punchcard"


class Mutant(Struct, frozen=True):
    """What is broken: in this file of the house (path below `punchcard`) `old`, which stands there once, is `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    """Which tests must notice, as pytest names them, below tests/."""


@contextmanager
def broken(mutant: Mutant) -> Iterator[Path]:
    """A folder that holds the broken house, for PYTHONPATH."""
    with TemporaryDirectory(prefix="punchcard-mutant-") as folder:
        house = Path(folder) / "src" / "punchcard"
        copytree(SOURCE, house, ignore=ignore_patterns("__pycache__"))
        file = house / mutant.file
        text = file.read_text()
        assert text.count(mutant.old) == 1, f"{mutant.name}: {mutant.file} does not hold the text once"
        file.write_text(text.replace(mutant.old, mutant.new))
        (Path(folder) / "passes").symlink_to(SOURCE.parents[1] / "passes")  # the designs stand beside src
        yield house.parent


@contextmanager
def lived_in(mutant: Mutant | None) -> Iterator[None]:
    """Whatever this process starts meanwhile runs the broken house; None: the real one."""
    if mutant is None:
        yield
        return
    before = os.environ.get("PYTHONPATH")
    with broken(mutant) as folder:
        os.environ["PYTHONPATH"] = str(folder)
        try:
            yield
        finally:
            os.environ.pop("PYTHONPATH")
            if before is not None:
                os.environ["PYTHONPATH"] = before
