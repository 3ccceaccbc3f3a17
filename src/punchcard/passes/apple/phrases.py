"""The texts of a pass in every language: pass.json says one, each xx.lproj/pass.strings the same in its own, keyed by it.

What stands in everybody's pass of a design is laid out once for each language that a member may have."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.passes.model import CardTexts

Columns = tuple[bytes, ...]
"""The line of one text, for each of LANGUAGES."""
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
        lines = [row(key, *map(text.get, LANGUAGES)) for key, text in rows.items()]
        self.heads = [b"".join(column) for column in zip(*lines, strict=True)] if lines else [b""] * len(LANGUAGES)

    def files(self, own: Mapping[str, Columns]) -> dict[str, bytes]:
        """The pass.strings of every language, by path; `own` are the member's own lines by what pass.json says."""
        columns = zip(*own.values(), strict=True) if own else ((),) * len(LANGUAGES)
        return {path: head + b"".join(mine) for path, head, mine in zip(PATHS, self.heads, columns, strict=True)}


@lru_cache(maxsize=16_384)
def row(key: str, *said: str | None) -> Columns:
    """One text's line in each language: `"what pass.json says" = "what this language says";`. What is missing says the key."""
    return tuple(f'"{escaped(key)}" = "{escaped(text or key)}";\n'.encode() for text in said)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
