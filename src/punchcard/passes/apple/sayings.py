"""What a layout says: a binding as it is, a text of the strings, or a text of its own; texts may hold bindings and count."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT, Text

from .bindings import CATALOGUE, Kind, Shown

Own = dict[str, str | dict[str, str]]
"""A text by language; one that counts has its plural forms instead of a string."""
Said = str | Own
"""As layout.toml writes it: "{binding}", the key of a text, or the text itself by language."""
Strings = dict[str, Own]

BINDING = re.compile(r"\{([^{}]*)\}")
FORMS = ("zero", "one", "two", "few", "many", "other")
ISOLATED, ISOLATED_END = "\u2068", "\u2069"


class Saying(Struct, frozen=True):
    """What is said, ready to be asked for one pass."""

    kind: Kind
    sources: frozenset[str]
    of: Callable[[Shown], Any]
    """Its value; None or empty where there is nothing to say."""
    texts: Own = {}
    """The texts that it was made of, if it was."""


def saying(said: Said, strings: Strings) -> Saying:
    """Raises ValueError with a sentence for the designer."""
    if isinstance(said, str) and (found := BINDING.fullmatch(said)):
        binding = bound(found[1])
        return Saying(binding.kind, frozenset({binding.source}), binding.of)
    own = strings.get(said) if isinstance(said, str) else said
    if own is None:
        raise ValueError(f'"{said}" is no text of strings.toml, and no binding: a binding stands in braces, {{points}}')
    names = checked(own)
    if not names:
        plain = {language: str(text) for language, text in own.items()}
        return Saying("text", frozenset(), lambda _: plain, own)
    return Saying("text", frozenset(bound(each).source for each in names), written(own, names), own)


def bound(name: str) -> Any:
    if name not in CATALOGUE:
        raise ValueError(f"there is no binding {{{name}}}; there are {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def checked(own: Own) -> list[str]:
    """The bindings that a text names. Raises ValueError."""
    if missing := [language for language in LANGUAGES if not own.get(language)]:
        raise ValueError(f"the text is missing in {', '.join(missing)}")
    if foreign := set(own) - set(LANGUAGES):
        raise ValueError(f"{', '.join(sorted(foreign))}: the languages are {', '.join(LANGUAGES)}")
    names = list(dict.fromkeys(name for text in own.values() for each in forms(text) for name in BINDING.findall(each)))
    for name in names:
        bound(name)
    if any(isinstance(text, dict) for text in own.values()) and not counted(names):
        raise ValueError("a text with plural forms must hold a number: {points}, {missing}, {left}, {done} or {target}")
    return names


def forms(text: str | dict[str, str]) -> list[str]:
    """The text, or its plural forms. Raises ValueError."""
    if isinstance(text, str):
        return [text]
    if "other" not in text or set(text) - set(FORMS):
        raise ValueError(f"plural forms are {', '.join(FORMS)}, and other must be among them")
    return list(text.values())


def counted(names: list[str]) -> str:
    """The first number among the bindings: plural forms follow it."""
    return next((name for name in names if CATALOGUE[name].kind == "number"), "")


def written(own: Own, names: list[str]) -> Callable[[Shown], Text | None]:
    """How a text with bindings is written for one pass; nothing when one of them says nothing."""
    number = counted(names)

    def write(shown: Shown) -> Text | None:
        values = {name: CATALOGUE[name].of(shown) for name in names}
        if any(value is None or value in ("", {}) for value in values.values()):
            return None
        return {language: filled(own[language], language, values, number, shown) for language in LANGUAGES}

    return write


def filled(text: str | dict[str, str], language: str, values: Mapping[str, Any], number: str, shown: Shown) -> str:
    if isinstance(text, dict):
        text = text.get(locale.plural(language, int(values[number]))) or text["other"]
    return BINDING.sub(lambda found: in_text(found[1], values[found[1]], language, shown), text)


def in_text(name: str, value: Any, language: str, shown: Shown) -> str:
    """A binding's value within a sentence; what is no word of the language keeps its own direction there."""
    match CATALOGUE[name].kind:
        case "text":
            return locale.of(value, language)
        case "date":
            return locale.day(value, shown.face.zone, language)
        case "plain":
            return f"{ISOLATED}{value}{ISOLATED_END}" if language in RIGHT_TO_LEFT else str(value)
    return locale.shown(value, language)
