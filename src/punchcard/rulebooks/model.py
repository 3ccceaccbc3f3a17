"""Findings in a file, editions of a rulebook, and what cannot be published."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import Text
from punchcard.programme import ActivityKind, Currency, Frame, Program, Rulebook


class Finding(Struct, frozen=True, order=True):
    """What is wrong with a line of the file, or may be meant otherwise."""

    line: int
    reason: str
    warning: bool = False


class Head(Struct, frozen=True):
    """What the newest edition says of the programme as a whole. Zone, week, currency and the kinds of ours stand for good."""

    name: Text = {}
    zone: str = "UTC"
    week_starts: int = 0
    currency: str = "EUR"
    currencies: tuple[Currency, ...] = (Currency(value=1),)
    activities: tuple[ActivityKind, ...] = ()


class EditionBody(Struct, frozen=True):
    head: Head
    frame: Frame


class Edition(Struct, frozen=True):
    """What one publication changed."""

    number: int
    since: Instant
    opened: tuple[str, ...]
    closed: tuple[str, ...]
    unchanged: int


class Current(Struct, frozen=True):
    """A program, and the version of everything published that it was compiled from."""

    version: int
    program: Program


class Pair(Struct, frozen=True):
    """What was published last (edition 0: nothing) and a draft, each as if it had always held."""

    edition: int
    published: Rulebook
    draft: Rulebook


class Backtest(Struct, frozen=True, kw_only=True):
    """What a file would have cost and given, beside the edition that held (0: none). What counted: `since` to `until`."""

    id: UUID
    digest: bytes
    at: Instant
    beside: int
    since: Instant
    until: Instant
    members: int
    facts: int
    sampled: bool
    summary: dict[str, Any]


class Acceptor(Struct, frozen=True):
    """Whoever answers for a publication: an operator's id and name."""

    id: UUID
    name: str


class PublishRefused(Refused):
    """This cannot be published."""

    words = "rulebooks"


class FileNotRight(PublishRefused):
    """The file has faults: `punchcard check` names them."""

    status = 422


class FixedForever(PublishRefused):
    """A programme keeps its zone, its week, its currency, the kinds of its points and its first ladder."""


class OtherKind(PublishRefused):
    """A challenge keeps its kind, its occasion and its currency; give the new one another id."""


class PromiseExists(PublishRefused):
    """There was a promise of this name before; a promise never changes."""


class TooLate(PublishRefused):
    """A promise cannot begin or end in the past."""


class NoSuchPromise(PublishRefused):
    """There is no open promise of this name."""

    status = 404


class BacktestMissing(PublishRefused):
    """There is history: this very file needs a back-test over all members first."""


class BacktestTooOld(PublishRefused):
    """The back-test of this file is older than a day."""


class AcceptanceMissing(PublishRefused):
    """Somebody must accept the back-test by name."""
