"""For what cards in Google Wallet may ring: for what the arbiter sent there, if it still would."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from punchcard import members, offers, partners, rulebooks
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outside import World
from punchcard.foundation.quiet import is_quiet

from . import arbiter, deciding, sql, texts, using
from .model import Case, Message, Use, Window, Wishes

LATE_SECONDS = DAY
"""What could not ring for so long is no news any more."""
POINTS = "points"


async def rings(world: World, db: Connection, member_ids: Sequence[UUID], at: Instant) -> dict[UUID, frozenset[str]]:
    """For each of these members what their card may ring for at this instant: "offer:" or "tier:" and its id as far as the
    arbiter sent it there, and "points", that points moved, outside of quiet hours."""
    program = await rulebooks.program(db)
    people = await members.by_ids(db, member_ids)
    phones = await sql.phones_of(db, member_ids)
    sent: dict[UUID, list[Message]] = defaultdict(list)
    for member_id, message in await sql.for_cards(db, member_ids, at - LATE_SECONDS):
        sent[member_id].append(message)
    told = [(who, message.subject) for who, mine in sent.items() for message in mine if message.kind == "offer"]
    tellings = await offers.tellings(db, told, at)
    shops = await partners.catalogue(db) if told else partners.Catalogue({}, ())
    places = await members.last_places(db, [who for who, _ in told])
    found: dict[UUID, frozenset[str]] = {}
    for who, member in people.items():
        wishes = deciding.wishes_of(program, member, phones.get(who, []))
        may = {POINTS} if not is_quiet(at, wishes.zone, wishes.quiet_from, wishes.quiet_until) else set()
        for message in sent[who]:
            telling = tellings.get((who, message.subject))
            use = using.use_of(telling, shops, program.rulebook.zone, places.get(who), at) if telling else Use()
            if arbiter.still_holds(case_of(message, wishes, telling, use, at)):
                may.add(f"{message.kind}:{message.subject}")
        found[who] = frozenset(may)
    return found


def case_of(message: Message, wishes: Wishes, telling: offers.Telling | None, use: Use, at: Instant) -> Case:
    """What was sent to a card, as it stands now."""
    topic = telling.offer.topic if telling else texts.TOPICS.get(message.kind, "")
    window = Window(telling.offer.since, telling.until) if telling else None
    return Case(kind=message.kind, at=at, wishes=wishes, topic=topic, window=window, use=use)
