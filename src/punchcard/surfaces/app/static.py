"""The files a page is made of: read once, served from memory, by their names in this folder and no other way."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
}
PACKED = {".css", ".js", ".svg", ".txt"}
"""What gzip makes smaller; pictures and fonts are packed already."""


class File(Struct, frozen=True):
    """A file as it is sent: whole, and packed with gzip where that helps."""

    body: bytes
    packed: bytes | None
    media_type: str
    digest: str


@cache
def files() -> dict[str, File]:
    """Every file that may be asked for. A name that is not here does not exist, whatever it looks like."""
    return {
        path.relative_to(FOLDER).as_posix(): read(path)
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.suffix in TYPES
    }


def read(path: Path) -> File:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if path.suffix in PACKED else None
    return File(body, packed, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:16])


def address(name: str) -> str:
    """Where a page asks for it; the digest in it lets browsers keep it for good."""
    return f"/static/{name}?v={files()[name].digest}"
