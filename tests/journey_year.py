"""The grocer's year as facts, decoded once and kept in `build/`: a household at a time, so that little of it is in memory."""

import hashlib
import inspect
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from msgspec import msgpack

from punchcard.demo import journey
from punchcard.programme import Sale

HEAD = struct.Struct("<II")
"""Before each household: its number, and how many bytes follow."""
BUILD = Path("build/journey")


def year() -> Iterator[tuple[int, list[Sale]]]:
    """Household by household its sales in canonical order."""
    with kept().open("rb") as source:
        while head := source.read(HEAD.size):
            household, size = HEAD.unpack(head)
            yield household, msgpack.decode(source.read(size), type=list[Sale])


def kept() -> Path:
    """The file; it is made anew when facts are written otherwise than it holds them."""
    sources = [inspect.getfile(each) for each in (Sale, journey.Rows, journey.facts)]
    spelling = hashlib.sha256(b"".join(Path(each).read_bytes() for each in sources)).hexdigest()
    file = BUILD / f"year-{spelling[:12]}.msgpack"
    if not file.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        for older in BUILD.glob("year-*.msgpack"):
            older.unlink()
        written = file.with_suffix(f".{os.getpid()}")
        with written.open("wb") as target:
            for household, sales in journey.facts(journey.read()):
                body = msgpack.encode(sales)
                target.write(HEAD.pack(household, len(body)) + body)
        written.replace(file)
    return file
