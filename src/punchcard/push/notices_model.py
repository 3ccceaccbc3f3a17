"""A notice to everybody with the app, and why one is refused."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

Line = Annotated[str, Meta(min_length=1, max_length=80)]
Words = Annotated[str, Meta(min_length=1, max_length=400)]


class Title(Struct, frozen=True, forbid_unknown_fields=True):
    """A line in each language."""

    en: Line
    he: Line
    ar: Line
    ru: Line


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """A few sentences in each language."""

    en: Words
    he: Words
    ar: Words
    ru: Words


class NoticeTooLong(Refused):
    """A notice's title and text are too long together."""

    status = 400
    words = "push"


class NoticeWindow(Refused):
    """A notice ends after it begins and after now, and lasts four weeks at most."""

    words = "push"


class Telling(Struct, frozen=True):
    """A notice: its texts by language, when it is shown, and when each language went out."""

    id: str
    title: dict[str, str]
    body: dict[str, str]
    since: Instant
    until: Instant
    row: UUID
    published_by: UUID
    sent: dict[str, Instant] = {}
