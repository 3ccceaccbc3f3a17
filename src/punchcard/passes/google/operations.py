"""The member's card at Google: made when a link is asked for, kept right by the worker.

Only the worker that owns the member's bucket changes an object that exists. So whoever finds it there already (409)
leaves its words alone, says that they are unknown, and lets a refresh follow."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from punchcard import authorisation
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import Refused
from punchcard.foundation.google_auth import service_account
from punchcard.foundation.outbox import Again, Dead, Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.passes.model import Face, NoWallet, card_texts
from punchcard.passes.operations import face as member_face

from . import render, sql
from .callbacks import CALLBACK_PATH
from .client import NO_TURN
from .design import design, picture_url
from .sql import Held

REACTION = "passes.google"
SAVE = "https://pay.google.com/gp/v/save/"
LINK_CHARACTERS_MAX = 1800
AT_ONCE = 8
NOTIFICATIONS_A_DAY_MAX = 3
MISCONFIGURED_WAIT_SECONDS = 5 * MINUTE

FaceOf = Callable[[Connection, UUID, Instant], Awaitable[Face]]

log = logging.getLogger("punchcard.passes.google")


class GoogleWalletAway(Refused):
    """Google Wallet does not answer right now."""

    status = 503
    words = "passes_google"


class Card(Struct, frozen=True):
    """Where the member's card stands at Google."""

    object_id: str
    class_id: str


async def link(world: World, member_id: UUID, at: Instant, face: FaceOf = member_face) -> str:
    """The address that saves the member's card to Google Wallet; makes the card at Google when there is none yet.

    Called outside of a transaction. Raises NoWallet (not set up here) or GoogleWalletAway."""
    if not (world.settings.google_service_account and world.settings.google_issuer_id):
        raise NoWallet(wallet="google")
    card = await ensure(world, member_id, at, face)
    return save_link(world.settings, card.object_id, card.class_id)


def save_link(settings: Settings, object_id: str, class_id: str) -> str:
    """A link that names the object and its class and says nothing else: about 900 characters, and no secret in a URL."""
    assert settings.google_service_account
    claims = {
        "aud": "google",
        "typ": "savetowallet",
        "origins": [settings.public_url],
        "payload": {"loyaltyObjects": [{"id": object_id, "classId": class_id}]},
    }
    address = SAVE + service_account(settings.google_service_account).sign(claims)
    assert len(address) < LINK_CHARACTERS_MAX, len(address)
    return address


async def ensure(world: World, member_id: UUID, at: Instant, face: FaceOf = member_face) -> Card:
    """The member's card stands at Google: found in our table, or inserted now by two calls at most (class and object)."""
    async with world.database.transaction() as db:
        if held := await sql.by_member(db, member_id):
            return Card(held.object_id, held.class_id)
        shown = await face(db, member_id, at)
    body = object_of(world, shown, at)
    answer = await ensure_class(world, shown, at) or await insert(world, shown, body, at)
    if answer.status == 409:
        answer, sent = Answer(Outcome.SENT, answer.status), {}
    else:
        sent = body
    if answer.outcome is not Outcome.SENT:
        log.error("google wallet: no object for %s: %s %s", member_id, answer.status, answer.reason)
        raise GoogleWalletAway()
    async with world.database.transaction() as db:
        await sql.keep(db, Held(member_id, body["id"], body["classId"], render.without_key(sent), 1, []), at)
        await outbox.put(db, member_id, [Due(REACTION)], at)
    return Card(body["id"], body["classId"])


async def refresh(world: World, tasks: Sequence[Task], at: Instant, face: FaceOf = member_face) -> list[Settled]:
    """The reaction `passes.google`: bring the cards of these members up to date, with what changed and nothing else.

    A member who never asked for a card costs nothing; a card that already says so costs no call."""
    async with world.database.reading() as db:
        held = {each.member_id: each for each in await sql.by_members(db, [task.member_id for task in tasks])}
    gate = Gate(world.settings.google_calls_per_second)

    async def settled(task: Task, card: Held) -> Settled:
        async with gate.room:
            if gate.closed:
                return NotBefore(task, at + gate.wait_seconds())
            outcome = await refreshed(world, task, card, at, face)
            gate.closed = gate.closed or isinstance(outcome, NotBefore)
            return outcome

    nothing = [Done(task) for task in tasks if task.member_id not in held]
    cards = [(task, held[task.member_id]) for task in tasks if task.member_id in held]
    return [*nothing, *await asyncio.gather(*(settled(*each) for each in cards))]


class Gate:
    """Lets a few through at once; closed when the rate has no more room, so that the rest of a batch need not try."""

    def __init__(self, calls_per_second: float):
        self.room = asyncio.Semaphore(AT_ONCE)
        self.closed = False
        self.calls_per_second = calls_per_second
        self.waiting = 0

    def wait_seconds(self) -> int:
        """Later ones come later: each its place in the line that now forms."""
        self.waiting += 1
        return 1 + int(self.waiting / self.calls_per_second)


async def refreshed(world: World, task: Task, card: Held, at: Instant, face: FaceOf) -> Settled:
    async with world.database.transaction() as db:
        shown = await face(db, card.member_id, at)
    body = object_of(world, shown, at) | {"id": card.object_id}
    patch = render.changes(card.sent, body)
    if not patch:
        return Done(task)
    if refused := await ensure_class(world, shown, at):
        return later(task, refused, at)
    recent = [when for when in card.notified_at if when > at - DAY]
    notify = bool(card.sent) and "loyaltyPoints" in patch and len(recent) < NOTIFICATIONS_A_DAY_MAX
    answer = await world.google.call("PATCH", f"loyaltyObject/{card.object_id}", patch | notification(notify))
    if answer.status == 404:
        answer = await insert(world, shown, body, at)
        if answer.status == 409:
            return later(task, Answer(Outcome.LATER, 409, "absent, then present"), at)
    if answer.outcome is not Outcome.SENT:
        if notify and answer.status == 403 and answer.outcome is Outcome.LATER:
            return await silently(world, task, card, at)
        return later(task, answer, at)
    recent = [*recent, at] if notify else recent
    someone = bool((answer.body or {}).get("hasUsers"))
    async with world.database.transaction() as db:
        if await sql.sent(db, card, render.without_key(body), someone, recent, at):
            return Done(task)
        await sql.unknown(db, card.member_id)
    return Again(task, "another writer came between", 1)


async def insert(world: World, shown: Face, body: dict[str, Any], at: Instant) -> Answer:
    """Insert the object. When Google lacks its class after all (404), the class is written once more."""
    answer = await world.google.call("POST", "loyaltyObject", body)
    if answer.status != 404:
        return answer
    async with world.database.transaction() as db:
        await sql.class_gone(db, body["classId"])
    return await ensure_class(world, shown, at) or await world.google.call("POST", "loyaltyObject", body)


async def silently(world: World, task: Task, card: Held, at: Instant) -> Settled:
    """Google counts three notifications a day for a card; it has had them, so the next try changes it without one."""
    async with world.database.transaction() as db:
        await sql.notified(db, card.member_id, [at] * NOTIFICATIONS_A_DAY_MAX)
    return Again(task, "notification quota", 1)


def later(task: Task, answer: Answer, at: Instant) -> Settled:
    """What becomes of a task whose call did not go through."""
    match answer.outcome:
        case Outcome.LATER if answer.reason == NO_TURN:
            return NotBefore(task, at + (answer.after_seconds or 1))
        case Outcome.LATER:
            return Again(task, f"{answer.status} {answer.reason}", answer.after_seconds)
        case Outcome.MISCONFIGURED:
            log.error("google wallet is misconfigured: %s %s", answer.status, answer.reason)
            return NotBefore(task, at + MISCONFIGURED_WAIT_SECONDS)
    return Dead(task, f"{answer.status} {answer.reason}")


async def ensure_class(world: World, shown: Face, at: Instant) -> Answer | None:
    """The class of this tier stands at Google as the design says it. None, or the answer that stopped us."""
    body = class_of(world, shown)
    hashed = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()
    async with world.database.reading() as db:
        known = await sql.class_hash(db, body["id"])
    if known == hashed:
        return None
    answer = None
    if known is None:
        answer = await world.google.call("POST", "loyaltyClass", body)
    if answer is None or answer.status == 409:
        answer = await world.google.call("PATCH", f"loyaltyClass/{body['id']}", body)
    if answer.outcome is not Outcome.SENT:
        return answer
    async with world.database.transaction() as db:
        await sql.class_written(db, body["id"], hashed, at)
    return None


def class_of(world: World, shown: Face) -> dict[str, Any]:
    settings = world.settings
    designs = settings.designs_dir
    return render.loyalty_class(
        shown,
        settings.google_issuer_id,
        design(designs),
        card_texts(designs),
        pictures(settings),
        settings.google_smart_tap_issuers.split(),
    ) | {"callbackOptions": {"url": settings.public_url + CALLBACK_PATH}}


def object_of(world: World, shown: Face, at: Instant) -> dict[str, Any]:
    settings = world.settings
    designs = settings.designs_dir
    return render.loyalty_object(
        shown,
        settings.google_issuer_id,
        design(designs),
        card_texts(designs),
        pictures(settings),
        at,
        authorisation.totp_key(settings.secrets, shown.card_code),
    )


def pictures(settings: Settings) -> render.PictureUrl:
    return lambda picture: picture_url(settings.designs_dir, settings.public_url, picture)


def notification(notify: bool) -> dict[str, Any]:
    return {"notifyPreference": "NOTIFY_ON_UPDATE"} if notify else {}
