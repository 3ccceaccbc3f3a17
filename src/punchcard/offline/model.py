"""What a till brings that happened without a network, and what becomes of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.checkout import Basket, BroughtBack, Moment, Voided
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Problem

ITEMS_MAX = 10_000
Outcome = Literal["waiting", "parked", "done", "replayed", "refused"]
State = Literal["waiting", "parked", "finished"]


class SaleItem(Basket, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="sale", tag_field="kind"):
    """The body of PUT /till/sales/{id}, with that id; when it happened must be said."""

    id: UUID
    at: Moment


class ReturnItem(BroughtBack, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="return", tag_field="kind"):
    """The body of PUT /till/sales/{sale}/returns/{id}, with both ids."""

    id: UUID
    sale: UUID
    at: Moment


class VoidItem(Voided, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="void", tag_field="kind"):
    """The body of PUT /till/sales/{sale}/void, with that id; its own is the till's, and stands in the results."""

    id: UUID
    sale: UUID
    at: Moment


Item = SaleItem | ReturnItem | VoidItem
KINDS: dict[type[Item], str] = {SaleItem: "sale", ReturnItem: "return", VoidItem: "void"}


class Brought(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a till did without a network, in any order, with any repeats."""

    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=ITEMS_MAX)]


class Accepted(Struct, frozen=True):
    """The batch is kept and will be worked through; its address says how far that is."""

    id: UUID
    address: str
    total: int


class Batch(Struct, frozen=True):
    """A batch as it is kept."""

    batch_id: UUID
    till_id: str
    asked: bytes
    language: str
    brought_at: Instant
    total: int
    state: State
    alarm: bool


class Kept(Struct, frozen=True):
    """An item that is to be worked on."""

    number: int
    kind: str
    body: bytes


class Settled(Struct, frozen=True):
    """What became of an item: `answer` is its receipt or problem as JSON."""

    number: int
    outcome: Outcome
    answer: bytes = b""


class Result(Struct, frozen=True, kw_only=True):
    """An item by its place in the batch (from 1): what became of it, and the receipt or the problem."""

    number: int
    id: UUID
    kind: str
    outcome: Outcome
    receipt: dict[str, Any] | None = None
    problem: Problem | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """How far the batch is, and a page of its results; `next` is the `after` of the page that follows."""

    id: UUID
    state: State
    total: int
    done: int
    """How many need no more work, whatever became of them."""
    outcomes: dict[str, int]
    results: list[Result]
    next: int | None


class BatchLine(Struct, frozen=True, kw_only=True):
    """A batch as an operator sees it."""

    id: UUID
    till: str
    brought_at: datetime
    state: State
    alarm: bool
    """Something was tried for three days and given up."""
    total: int
    outcomes: dict[str, int]
