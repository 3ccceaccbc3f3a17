"""What a journal keeps and answers."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.outbox import Due
from punchcard.programme import AnyFact, Deal, Entry, Program, Ruling, Standing, position


class Recorded(Struct, frozen=True):
    """A fact stands in the journal. `receipt` is what the first caller was answered; a repeat has no ruling."""

    fact_id: str
    receipt: bytes
    repeated: bool
    ruling: Ruling | None


class Remembered(Struct, frozen=True):
    """What was asked (its SHA-256) and answered under an id."""

    asked: bytes
    receipt: bytes


class ReceiptTaken(Refused):
    """This receipt number was already used on this day."""

    words = "journal"


class Whose(Struct, frozen=True):
    """In whose journal a fact stands, and when it happened."""

    member_id: UUID
    at: Instant


class Trial(Struct, frozen=True):
    """What a fact would do: the standing before it (at the fact's instant) and the ruling. Nothing was kept."""

    before: Standing
    ruling: Ruling
    program: Program


class Peeked(Struct, frozen=True):
    """A member's row without holding it; version 0 where there is none."""

    rulebook: int
    deal: bytes | None
    version: int = 0
    ticked_at: Instant = 0
    state: bytes | None = None


class StepRow(Struct, frozen=True):
    """A fact, or an instant at which time moved points, on a page of the statement."""

    id: str
    at: Instant
    body: str | None
    reasons: Any


class Held(Struct, frozen=True):
    """A member's row, held until the transaction ends, and what the fact at hand needs to know."""

    version: int
    at: Instant
    fact_id: str
    facts: int
    entries: int
    head: bytes
    ticked_at: Instant
    state: bytes
    habits: bytes
    seen: int
    """The version as the rest of this was read; it is older than `version` if the row had to be waited for."""
    known: list[bytes] | None
    """What was asked and answered under this fact's id before."""
    owner: UUID | None
    """Whose journal holds a fact of this id."""
    deal: bytes | None
    """The newest version of the deal that the fact is about."""
    rulebook: int
    printed: str | None = None
    """Which fact bears this one's receipt number already."""
    listened: bool = False
    """Whether the world outside wants to hear of it."""


class Sealed(Struct, frozen=True):
    """An entry with its number, balances and link of the chain."""

    number: int
    fact_id: str
    step: str
    at: Instant
    account: str
    counter: str
    currency: str
    lot: Instant | None
    funder: str
    term: str
    edition: int
    points: int
    account_balance: int | None
    counter_balance: int | None
    hash: bytes


class StoredFact(Struct, frozen=True):
    """A fact as it stands in the journal, with what may change when a late one comes before it."""

    id: str
    body: str
    reasons: Any
    told: list[str]


class KeptFact(Struct, frozen=True):
    """A fact as it is first written."""

    id: str
    at: Instant
    seq: int
    body: Any
    asked: bytes
    receipt: bytes
    after_entry: int
    hash: bytes
    reasons: Any
    told: list[str]


class KeptDeal(Struct, frozen=True):
    """A version of a deal, and the position of the fact that made it."""

    id: str
    at: Instant
    fact_id: str
    body: bytes


class Checkpoint(Struct, frozen=True):
    """The standing right after the n-th fact."""

    facts: int
    at: Instant
    fact_id: str
    state: bytes
    habits: bytes


class Profile(Struct, frozen=True):
    """What segments may ask. `tier` is the index in the ladder; `home_shop` where most sales were."""

    tier: int
    points: int
    visits: int
    last_visit_at: Instant | None
    home_shop: str | None
    spend_cents: int


class Row(Struct, frozen=True):
    """What is written into the member's row."""

    at: Instant
    fact_id: str
    facts: int
    entries: int
    head: bytes
    ticked_at: Instant
    next_change_at: Instant
    rulebook: int
    state: bytes
    habits: bytes


class Printed(Struct, frozen=True):
    """What a till printed: with shop, till, local day (YYYY-MM-DD) and number it is this sale's or return's for ever."""

    shop: str
    till: str
    day: str
    number: str
    kind: str
    """sale, return, or guest: a basket without a card."""
    cashier: str
    amount: int
    """Net, in minor units; below zero where goods came back."""


class Paper(Struct, frozen=True):
    """A printed receipt as it is kept with its fact, and what that moved of what a card shows."""

    printed: Printed
    fact_id: str
    earned: int
    spent: int
    at: Instant


class Posting(Struct, frozen=True):
    """All that one fact, or a tick, leaves behind."""

    row: Row
    profile: Profile
    entries: list[Sealed]
    dues: list[Due]
    due_at: Instant
    fact: KeptFact | None = None
    deals: list[KeptDeal] = []
    checkpoints: list[Checkpoint] = []
    thinned: list[int] = []
    """Checkpoints, by their number of facts, that have grown too old to stand this dense."""
    paper: Paper | None = None


class Moved(Struct, frozen=True):
    """An entry and the step (the fact whose fold moved it; empty where time did)."""

    step: str
    entry: Entry


class Case(Struct, frozen=True):
    """A fact at the door, and all that is known of the member it happened to."""

    held: Held
    fact: AnyFact
    program: Program
    deal: Deal | None
    """What the deal that the fact is about has become."""
    ticked: Ruling
    """What the worker has posted since the last fact; its standing is where the entries so far have led."""

    @property
    def is_last(self) -> bool:
        """Whether no known fact comes after this one (a tick may)."""
        return position(self.fact) > (self.held.at, self.held.fact_id)

    @property
    def is_ordinary(self) -> bool:
        """Whether nothing at all comes after this fact, so that nothing needs to be folded again."""
        return self.is_last and self.fact.at >= self.held.ticked_at
