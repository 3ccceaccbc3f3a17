"""Entries as they are posted: numbered, with balances, in a chain; and the entries that turn what was posted into what
should have been."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from msgspec import msgpack
from msgspec.structs import replace

from punchcard.programme import OWED, OWN, AnyFact, Entry

from .model import Moved, Sealed

Account = tuple[str, str]
"""An account on the member's side and its currency."""

encode = msgpack.Encoder().encode


def link_fact(previous: bytes, member_id: UUID, seq: int, fact: AnyFact, asked: bytes, receipt: bytes) -> bytes:
    """The fact's link in the member's chain."""
    return hashlib.sha256(previous + encode((member_id.bytes, seq, fact, asked, receipt))).digest()


def link_entry(previous: bytes, member_id: UUID, fields: tuple[Any, ...]) -> bytes:
    """The entry's link: over the link before it and all of its fields but the hash, in their order."""
    return hashlib.sha256(previous + encode((member_id.bytes, *fields))).digest()


def seal(
    moved: Iterable[Moved],
    member_id: UUID,
    number: int,
    head: bytes,
    before: Mapping[Account, int],
    after: Mapping[Account, int],
) -> list[Sealed]:
    """Number the entries after `number`, chain them to `head`, and say what the member's accounts hold after each.

    They must lead from the balances before to those after: else the standing and the ledger would part."""
    holds, sealed = Counter(before), []
    for each in moved:
        step, entry = each.step, each.entry
        number += 1
        account, counter = (entry.account, entry.currency), (entry.counter, entry.currency)
        if entry.account in OWN:
            holds[account] += entry.points
        if entry.counter in OWN:
            holds[counter] -= entry.points
        fields = (
            number, entry.of, step, entry.at, entry.account, entry.counter, entry.currency, entry.lot or None,
            entry.funder, entry.term, entry.edition, entry.points,
            holds[account] if entry.account in OWN else None,
            holds[counter] if entry.counter in OWN else None,
        )  # fmt: skip
        head = link_entry(head, member_id, fields)
        sealed.append(Sealed(*fields, head))
    assert all(holds[account] == after.get(account, 0) for account in {**holds, **after}), (holds, after)
    return sealed


def compensate(posted: Iterable[Moved], due: Iterable[Moved], held: Mapping[Account, int]) -> list[Moved]:
    """The entries that turn what was posted into what is due, in an order in which no balance dips below zero.

    They name the same fact and instant as what they correct; points below zero take back."""
    change = total(due)
    change.subtract(total(posted))
    waiting = [Moved(each.step, replace(each.entry, points=points)) for each, points in change.items() if points]
    waiting.sort(key=loss)
    holds, ordered = Counter(held), []
    while waiting:
        first = next((i for i, each in enumerate(waiting) if fits(each.entry, holds)), 0)
        each = waiting.pop(first)
        holds[each.entry.account, each.entry.currency] += each.entry.points
        holds[each.entry.counter, each.entry.currency] -= each.entry.points
        ordered.append(each)
    return ordered


def total(moved: Iterable[Moved]) -> Counter[Moved]:
    """The points of all entries that are alike in everything else."""
    found: Counter[Moved] = Counter()
    for each in moved:
        found[Moved(each.step, replace(each.entry, points=0))] += each.entry.points
    return found


def loss(moved: Moved) -> tuple[int, int, str, str]:
    """What the member's side loses, so that gains come first."""
    entry = moved.entry
    gained = entry.points * ((entry.account in OWN) - (entry.counter in OWN))
    return -gained, entry.at, moved.step, entry.of


def fits(entry: Entry, holds: Mapping[Account, int]) -> bool:
    """Whether the account that loses these points has them (a debt may grow, and the programme's side is unbounded)."""
    loser = entry.counter if entry.points > 0 else entry.account
    return loser not in OWN - {OWED} or holds[loser, entry.currency] >= abs(entry.points)
