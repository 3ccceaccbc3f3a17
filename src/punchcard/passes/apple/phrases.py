"""The texts of a pass in every language: pass.json says one, each xx.lproj/pass.strings the same in its own, keyed by it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.passes.model import CardTexts
from punchcard.passes.texts import Frozen

Columns = tuple[bytes, ...]
"""The line of one text, for each of LANGUAGES."""
PATHS = tuple(f"{language}.lproj/pass.strings" for language in LANGUAGES)
KEPT = 16_384
"""So many phrases are kept ready: members share most."""


class Common:
    """What the programme says of itself in everybody's pass."""

    def __init__(self, said: CardTexts):
        self.said = said


class Phrase(Struct, frozen=True):
    """A text as a pass of one language carries it."""

    said: str
    written: bytes
    """The same as pass.json writes it."""
    lines: Columns


Lines = dict[str, Columns]
"""The lines of texts by what pass.json says: a text that stands on a pass twice has one."""


def localised(text: Text, language: str, lines: Lines) -> Phrase:
    """The text in this language; its line for every language goes to `lines`."""
    found = phrase(tuple(text.items()), language)
    lines[found.said] = found.lines
    return found


@lru_cache(maxsize=KEPT)
def phrase(text: Frozen, language: str) -> Phrase:
    every = dict(text)
    said = locale.of(every, language)
    return Phrase(said, msgspec.json.encode(said), row(said, [every.get(each) for each in LANGUAGES]))


def row(key: str, said: Sequence[str | None]) -> Columns:
    """One text's line in each language: `"what pass.json says" = "what this language says";`. What is missing says the
    key; what is empty needs no line."""
    begin = f'"{escaped(key)}" = "'
    return tuple([f'{begin}{escaped(text or key)}";\n'.encode() if key else b"" for text in said])


def columns(lines: Iterable[Columns]) -> Iterable[bytes]:
    """All these lines together, for each language."""
    return map(b"".join, zip(*lines, strict=True))


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
