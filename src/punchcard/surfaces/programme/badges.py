"""The wallets' official badges, as the operator laid them down: `apple.en.svg`, `google.he.png` … Sent as they are."""

import hashlib
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from punchcard.foundation.locale import LANGUAGES

WALLETS = ("apple", "google")
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
"""A drawing is taken before a picture of it."""
BYTES_MAX = 256 * 1024
NAMES = frozenset(f"{wallet}.{language}{suffix}" for wallet in WALLETS for language in LANGUAGES for suffix in TYPES)
"""No other name is ever looked for, so that none leads out of the folder."""


class Badge(Struct, frozen=True):
    """A badge as it is sent."""

    body: bytes
    media_type: str
    digest: str


@lru_cache(8)
def badges(folder: Path | None) -> dict[str, Badge]:
    """Every badge in the folder by its name, read once; what is larger than any badge is left out."""
    if folder is None:
        return {}
    found = {name: folder / name for name in sorted(NAMES)}
    return {name: read(path) for name, path in found.items() if path.is_file() and path.stat().st_size <= BYTES_MAX}


def read(path: Path) -> Badge:
    body = path.read_bytes()
    return Badge(body, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:16])


def address(folder: Path | None, wallet: str, language: str) -> str | None:
    """Where the wallet's badge stands in this language, else in English; None where there is neither."""
    known = badges(folder)
    for spoken in (language, LANGUAGES[0]):
        for suffix in TYPES:
            if badge := known.get(name := f"{wallet}.{spoken}{suffix}"):
                return f"/static/badges/{name}?v={badge.digest}"
    return None
