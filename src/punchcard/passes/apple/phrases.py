"""The texts of a pass in every language: pass.json says one, each xx.lproj/pass.strings the same in its own, keyed by it.

What stands in everybody's pass of a design is laid out once for each language that a member may have."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.passes.model import CardTexts

from .package import Begun, Member

Columns = tuple[bytes, ...]
"""The line of one text, for each of LANGUAGES."""
EMPTY: Columns = (b"",) * len(LANGUAGES)
PATHS = tuple(f"{language}.lproj/pass.strings" for language in LANGUAGES)


class Common:
    """What the programme says of itself in everybody's pass."""

    def __init__(self, said: CardTexts):
        self.said = said


class Lines:
    """The lines of everybody's texts, for a member of one language; those of a member's own come behind them."""

    def __init__(self, texts: Iterable[Text], language: str):
        rows = {locale.of(text, language): text for text in texts}
        self.known = frozenset(rows)
        heads = columns({key: row(key, *map(text.get, LANGUAGES)) for key, text in rows.items()})
        self.begun = [Begun(path, head) for path, head in zip(PATHS, heads, strict=True)]

    def files(self, own: Iterable[Columns]) -> list[Member]:
        """The pass.strings of every language; `own` are lines of the member's own, in each language."""
        together = zip(*own, strict=True)
        return [begun.ended(b"".join(lines)) for begun, lines in zip(self.begun, together, strict=True)]


def columns(rows: Mapping[str, Columns]) -> Columns:
    """All these lines, for each language."""
    return tuple(map(b"".join, zip(*rows.values(), strict=True))) if rows else EMPTY


@lru_cache(maxsize=16_384)
def row(key: str, *said: str | None) -> Columns:
    """One text's line in each language: `"what pass.json says" = "what this language says";`. What is missing says the key."""
    return tuple(f'"{escaped(key)}" = "{escaped(text or key)}";\n'.encode() for text in said)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
