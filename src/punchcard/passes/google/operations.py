"""The member's card at Google: made when a link is asked for, kept right by the worker while somebody may see it.

Whoever finds a card there already (409), or meets another writer, leaves its words alone, says that they are unknown, and
lets a refresh follow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from punchcard import rulebooks
from punchcard.foundation import outbox
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import Refused
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.passes.model import Face, NoWallet
from punchcard.passes.operations import face as member_face

from . import claims, links, messages, offers, render, sql
from .classes import ensure_class, hears_of_saves, house_of, object_of
from .links import Card
from .messages import Listener, Plan, RingsOf, silence
from .sending import Change, Gate, Seen, insert, later, say, send, unlinked
from .sql import Held

REACTION = "passes.google"
LINKED_SECONDS = 15 * MINUTE
"""So long after a link was given out the card is kept right although nobody is known to hold it."""

FaceOf = Callable[[Connection, UUID, Instant, Settings], Awaitable[Face]]
log = logging.getLogger("punchcard.passes.google")


class GoogleWalletAway(Refused):
    """Google Wallet does not answer right now."""

    status = 503
    words = "passes_google"


async def link(world: World, member_id: UUID, at: Instant, face: FaceOf = member_face) -> str:
    """The address that saves the member's card to Google Wallet; makes the card at Google when there is none yet, and
    brings one that nobody holds up to date first: whoever saves it sees the newest.

    Called outside of a transaction. Raises NoWallet (not set up here) or GoogleWalletAway."""
    if not (world.settings.google_service_account and world.settings.google_issuer_id):
        raise NoWallet(wallet="google")
    card = await ensure(world, member_id, at, face)
    address = await links.save_address(world, [card], [world.settings.public_url])
    if isinstance(address, Answer):
        raise away(member_id, address)
    return address


async def ensure(world: World, member_id: UUID, at: Instant, face: FaceOf = member_face) -> Card:
    """The member's card stands at Google: found in our table, or inserted now by two calls at most (class and object), and
    two for each offer that stands there for nobody yet."""
    async with world.database.transaction() as db:
        held = await sql.by_member(db, member_id)
        if held:
            await sql.linked(db, member_id, at)
    if held:
        return await freshened(world, held, at, face)
    gate = Gate(world.settings.google_calls_per_second)
    seen = await look(world, Held(member_id, "", "", {}, 0, []), at, face)
    said = messages.plan(seen.face, seen.told, False, seen.listener, at, is_held=False)
    body = await wanted_body(world, seen, said, at, gate)
    answer = body if isinstance(body, Answer) else await insert(world, seen.face, body, at, gate)
    if not isinstance(body, Answer) and await unlinked(world, member_id, body, answer):
        body = await wanted_body(world, seen, said, at, gate)
        answer = body if isinstance(body, Answer) else await insert(world, seen.face, body, at, gate)
    if isinstance(body, Answer) or (answer.outcome is not Outcome.SENT and answer.status != 409):
        raise away(member_id, answer)
    sent = {} if answer.status == 409 else render.without_key(body)
    async with world.database.transaction() as db:
        await sql.keep(db, Held(member_id, body["id"], body["classId"], sent, 1, []), at)
        await say(db, member_id, said.new, at)
        await outbox.put(db, member_id, [Due(REACTION)], at)
    return Card(body["id"], body["classId"])


def away(member_id: UUID, answer: Answer) -> GoogleWalletAway:
    log.error("google wallet: no card for %s: %s %s", member_id, answer.status, answer.reason)
    return GoogleWalletAway()


async def retire(db: Connection, member_id: UUID, at: Instant) -> None:
    """The member left: what their card said is forgotten here, and the card at Google says nothing any more. Asking twice
    is no harm."""
    await sql.forget_messages(db, member_id)
    if await sql.retire(db, member_id):
        await outbox.put(db, member_id, [Due(REACTION)], at)


async def freshened(world: World, held: Held, at: Instant, face: FaceOf) -> Card:
    """The card as it stands now; one that nobody holds was left alone, and is brought up to date. If that fails, the
    worker does it: the link is good all the same."""
    if not held.held:
        task = Task(held.member_id, REACTION, "", 0, 0, None)
        linked = replace(held, linked_at=at)
        gate = Gate(world.settings.google_calls_per_second)
        settled = await refreshed(world, task, linked, at, face, gate, ())
        async with world.database.transaction() as db:
            if not isinstance(settled, Done):
                await outbox.put(db, held.member_id, [Due(REACTION)], at)
            held = await sql.by_member(db, held.member_id) or held
    return Card(held.object_id, held.class_id)


async def refresh(
    world: World, tasks: Sequence[Task], at: Instant, face: FaceOf = member_face, rings: RingsOf = silence
) -> list[Settled]:
    """The reaction `passes.google`: bring the cards of these members up to date, with what changed and nothing else.

    For what a phone may ring, `rings` says; all else the wallet shows silently.

    A member who never asked for a card costs nothing; a card that already says so, or that nobody holds, costs no call."""
    async with world.database.reading() as db:
        held = {each.member_id: each for each in await sql.by_members(db, [task.member_id for task in tasks])}
        may_ring = await rings(world, db, list(held), at) if held else {}
    gate = Gate(world.settings.google_calls_per_second)

    async def settled(task: Task, card: Held) -> Settled:
        async with gate.room:
            if gate.closed:
                return NotBefore(task, at + gate.wait_seconds())
            outcome = await refreshed(world, task, card, at, face, gate, may_ring.get(task.member_id, ()))
            gate.heard(outcome)
            return outcome

    nothing = [Done(task) for task in tasks if task.member_id not in held]
    cards = [(task, held[task.member_id]) for task in tasks if task.member_id in held]
    return [*nothing, *await asyncio.gather(*(settled(*each) for each in cards))]


async def refreshed(
    world: World, task: Task, card: Held, at: Instant, face: FaceOf, gate: Gate, rings: Container[str]
) -> Settled:
    seen = await look(world, card, at, face, rings)
    if seen.face.is_open and not may_be_seen(world, card, at):
        return Done(task)
    said = messages.plan(seen.face, seen.told, seen.reached, seen.listener, at, is_held=seen.is_held)
    body = await wanted_body(world, seen, said, at, gate)
    if isinstance(body, Answer):
        return later(task, body, at)
    body |= {"id": card.object_id}
    gone = card.sent.get("linkedOfferIds", [])
    if stopped := await offers.expire(world, gone, body.get("linkedOfferIds", []), seen.face, at, gate.making):
        return later(task, stopped, at)
    patch = render.changes(card.known, body)
    if not patch and not said.ringing:
        return Done(task)
    return await send(world, task, Change(card, seen, said, body, patch), at, gate)


def may_be_seen(world: World, card: Held, at: Instant) -> bool:
    """Somebody holds the card, or may before we hear so: a link was just given out."""
    return is_held(world, card) or card.linked_at > at - LINKED_SECONDS


def is_held(world: World, card: Held) -> bool:
    """As far as we heard; where Google cannot tell us (no https), whoever asked for a card counts as holding it."""
    return card.held or (bool(card.class_id) and not hears_of_saves(world.settings))


async def look(world: World, card: Held, at: Instant, face: FaceOf, rings: Container[str] = ()) -> Seen:
    async with world.database.transaction() as db:
        shown = await face(db, card.member_id, at, world.settings)
        told = await sql.told(db, card.member_id)
        reached = await is_above(db, world, card, shown, at)
    return Seen(shown, told, Listener(rings, card.notified_at), is_held(world, card), reached)


async def is_above(db: Connection, world: World, card: Held, shown: Face, at: Instant) -> bool:
    issuer = world.settings.google_issuer_id
    if not card.class_id or card.class_id == render.class_id(issuer, shown.tier):
        return False
    tiers = (await rulebooks.program(db)).tiers(at)
    rank = {render.class_id(issuer, tier.id): place for place, tier in enumerate(tiers)}
    return rank.get(card.class_id, len(rank)) < rank.get(render.class_id(issuer, shown.tier), -1)


async def wanted_body(world: World, seen: Seen, said: Plan, at: Instant, gate: Gate) -> dict[str, Any] | Answer:
    """The whole object as it must stand, its class, offers and claims made first; or the answer that stopped us."""
    if refused := await ensure_class(world, seen.face, at, gate.making):
        return refused
    linked = await offers.standing(world, seen.face, house_of(world.settings), at, gate.making)
    if isinstance(linked, Answer):
        return linked
    shown = seen.face
    mine = await claims.standing(world, shown.member_id, house_of(world.settings), at, is_open=shown.is_open)
    if isinstance(mine, Answer):
        return mine
    more = {"linkedOfferIds": [*linked, *mine]} if linked or mine else {}
    return object_of(world.settings, seen.face, at) | more | ({"messages": said.standing} if said.standing else {})
