"""The files a page is made of: read once, served from memory, by their names in this folder and no other way.

The address carries a digest of the whole tree, so that modules may name each other by relative paths and browsers may keep
every one of them for good: another tree is another address."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from msgspec import Struct

from . import catalogue
from .joined import joined

FOLDER = Path(__file__).parent / "static"
VERSIONED = "v/"
"""What follows `/static/` in an address with a digest."""
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain",
}
PACKED = {".css", ".js", ".json", ".svg", ".txt", ".wasm"}
"""What gzip makes smaller; pictures and fonts are packed already."""


class File(Struct, frozen=True):
    """A file as it is sent: whole, and packed with gzip where that helps."""

    body: bytes
    packed: bytes | None
    media_type: str
    digest: str


@cache
def files() -> dict[str, File]:
    """Every file that may be asked for, with the words of each face. A name that is not here does not exist, whatever it
    looks like."""
    kept = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }
    return {name: file_of(name, body) for name, body in {**kept, **catalogue.modules(), **in_one(kept)}.items()}


def in_one(kept: dict[str, bytes]) -> dict[str, bytes]:
    texts = {name: body.decode() for name, body in kept.items() if name.endswith(".js")}
    return {name: text.encode() for name, text in joined(texts, "app").items()}


def file_of(name: str, body: bytes) -> File:
    suffix = Path(name).suffix
    packed = gzip.compress(body, mtime=0) if suffix in PACKED else None
    return File(body, packed, TYPES[suffix], hashlib.sha256(body).hexdigest()[:16])


@cache
def version() -> str:
    """The digest of the whole tree."""
    names = "\n".join(f"{name} {file.digest}" for name, file in sorted(files().items()))
    return hashlib.sha256(names.encode()).hexdigest()[:12]


def address(name: str) -> str:
    """Where a page asks for it."""
    assert name in files(), f"no file {name}"
    return f"/static/{VERSIONED}{version()}/{name}"


def asked(path: str) -> tuple[str, bool]:
    """The name that a path below `/static/` asks for, and whether the answer may be kept for good."""
    name = path.removeprefix("/")
    if not name.startswith(VERSIONED):
        return name, False
    asked_version, _, name = name.removeprefix(VERSIONED).partition("/")
    return name, asked_version == version()


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether a client that sends this header has the file already. A server between us that packs it calls the tag weak."""
    return tag in (each.strip().removeprefix("W/") for each in if_none_match.split(","))
