"""Looking at Google itself, slowly and when there is nothing else to do: who holds which card, and does it say what we sent?

Callbacks may stop for days, somebody may edit a card in Google's console, a write may be lost. Nobody is asked more than
once a day, and all together once a second at most."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from punchcard.foundation import metrics, outbox
from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.metrics import Gauge
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import Outcome, World
from punchcard.foundation.settings import Settings

from . import reconcile_sql as sql
from .client import unhurried
from .converge import in_hand
from .operations import REACTION
from .reconcile_sql import Known
from .render import without_key

LOOK = "passes.google_look"
EVERY_SECONDS = 5.0
AT_ONCE = 5
"""With EVERY_SECONDS: one look a second at most."""
AGAIN_AFTER_SECONDS = DAY
SETTLED_SECONDS = 20 * MINUTE
"""What was linked or sent later than that may still be on its way."""
AWAY_SECONDS = 60

log = logging.getLogger("punchcard.passes.google")

DRIFTED = metrics.counter(
    "punchcard_pass_drifted_total", "Passes that were found not to be what we thought.", ("wallet", "what")
)


async def look_around(database: Database, at: Instant) -> int:
    """Let the cards that were not looked at for the longest be looked at, once those before them were.

    However much else waits for Google: a look takes only what that leaves, and who was never heard of would wait with it."""
    async with database.transaction() as db:
        if await sql.is_looking(db):
            return 0
        wanted = await sql.unseen(db, at - SETTLED_SECONDS, AT_ONCE)
        wanted = wanted or await sql.longest_unseen(db, at - AGAIN_AFTER_SECONDS, at - SETTLED_SECONDS, AT_ONCE)
        await outbox.put_many(db, [(member_id, Due(LOOK)) for member_id in wanted], at)
    return len(wanted)


async def look(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """The reaction `passes.google_look`: one GET a card. What is wrong there is sent again; what was not known is kept."""
    async with world.database.reading() as db:
        cards = {each.member_id: each for each in await sql.known(db, [task.member_id for task in tasks])}
    slowly, settled = unhurried(world), list[Settled]()
    for task in tasks:
        card = cards.get(task.member_id)
        if settled and isinstance(settled[-1], NotBefore):
            settled.append(NotBefore(task, settled[-1].until))
        else:
            settled.append(await seen(slowly, task, card, at) if card else Done(task))
    return settled


async def seen(world: World, task: Task, card: Known, at: Instant) -> Settled:
    answer = await world.google.call("GET", f"loyaltyObject/{card.object_id}")
    if answer.outcome is not Outcome.SENT and answer.status != 404:
        return NotBefore(task, at + (answer.after_seconds or AWAY_SECONDS))
    there = answer.body if isinstance(answer.body, dict) else {}
    is_held = bool(there.get("hasUsers"))
    in_change = any(card.member_id in each for each in in_hand.values())
    is_lost = not in_change and (card.in_doubt or (bool(card.sent) and not still_says(there, card.sent)))
    async with world.database.transaction() as db:
        is_so = await sql.looked(db, card, is_held, is_lost, at)
        if is_so and (is_lost or (is_held and not card.held)):
            await outbox.put(db, card.member_id, [Due(REACTION)], at)
    if is_so:
        count(card, is_held, is_lost)
    return Done(task)


def count(card: Known, is_held: bool, is_lost: bool) -> None:
    if is_lost:
        log.warning("google's object %s does not say what we sent: it is sent again", card.object_id)
        DRIFTED.inc(wallet="google", what="words")
    if is_held != card.held:
        DRIFTED.inc(wallet="google", what="holder")


def still_says(there: dict[str, Any], sent: dict[str, Any]) -> bool:
    """The object says what we sent; we keep the key of its rotating code by its digest alone."""
    try:
        return says(without_key(there), sent)
    except (KeyError, TypeError, ValueError):
        return False


def says(there: Any, sent: Any) -> bool:
    """What we sent stands there. Google adds fields of its own, and writes long numbers as text."""
    if there is None and sent in ("", [], {}, False, None):
        return True
    if isinstance(sent, Mapping):
        return isinstance(there, Mapping) and all(says(there.get(name), each) for name, each in sent.items())
    if isinstance(sent, list):
        same = isinstance(there, list) and len(there) == len(sent)
        return same and all(says(*each) for each in zip(there, sent, strict=True))
    return there == sent or str(there) == str(sent)


async def gauges(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
    """How many held cards wait to be brought up to date at Google, and since when the oldest."""
    found, labels = await sql.waits(db, REACTION), {"wallet": "google"}
    return [
        Gauge("punchcard_pass_drift_passes", "Passes that are not as they should be.", found.cards, labels),
        Gauge("punchcard_pass_drift_oldest_seconds", "Since when the oldest of them.", found.oldest_seconds, labels),
    ]
