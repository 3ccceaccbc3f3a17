"""One change of a card on its way to Google: the PATCH, the notifications behind it, and what becomes of the task."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import ATTEMPTS_MAX, BACKOFF_SECONDS_MAX, Again, Dead, Done, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.passes.model import Face

from . import claims, messages, offers, render, sql
from .classes import ensure_class
from .client import NO_TURN
from .messages import NOTIFICATIONS_A_DAY_MAX, POINTS, Listener, Plan, Told
from .sql import Held

AT_ONCE = 8
MISCONFIGURED_WAIT_SECONDS = 5 * MINUTE
OFFER_KEPT_SECONDS, TIER_KEPT_SECONDS = 30 * DAY, 400 * DAY
"""An offer that is over never comes again; a tier that is reached again within its year is not told again."""

log = logging.getLogger("punchcard.passes.google")


class Seen(Struct, frozen=True):
    """Everything about a member that decides what their card must say."""

    face: Face
    told: Sequence[Told]
    listener: Listener
    is_held: bool = False
    """Somebody has the card: a phone may ring."""
    reached: bool = False
    """Their tier is higher than the one that the card shows."""


class Gate:
    """Lets a few through at once; closed when the rate has no more room, so that the rest of a batch need not try. What is
    shared by members, classes and offers, one of them makes at a time."""

    def __init__(self, calls_per_second: float):
        self.room = asyncio.Semaphore(AT_ONCE)
        self.making = asyncio.Lock()
        self.closed = False
        self.calls_per_second = calls_per_second
        self.waiting = 0
        self.failed = 0

    def heard(self, outcome: Settled) -> None:
        """What became of one. When so many fail in a row as go at once, Google is away, and each would wait for nothing."""
        self.failed = self.failed + 1 if isinstance(outcome, Again) else 0
        self.closed = self.closed or isinstance(outcome, NotBefore) or self.failed >= AT_ONCE

    def wait_seconds(self) -> int:
        """Later ones come later: each its place in the line that now forms."""
        self.waiting += 1
        return 1 + int(self.waiting / self.calls_per_second)


class Change(Struct, frozen=True):
    """What must happen to a card: the whole body, the PATCH that leads there, and what is said beside it.

    Where nobody knows what stands at Google, the whole body replaces it (PUT): a PATCH would leave what should be gone."""

    card: Held
    seen: Seen
    said: Plan
    body: dict[str, Any]
    patch: dict[str, Any]


async def send(world: World, task: Task, change: Change, at: Instant, gate: Gate) -> Settled:
    """Change the card, then ring for what is to be rung for."""
    card = change.card
    if change.patch:
        listener = change.seen.listener
        notify = rings_for_points(change, at)
        async with world.database.transaction() as db:
            if not await sql.begun(db, card):
                return Again(task, "another writer came between", 1)
        card = replace(card, sent_version=card.sent_version + 1)
        method, body = ("PATCH", change.patch) if card.known else ("PUT", change.body)
        answer = await world.google.call(method, f"loyaltyObject/{card.object_id}", body | notification(notify))
        if answer.status == 404:
            answer = await insert(world, change.seen.face, change.body, at, gate)
            if answer.status == 409:
                async with world.database.transaction() as db:
                    await sql.class_gone(db, change.body["classId"])
                return later(task, Answer(Outcome.LATER, 409, "absent, then present"), at)
        if answer.outcome is not Outcome.SENT:
            return await stopped(world, task, replace(change, card=card), answer, notify, at)
        recent = [*listener.lately(at), at] if notify else listener.lately(at)
        someone = bool((answer.body or {}).get("hasUsers"))
        async with world.database.transaction() as db:
            if not await sql.sent(db, card, render.without_key(change.body), someone, recent, at):
                await sql.unknown(db, card.member_id)
                return Again(task, "another writer came between", 1)
            await say(db, card.member_id, change.said.new, at)
        card = replace(card, sent_version=card.sent_version + 1, notified_at=recent, in_doubt=False)
    return await ring(world, task, card, change.said, at)


def rings_for_points(change: Change, at: Instant) -> bool:
    """Moved points may ring, where nothing more important does in this very moment."""
    before, now = (body.get("loyaltyPoints", {}).get("balance") for body in (change.card.known, change.body))
    moved, seen = bool(before and now) and before != now, change.seen
    may = seen.is_held and POINTS in seen.listener.rings and seen.listener.rings_left(at) > 0
    return moved and may and not change.said.ringing


def notification(notify: bool) -> dict[str, Any]:
    return {"notifyPreference": "NOTIFY_ON_UPDATE"} if notify else {}


async def ring(world: World, task: Task, card: Held, said: Plan, at: Instant) -> Settled:
    """Add the messages for which the phone rings. Each is kept before it is sent: whatever the call comes to, it rings
    once at most, and the next PATCH brings its words."""
    standing, notified_at = list(said.standing), list(card.notified_at)
    for new in said.ringing:
        notified_at.append(at)
        async with world.database.transaction() as db:
            if not await sql.tell(db, card.member_id, replace(new, notified=True)):
                continue
            await forget(db, card.member_id, at)
            await sql.notified(db, card.member_id, notified_at)
        answer = await world.google.call(
            "POST", f"loyaltyObject/{card.object_id}/addMessage", {"message": messages.aloud(new)}
        )
        if is_quota(answer):
            return await silently(world, task, card, at)
        if answer.outcome is not Outcome.SENT:
            return later(task, answer, at)
        standing.append(messages.aloud(new))
        async with world.database.transaction() as db:
            if not await sql.added(db, card, standing):
                await sql.unknown(db, card.member_id)
                return Again(task, "another writer came between", 1)
        card = replace(card, sent_version=card.sent_version + 1)
    return Done(task)


async def say(db: Connection, member_id: UUID, new: Sequence[Told], at: Instant) -> None:
    """Keep what is said now, in the place of what is over."""
    for each in new:
        await sql.tell(db, member_id, each)
    if new:
        await forget(db, member_id, at)


async def forget(db: Connection, member_id: UUID, at: Instant) -> None:
    """What nobody could be told again is kept no longer."""
    await sql.forget_told(db, member_id, at - OFFER_KEPT_SECONDS, at - TIER_KEPT_SECONDS)


async def insert(world: World, shown: Face, body: dict[str, Any], at: Instant, gate: Gate) -> Answer:
    """Insert the object. When Google lacks its class after all (404), the class is written once more."""
    answer = await world.google.call("POST", "loyaltyObject", body)
    if answer.status != 404:
        return answer
    async with world.database.transaction() as db:
        await sql.class_gone(db, body["classId"])
    refused = await ensure_class(world, shown, at, gate.making)
    return refused or await world.google.call("POST", "loyaltyObject", body)


async def stopped(world: World, task: Task, change: Change, answer: Answer, notify: bool, at: Instant) -> Settled:
    """Google would not change the card: with a notification too many it will without one, and offers that it does not know
    are made again."""
    if took_nothing(answer):
        async with world.database.transaction() as db:
            await sql.untouched(db, change.card)
    if notify and is_quota(answer):
        return await silently(world, task, change.card, at)
    if await unlinked(world, change.card.member_id, change.body, answer):
        return Again(task, answer.reason, 1)
    return later(task, answer, at)


async def unlinked(world: World, member_id: UUID, body: dict[str, Any], answer: Answer) -> bool:
    """Google does not know what the card links: that is forgotten, and made again by whoever tries next."""
    if not offers.says_unlinked(answer):
        return False
    await offers.forget(world, body.get("linkedOfferIds", []))
    await claims.forget(world, member_id, body.get("linkedOfferIds", []))
    return True


def took_nothing(answer: Answer) -> bool:
    """It was refused, or never left us. Whatever else came back, Google may have taken it all the same."""
    return answer.reason == NO_TURN or (400 <= answer.status < 500 and answer.status != 408)


def is_quota(answer: Answer) -> bool:
    """The card has notified enough for a day; other quotas have other names."""
    return answer.status == 403 and answer.reason.startswith("quotaExceeded")


async def silently(world: World, task: Task, card: Held, at: Instant) -> Settled:
    """Google counts three notifications a day for a card; it has had them, so the next try changes it without one."""
    async with world.database.transaction() as db:
        await sql.notified(db, card.member_id, [at] * NOTIFICATIONS_A_DAY_MAX)
    return Again(task, "notification quota", 1)


def later(task: Task, answer: Answer, at: Instant) -> Settled:
    """What becomes of a task whose call did not go through. However long Google is in trouble, no card is given up for it."""
    match answer.outcome:
        case Outcome.LATER if answer.reason == NO_TURN:
            return NotBefore(task, at + (answer.after_seconds or 1))
        case Outcome.LATER if task.attempts + 1 >= ATTEMPTS_MAX:
            return NotBefore(task, at + max(BACKOFF_SECONDS_MAX, answer.after_seconds or 0))
        case Outcome.LATER:
            return Again(task, f"{answer.status} {answer.reason}", answer.after_seconds)
        case Outcome.MISCONFIGURED:
            log.error("google wallet is misconfigured: %s %s", answer.status, answer.reason)
            return NotBefore(task, at + MISCONFIGURED_WAIT_SECONDS)
    return Dead(task, f"{answer.status} {answer.reason}")
