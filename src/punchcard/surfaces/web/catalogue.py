"""The words of the faces, as one module a face and language: whoever reads Hebrew loads Hebrew alone.

A row's key is the catalogue's name without its face, a dot, and the row: `[ends-in]` in `words/app_offers.toml` is
`offers.ends-in` in the app. What both faces say stands in `words/web_….toml`."""

import tomllib
from collections.abc import Iterator

import msgspec

from punchcard.foundation.locale import LANGUAGES, WORDS

FACES = ("app", "till")
SHARED = "web"

Rows = dict[str, dict[str, str | dict[str, str]]]


def modules() -> dict[str, bytes]:
    """`words/<face>.<language>.js` for each face and language: `export default {key: text or its plural forms}`."""
    return {
        f"words/{face}.{language}.js": module({key: row.get(language) or row["en"] for key, row in rows.items()})
        for face in FACES
        for rows in [dict(rows_of(face))]
        for language in LANGUAGES
    }


def rows_of(face: str) -> Iterator[tuple[str, dict[str, str | dict[str, str]]]]:
    for prefix in (SHARED, face):
        for path in sorted(WORDS.glob(f"{prefix}_*.toml")):
            rows: Rows = tomllib.loads(path.read_text())
            yield from ((f"{path.stem.removeprefix(prefix + '_')}.{name}", row) for name, row in rows.items())


def module(texts: dict[str, str | dict[str, str]]) -> bytes:
    return b"export default " + msgspec.json.encode(texts) + b"\n"
