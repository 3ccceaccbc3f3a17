"""An offer has begun for a page of members: what becomes of it for each of them, in few statements for the whole page.

First the arbiter's steps are asked as one statement, without writing. Whoever is to be told gets a turn; turns are given
out in a transaction of their own, so that no worker waits for another's page. Then all is written at once: a message for
what is dropped, waits or stands in the inbox alone, and a row for each send. The arbiter decides once more at the send.
Killed at any moment a page is decided again: whoever has a message or a row keeps it, and only turns are lost."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from uuid import UUID
from zlib import crc32

from msgspec import Struct

from punchcard import members, offers, partners, rulebooks
from punchcard.foundation import pages
from punchcard.foundation.clock import HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import NotSetUp, World
from punchcard.foundation.quiet import place, quiet_until

from . import campaign_sql as sql
from . import hours, pacing, using
from .campaign_sql import Asked, Clocks, Verdict
from .deciding import CardsOf, no_cards
from .model import Reason

REACTION = "push.campaign"
PAGE_MEMBERS_MAX = 5000
PAGES_AT_ONCE = 8
"""So many pages in a batch; further ones wait for the next, which comes at once."""
PAUSED_SECONDS = 30
"""A page of a paused offer is looked at again after so long."""
HOUSE_PACE_AN_HOUR = 3_600_000
"""A thousand a second, where an offer names no pace: what is due at once never outgrows what is sent meanwhile."""
AT_ONCE_SECONDS = MINUTE
"""Who is told within so long has no message about waiting."""
ZONES_KEPT_MAX = 4000

Wish = tuple[str, int, int]
"""A zone, and the quiet hours in it: from and until, in minutes of the local day."""
Kept = tuple[UUID, str, str, Instant | None]
"""A member, what became of the message, why, and until when it waits."""
known_wishes: dict[Wish, None] = {}
"""Those that pages had before: their clocks are handed to the statement at once. Forgetting them costs one more look."""


class Campaign(Struct, frozen=True):
    """An offer that is told to a page, as far as it is the same for all of them."""

    offer: offers.Offer
    asked: Asked

    @property
    def pace(self) -> int:
        return self.offer.pace_an_hour or HOUSE_PACE_AN_HOUR


class Outcome(Struct):
    """What is to be written of a page: messages, and who is told when."""

    kept: list[Kept]
    members: list[UUID]
    due_at: list[Instant]


def page(offer_id: str, after: UUID, through: UUID) -> Due:
    """What must follow for the members after one and up to another."""
    asked = {"offer": offer_id, "after": str(after), "through": str(through)}
    return Due(REACTION, f"{offer_id}:{after.hex}:{through.hex}", payload=asked)


def announced(offer_id: str) -> Due:
    """What must follow for each member who is to hear of it."""
    return Due("push.announce", f"offer:{offer_id}", payload={"kind": "offer", "subject": offer_id})


async def decide(world: World, tasks: Sequence[Task], at: Instant, cards: CardsOf = no_cards) -> list[Settled]:
    """Decide some of these pages, one after the other."""
    settled = [await decide_page(world, task, at, cards) for task in tasks[:PAGES_AT_ONCE]]
    return [*settled, *(NotBefore(task, at) for task in tasks[PAGES_AT_ONCE:])]


async def decide_page(world: World, task: Task, at: Instant, cards: CardsOf) -> Settled:
    asked = task.payload or {}
    offer_id, after, through = asked["offer"], UUID(asked["after"]), UUID(asked["through"])
    async with world.database.transaction() as db:
        audience = await offers.audience(db, offer_id, after, through, PAGE_MEMBERS_MAX, at)
        if audience is None:
            return Done(task)
        if audience.telling.state == "paused":
            return NotBefore(task, at + PAUSED_SECONDS)
        campaign = await campaign_of(world, db, audience.telling, at)
        alone = [who for who, told in audience.apart.items() if told.until != audience.telling.until]
        shared = [each for each in audience.members if each not in alone] if alone else audience.members
        apart: dict[UUID, str] = {who: using.obstacle(told) for who, told in audience.apart.items()}
        if not campaign.asked.obstacle:
            apart |= await far(db, audience.telling, [each for each in shared if not apart.get(each)], at)
        held = await cards(db, world.settings, shared, at) if campaign.asked.by_card else {}
        await sql.by_ranges(db)
        verdicts = await decided(db, campaign.asked, shared, apart, held)
    outcome = await turns_of(world, campaign, verdicts)
    async with world.database.transaction() as db:
        last = audience.members[-1]
        if last < through and len(audience.members) == PAGE_MEMBERS_MAX:
            await pages.put_once(db, page(offer_id, last, through), [last], [at])
        await sql.keep(db, campaign.asked.message, offer_id, at, campaign.asked.until, outcome.kept)
        await pages.put_once(db, announced(offer_id), outcome.members + alone, outcome.due_at + [at] * len(alone))
    return Done(task)


async def campaign_of(world: World, db: Connection, telling: offers.Telling, at: Instant) -> Campaign:
    """What the statement must know of the offer, the house and the providers."""
    program, catalogue, offer = await rulebooks.program(db), await partners.catalogue(db), telling.offer
    use = using.use_of(telling, catalogue, program.rulebook.zone, None, at)
    asked = Asked(
        message=f"offer:{offer.id}",
        topic=offer.topic,
        obstacle=use.obstacle,
        until=telling.until,
        opens_at=use.opens_at,
        by_phone="push" in offer.channels,
        by_card="pass" in offer.channels,
        likely=offer.send == "likely-hour",
        a_day=world.settings.messages_a_day,
        a_week=world.settings.messages_a_week,
        fcm=not isinstance(world.fcm, NotSetUp),
        web=not isinstance(world.web, NotSetUp),
        zone=program.rulebook.zone,
        at=at,
    )
    return Campaign(offer, asked)


async def far(db: Connection, telling: offers.Telling, of: Sequence[UUID], at: Instant) -> dict[UUID, str]:
    """Who of those who let it be known is too far from its shops."""
    places = await members.last_places(db, of)
    away = using.too_far(telling, await partners.catalogue(db), places, at)
    return dict.fromkeys(away, "too-far")


async def decided(
    db: Connection, asked: Asked, of: Sequence[UUID], apart: dict[UUID, str], cards: dict[UUID, int]
) -> list[Verdict]:
    """The verdict over each member: at once where all their clocks were seen before, else those anew whose were not."""
    found = await sql.decided(db, asked, clocks(list(known_wishes), asked), of, apart, cards)
    fresh = [each for each in found if each.state == "unknown"]
    if not fresh:
        return found
    wishes = list({(each.zone, each.quiet_from, each.quiet_until): None for each in fresh})
    if len(known_wishes) + len(wishes) > ZONES_KEPT_MAX:
        known_wishes.clear()
    known_wishes.update(dict.fromkeys(wishes))
    rest = [member_id for each in fresh for member_id in each.members]
    more = await sql.decided(db, asked, clocks(wishes, asked), rest, apart, cards)
    return [*(each for each in found if each.state != "unknown"), *more]


def clocks(wishes: Sequence[Wish], asked: Asked) -> Clocks:
    """Where the clocks of these zones stand."""
    days = [hours.day_of(asked.at, zone) for zone, _, _ in wishes]
    return Clocks(
        [zone for zone, _, _ in wishes],
        [since for _, since, _ in wishes],
        [until for _, _, until in wishes],
        [free(asked.at, *wish) for wish in wishes],
        [since for since, _ in days],
        [until for _, until in days],
        [slot for wish in wishes for slot in hours.slots(asked.at, asked.until, *wish)] if asked.likely else [],
    )


@lru_cache(maxsize=100_000)
def free(at: Instant, zone: str, quiet_from: int, quiet_end: int) -> Instant:
    """When the quiet hours are over; the pages of a campaign ask for the same minutes."""
    return quiet_until(at, zone, quiet_from, quiet_end)


async def turns_of(world: World, campaign: Campaign, verdicts: Sequence[Verdict]) -> Outcome:
    """Give a turn to whoever is to be told, as far as there are any before the end."""
    waiting = [each for each in verdicts if each.since]
    outcome = Outcome([], [], [])
    for each in verdicts:
        if not each.since:
            outcome.kept += [(member_id, each.state, each.reason, None) for member_id in each.members]
    if waiting:
        async with world.database.transaction() as db:
            taken = await sql.hold(db, campaign.offer.id)
            now = campaign.asked.at
            taken = {quarter: count for quarter, count in taken.items() if quarter > now - HOUR}
            for each in waiting:
                place_all(campaign, each, taken, outcome)
            await sql.take(db, campaign.offer.id, taken)
    return outcome


def place_all(campaign: Campaign, verdict: Verdict, taken: dict[Instant, int], outcome: Outcome) -> None:
    """Turns for members with the same fate, in an order that has nothing to do with when they joined. Who gets none finds it
    in the inbox."""
    asked = campaign.asked
    left = sorted(verdict.members, key=lambda member_id: crc32(member_id.bytes, len(asked.message)))
    quiet = partial(free, zone=verdict.zone, quiet_from=verdict.quiet_from, quiet_end=verdict.quiet_until)
    begins = quarters(verdict) if asked.likely and verdict.since > asked.at else [verdict.since]
    for gone, since in enumerate(begins):
        wanted = -(-len(left) // (len(begins) - gone))
        for each in pacing.turns(wanted, since, asked.until, campaign.pace, quiet, taken, asked.likely):
            mine, left = left[: each.count], left[each.count :]
            due_at = pacing.instants(each, campaign.pace, mine)
            outcome.members += mine
            outcome.due_at += due_at
            outcome.kept += [
                (member_id, "held", reason_of(verdict, asked), due)
                for member_id, due in zip(mine, due_at, strict=True)
                if due > asked.at + AT_ONCE_SECONDS or verdict.reason
            ]
    outcome.kept += [(member_id, "inbox", "pace", None) for member_id in left]


def quarters(verdict: Verdict) -> list[Instant]:
    """The likely hour, from its beginning or from when quiet hours are over in it, a quarter at a time."""
    minute = datetime.fromtimestamp(verdict.since, place(verdict.zone)).minute
    rest = range(verdict.since, verdict.since + HOUR - minute * MINUTE, pacing.QUARTER)
    return list(rest)


def reason_of(verdict: Verdict, asked: Asked) -> Reason:
    """Why they wait: quiet hours come before the likely hour, and that before the pace."""
    if verdict.state == "held":
        return "quiet-hours"
    return "send-time" if verdict.since > asked.at else "pace"
