"""Bring portraits up to date: for a batch of members at once, by what has come since, and with the watched segments."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from punchcard import journal, programme, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Done, Due, Settled, Task
from punchcard.foundation.outside import World
from punchcard.journal import Arrived
from punchcard.programme import NEVER, Program, Return, Sale, Standing

from . import portrait_sql as sql
from . import watch
from .portrait import EXPIRING_MAX, PURPOSE_BITS
from .portrait_counts import Counts, count
from .portrait_reading import profile_of
from .portrait_sql import Row, Said

LEVEL = Due("segments.refresh")
"""A portrait is stale: a level, however many changes there were."""
CHUNK_MEMBERS = 100
"""A transaction holds so many portraits."""

Sold = Mapping[str, Sale]


async def refresh_due(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """What the worker does with the level."""
    for start in range(0, len(tasks), CHUNK_MEMBERS):
        async with world.database.transaction() as db:
            await refresh(db, [task.member_id for task in tasks[start : start + CHUNK_MEMBERS]], at)
    return [Done(task) for task in tasks]


async def refresh(db: Connection, member_ids: Iterable[UUID], at: Instant) -> None:
    """Bring the portraits of these members up to date, and let them enter and leave the watched segments. Those who are no
    active members have none afterwards. Holds the portraits until the transaction ends."""
    if not (asked := sorted(set(member_ids))):
        return
    rows = await held(db, asked)
    said = {each.member_id: each for each in await sql.said(db, asked)}
    if gone := [member_id for member_id in asked if member_id not in said]:
        await sql.forget(db, gone)
        await watch.forget(db, gone)
    program = await rulebooks.program(db)
    rows = [row for row in rows if row.member_id in said]
    changed = await drawn(db, rows, said, program, at)
    if changed:
        await sql.write(db, changed)
    latest = {row.member_id: row for row in (*rows, *changed)}
    ladder = program.tiers(at)
    await watch.settle(db, {id: profile_of(row, ladder) for id, row in latest.items()}, program, at)


async def forget(db: Connection, member_id: UUID) -> None:
    """The member left: nothing is known of them, predicted of them, or watched, and nobody is told so."""
    await sql.forget(db, [member_id])
    await watch.forget(db, [member_id])


async def held(db: Connection, member_ids: Sequence[UUID]) -> list[Row]:
    """Their portraits, held; first those are begun that there are not."""
    rows = await sql.hold(db, member_ids)
    if len(rows) < len(member_ids):
        await sql.begin(db, member_ids)
        rows = await sql.hold(db, member_ids)
    return rows


async def drawn(
    db: Connection, rows: Sequence[Row], said: Mapping[UUID, Said], program: Program, at: Instant
) -> list[Row]:
    """The portraits as they are now, of those who have changed."""
    arrived = await journal.facts_since(db, {row.member_id: row.seq for row in rows})
    late = {id: 0 for id, each in arrived.items() if not each.in_order}
    if late:
        arrived |= await journal.facts_since(db, late)
    sold = await sales_of_returns(db, arrived)
    quests = {challenge.id: challenge for challenge in program.challenges(at)}
    changed = []
    for row in rows:
        mine = said[row.member_id]
        new = told(row, mine)
        if (has := arrived.get(row.member_id)) is not None:
            stands(new, has, quests, program, at)
            happened(new, has, sold.get(row.member_id, {}), row.member_id in late)
        if new != row:
            changed.append(new)
    return changed


def told(row: Row, mine: Said) -> Row:
    """The portrait with what the member says of themselves."""
    return replace(
        row,
        joined_at=mine.joined_at,
        language=mine.language,
        zone=mine.zone,
        consents=sum(PURPOSE_BITS[purpose] for purpose, given in mine.consents.items() if given),
        born_year=mine.born_year,
        traits=mine.traits or {},
        place_lat=mine.place_lat,
        place_lon=mine.place_lon,
        place_at=mine.place_at,
    )


def stands(row: Row, has: Arrived, quests: Mapping[str, programme.Challenge], program: Program, at: Instant) -> None:
    """Put in where the member stands."""
    row.tier, row.points, row.visits, row.spend_cents = has.tier, has.points, has.visits, has.spend_cents
    row.last_visit_at, row.home_shop = has.last_visit_at, has.home_shop
    standing, expiring = has.standing, dict[Instant, int]()
    row.balances = {}
    for lot in standing.lots:
        if lot.starts:
            continue
        row.balances[lot.currency] = row.balances.get(lot.currency, 0) + lot.points
        if lot.currency == program.main and 0 < lot.expires < NEVER:
            expiring[lot.expires] = expiring.get(lot.expires, 0) + lot.points
    row.expiring_at = sorted(expiring)[:EXPIRING_MAX]
    row.expiring_points = [expiring[instant] for instant in row.expiring_at]
    far = {id: percent_of(quest, standing, program, at) for id in standing.progress if (quest := quests.get(id))}
    row.challenges = {id: percent for id, percent in sorted(far.items()) if percent}


def percent_of(challenge: programme.Challenge, standing: Standing, program: Program, at: Instant) -> int:
    """How far the member is with a challenge in its window, in percent; 100 where nothing more can be reached in it."""
    now = standing.progress[challenge.id]
    again = challenge.recurs == "completion"
    if now.done and (not again or 0 < challenge.most <= now.done):
        return 100
    target = now.target or challenge.target
    way = programme.steps_done(challenge, now.marks, program, at)
    if again and challenge.kind in ("count", "sum"):
        way -= now.done * target
    return max(0, min(99, 100 * way // target)) if target else 0


def happened(row: Row, has: Arrived, sold: Sold, anew: bool) -> None:
    """Count in what is new; or everything anew, where something came late."""
    counts = Counts()
    if row.seq and not anew:
        counts.recent = list(zip(row.recent_at, row.recent_cents, strict=True))
        counts.channels, counts.hours = set(row.channels), list(row.hours)
        counts.categories, counts.brands = dict(row.categories), dict(row.brands)
    is_whole = count(counts, has.new, sold, ZoneInfo(row.zone))
    row.recent_at = [instant for instant, _ in counts.recent]
    row.recent_cents = [cents for _, cents in counts.recent]
    row.channels, row.hours = sorted(counts.channels), counts.hours
    row.categories, row.brands = counts.categories, counts.brands
    row.seq = has.facts if is_whole else 0


async def sales_of_returns(db: Connection, arrived: Mapping[UUID, Arrived]) -> dict[UUID, dict[str, Sale]]:
    """The sales that returns among what is new speak of, where they are not among it themselves."""
    wanted = []
    for member_id, has in arrived.items():
        if deals := {fact.deal for fact in has.new if isinstance(fact, Return)}:
            new = {fact.id for fact in has.new}
            wanted += [(member_id, deal) for deal in sorted(deals - new)]
    found: dict[UUID, dict[str, Sale]] = {}
    if wanted:
        for (member_id, id), fact in (await journal.facts_of(db, wanted)).items():
            if isinstance(fact, Sale):
                found.setdefault(member_id, {})[id] = fact
    return found


async def note(db: Connection, noted: Iterable[tuple[UUID, str, str, float | str]]) -> None:
    """Remember what is predicted of members (kind "score", its name, a number), or what they did with offers (kind "offer",
    its id, "opened", "activated" or "used": only the furthest counts). Who has no portrait yet gets one. It holds these
    portraits: not for the transaction of a sale."""
    scores: dict[UUID, dict[str, float | str]] = {}
    offers: dict[UUID, dict[str, float | str]] = {}
    order = ("opened", "activated", "used")
    for member_id, kind, name, value in noted:
        mine = {"score": scores, "offer": offers}[kind].setdefault(member_id, {})
        if kind == "score" or order.index(str(value)) >= order.index(str(mine.get(name, "opened"))):
            mine[name] = value
    if asked := sorted({*scores, *offers}):
        await held(db, asked)
        await sql.note(db, asked, [scores.get(id, {}) for id in asked], [offers.get(id, {}) for id in asked])
