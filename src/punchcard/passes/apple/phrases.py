"""The texts of a pass in every language: pass.json says one, each xx.lproj/pass.strings the same in its own, keyed by it.

Half of a pass's texts stand in everybody's; they are laid out once for each language that a member may have."""

from collections.abc import Mapping
from functools import lru_cache

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES, Text
from punchcard.passes import texts
from punchcard.passes.model import CardTexts

Columns = tuple[str, ...]
"""The lines of one text or several, for each of LANGUAGES."""
LABELS = ("level", "new-balance", "last-movement", "ends-first", "terms", "help")


class Common:
    """What stands in everybody's pass."""

    def __init__(self, said: CardTexts):
        self.texts: dict[str, Text] = {key: texts.words(key) for key in LABELS} | {
            "organisation": said.organisation,
            "description": said.description,
            "terms-text": said.terms,
            "contact": said.contact,
        }
        self.said = {language: self.in_one(language) for language in LANGUAGES}
        self.lines = {language: [each.encode() for each in columns(self.rows(language))] for language in LANGUAGES}
        self.known = {language: frozenset(said.values()) for language, said in self.said.items()}

    def in_one(self, language: str) -> dict[str, str]:
        return {key: locale.of(text, language) for key, text in self.texts.items()}

    def rows(self, language: str) -> dict[str, Text]:
        return {locale.of(text, language): text for text in self.texts.values()}


class Phrases:
    """Collects the texts of one pass: answers each in the member's language and keeps it in all."""

    def __init__(self, common: Common, language: str):
        self.common, self.lines, self.known = common.said[language], common.lines[language], common.known[language]
        self.language = language
        self.rows: dict[str, Text] = {}

    def __call__(self, text: Text) -> str:
        said = text.get(self.language) or locale.of(text, self.language)
        if said:
            self.rows[said] = text
        return said

    def files(self) -> dict[str, bytes]:
        """The pass.strings of every language, by path."""
        own = columns({said: text for said, text in self.rows.items() if said not in self.known})
        return {path: common + mine.encode() for path, common, mine in zip(PATHS, self.lines, own, strict=True)}


PATHS = tuple(f"{language}.lproj/pass.strings" for language in LANGUAGES)


def columns(rows: Mapping[str, Text]) -> Columns:
    lines = [row(key, *map(text.get, LANGUAGES)) for key, text in rows.items()]
    return tuple("".join(column) for column in zip(*lines, strict=True)) if lines else ("",) * len(LANGUAGES)


@lru_cache(maxsize=16_384)
def row(key: str, *said: str | None) -> Columns:
    """One text's line in each language: `"what pass.json says" = "what this language says";`. What is missing says the key."""
    return tuple(f'"{escaped(key)}" = "{escaped(text or key)}";\n' for text in said)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
