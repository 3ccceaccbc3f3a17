"""The part of a service worker that keeps a face for without a network."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from . import static

SCRIPT = Path(__file__).parent / "worker_shell.js"


def keeper(ours: str, page: str, names: Iterable[str]) -> bytes:
    """The script, with what it keeps before it: `page` and the files of these names, in caches whose names begin with `ours`."""
    shell = [static.address(name) for name in names]
    said = {"OURS": ours, "PAGE": page, "TREE": static.version(), "SHELL": shell}
    head = "".join(f"const {name} = {msgspec.json.encode(value).decode()}\n" for name, value in said.items())
    return head.encode() + SCRIPT.read_bytes()
