"""An offer's life at the desk: saved as often as one likes, checked, approved by a second operator, published, paused, gone on
with, stopped; and who did what."""

from collections.abc import Sequence

import msgspec

from punchcard import budgets, rulebooks
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.partners import Operator
from punchcard.programme import Term

from . import checking, desk_sql, drafts, operations, sql
from .desk_model import (
    AlreadyPublished,
    ApprovalNeeded,
    Done,
    OfferOver,
    OnTheDesk,
    Row,
    SecondOperatorNeeded,
    Standing,
    Version,
    VersionMoved,
)
from .drafts import Sketch
from .estimating import worth_of
from .model import Offer, Published, State
from .terms import budget_of

LISTED_MOST = 500


async def save(db: Connection, offer_id: str, sketch: Sketch, operator: Operator, at: Instant) -> Version:
    """Keep a draft; the same again is the same version."""
    await desk_sql.hold(db, offer_id)
    if await sql.offer(db, offer_id):
        raise AlreadyPublished(id=offer_id)
    known = await desk_sql.newest(db, offer_id)
    if known and known.body == sketch:
        return known
    version = known.version + 1 if known else 1
    body = msgspec.Raw(msgspec.json.encode(sketch, order="deterministic"))
    await desk_sql.save(db, offer_id, version, body, operator.id, at)
    await desk_sql.note(db, offer_id, "saved", operator.id, version, at)
    return await newest(db, offer_id)


async def approve(db: Connection, offer_id: str, version: int, operator: Operator, at: Instant) -> Version:
    """A second operator lets exactly this version be published, which must be the newest."""
    await desk_sql.hold(db, offer_id)
    kept = await the_newest(db, offer_id, version)
    if kept.author == operator.id:
        raise SecondOperatorNeeded
    if kept.approver is None:
        if await sql.offer(db, offer_id):
            raise AlreadyPublished(id=offer_id)
        await desk_sql.approve(db, offer_id, version, operator.id, at)
        await desk_sql.note(db, offer_id, "approved", operator.id, version, at)
    return await newest(db, offer_id)


async def publish(
    db: Connection, offer_id: str, version: int, operator: Operator, alone_cents: int, at: Instant
) -> Published | None:
    """Promise what this version says. None where it waits for a second operator, who is asked herewith."""
    await desk_sql.hold(db, offer_id)
    kept = await the_newest(db, offer_id, version)
    if known := await sql.offer(db, offer_id):
        return Published(known, repeated=True)
    await checking.allow(db, offer_id, kept.body, at)
    offer = drafts.offer_of(offer_id, drafts.sketched(kept.body, at))
    if kept.approver is None and await worth_of(db, offer, at) > alone_cents:
        if offer_id not in await desk_sql.waiting(db, [offer_id]):
            await desk_sql.note(db, offer_id, "asked", operator.id, version, at)
        return None
    published = await operations.publish(db, offer, at)
    await desk_sql.note(db, offer_id, "published", operator.id, version, at)
    return published


async def publish_at_once(db: Connection, offer: Offer, operator: Operator, alone_cents: int, at: Instant) -> Published:
    """Draft, check and publish in one step, which a second operator's offer cannot be."""
    await desk_sql.hold(db, offer.id)
    if not await sql.offer(db, offer.id):
        await operations.check(db, offer, at)
        await checking.allow(db, offer.id, drafts.sketch_of(offer), at)
        if await worth_of(db, offer, at) > alone_cents:
            raise ApprovalNeeded(id=offer.id, cents=alone_cents)
    published = await operations.publish(db, offer, at)
    if not published.repeated:
        await desk_sql.note(db, offer.id, "published", operator.id, None, at)
    return published


async def pause(db: Connection, offer_id: str, operator: Operator, at: Instant) -> None:
    """From now on nothing of it is granted or sent, and cards and app say so. Asking twice is no harm."""
    await going_on(db, offer_id, at)
    if await desk_sql.pause(db, offer_id, at):
        await desk_sql.turn(db, offer_id, "paused")
        await desk_sql.note(db, offer_id, "paused", operator.id, None, at)


async def resume(db: Connection, offer_id: str, operator: Operator, at: Instant) -> None:
    """It counts again, for whoever came into its audience meanwhile, too. Asking twice is no harm."""
    await going_on(db, offer_id, at)
    if await desk_sql.resume(db, offer_id):
        await desk_sql.turn(db, offer_id, "resumed")
        await desk_sql.note(db, offer_id, "resumed", operator.id, None, at)


async def stop(db: Connection, offer_id: str, operator: Operator, at: Instant) -> None:
    """End it now, for everybody."""
    if await operations.stop(db, offer_id, at):
        await desk_sql.note(db, offer_id, "stopped", operator.id, None, at)


async def stop_itself(db: Connection, offer_id: str, because: dict[str, str], at: Instant) -> None:
    """End it now, since it was told to stop at what it shows; the desk sees that it was the house, and why, by language."""
    if await operations.stop(db, offer_id, at):
        await desk_sql.note(db, offer_id, "stopped", None, None, at, because)


async def going_on(db: Connection, offer_id: str, at: Instant) -> Standing:
    """A published offer that is not over, held."""
    standing = await desk_sql.standing(db, offer_id)
    if standing is None:
        raise NotFound(offer=offer_id)
    if state_of(standing, at) in ("stopped", "ended"):
        raise OfferOver(id=offer_id)
    return standing


async def the_newest(db: Connection, offer_id: str, version: int) -> Version:
    """The newest version, which the operator must have seen."""
    kept = await newest(db, offer_id)
    if kept.version != version:
        raise VersionMoved(version=kept.version)
    return kept


async def newest(db: Connection, offer_id: str) -> Version:
    if (kept := await desk_sql.newest(db, offer_id)) is None:
        raise NotFound(offer=offer_id)
    return kept


async def on_the_desk(db: Connection, offer_id: str, alone_cents: int, at: Instant) -> OnTheDesk:
    """The draft, what it may cost, who must still look at it, and who did what."""
    kept = await newest(db, offer_id)
    worth = 0
    if not drafts.missing(kept.body):
        worth = await worth_of(db, drafts.offer_of(offer_id, drafts.sketched(kept.body, at)), at)
    return OnTheDesk(
        id=offer_id,
        version=kept.version,
        state=await state(db, offer_id, at),
        draft=kept.body,
        author=kept.author,
        saved_at=moment(kept.saved_at),
        worth_cents=worth,
        needs_approval=worth > alone_cents,
        approved_by=kept.approver,
        history=await history(db, offer_id),
    )


async def history(db: Connection, offer_id: str) -> list[Done]:
    """Who did what with an offer, in its order."""
    return [
        Done(did=act.did, operator=act.operator, version=act.version, because=act.because, at=moment(act.at))
        for act in await desk_sql.acts(db, offer_id)
    ]


async def state(db: Connection, offer_id: str, at: Instant) -> State:
    """Where an offer is in its life."""
    if standings := await desk_sql.standings(db, [offer_id]):
        return state_of(standings[0], at)
    return "waiting" if offer_id in await desk_sql.waiting(db, [offer_id]) else "draft"


def state_of(standing: Standing, at: Instant) -> State:
    if standing.stopped_at is not None and standing.stopped_at <= at:
        return "stopped"
    if at >= standing.until:
        return "ended"
    if standing.paused_at is not None:
        return "paused"
    if at < standing.since:
        return "scheduled"
    return "sold-out" if standing.sold_out else "open"


async def listed(db: Connection, at: Instant) -> list[Row]:
    """Drafts first, then what was published, the newest first."""
    sketches = await desk_sql.unpublished(db, LISTED_MOST)
    waiting = await desk_sql.waiting(db, [each.offer_id for each in sketches])
    return [
        *(drafted(each, "waiting" if each.offer_id in waiting else "draft") for each in sketches),
        *await published(db, await desk_sql.published(db, LISTED_MOST), at),
    ]


def drafted(kept: Version, state: State) -> Row:
    body = kept.body
    return Row(
        id=kept.offer_id,
        state=state,
        name=dict(body.name.items()),
        partner_id=body.partner_id if isinstance(body.partner_id, str) else "",
        since=None if body.since is msgspec.UNSET else body.since,
        until=None if body.until is msgspec.UNSET else body.until,
        version=kept.version,
        budget=body.budget,
    )


async def published(db: Connection, offers: Sequence[Offer], at: Instant) -> list[Row]:
    ids = [offer.id for offer in offers]
    standings = {each.offer_id: each for each in await desk_sql.standings(db, ids)}
    counted, pots = await desk_sql.counted(db, ids), await pots_of(db, offers)
    taken = await budgets.spent(db, [pot for each in pots.values() for pot in each])
    return [
        Row(
            id=offer.id,
            state=state_of(standings[offer.id], at),
            name=offer.name,
            partner_id=offer.partner_id,
            since=moment(offer.since),
            until=moment(offer.until),
            version=None,
            reach=counted[offer.id].reach,
            held_out=counted[offer.id].held_out,
            uses=counted[offer.id].uses,
            given=counted[offer.id].worth,
            spent={pot.partition("/")[2] or "points": taken.get(pot, 0) for pot in pots[offer.id]},
            budget=offer.budget,
        )
        for offer in offers
    ]


async def pots_of(db: Connection, offers: Sequence[Offer]) -> dict[str, dict[str, int]]:
    """Every pot of each offer's budget, and what it holds."""
    program = await rulebooks.program(db)
    found: dict[str, dict[str, int]] = {}
    for offer in offers:
        budget, term = budget_of(offer.budget), program.promise(offer.id)
        worth = budgets.worth_of(program, term) if isinstance(term, Term) else 0
        found[offer.id] = budgets.all_pots(offer.id, budget, worth) if budget else {}
    return found
