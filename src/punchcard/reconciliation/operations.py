"""What tills reckon at closing time, compared each night with what they printed, and that with the journals."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.partners import Till

from . import sql
from .model import Apart, Checked, DayNotOver, Differs, ShopDay, TillDay, Told, Totals, Unequal

DAYS_AT_ONCE = 50
FINDINGS_MAX = 1000
"""Of one shop's day; more than that is one thing gone wrong, not a thousand."""


async def tell(db: Connection, till: Till, day: date, totals: Totals, at: Instant) -> tuple[Told, bool]:
    """Keep what a till reckoned of its day; whether it was known. Asking again changes nothing. A correction is a new version,
    and what stood before stays; an older version that comes once more is a correction, too."""
    if day > datetime.fromtimestamp(at, ZoneInfo(till.zone)).date():
        raise DayNotOver(day=day.isoformat())
    await sql.hold_day(db, till.shop_id, till.id, day)
    known = await sql.newest(db, till.shop_id, till.id, day)
    if known and known.totals == totals:
        return Told(day.isoformat(), known.version, totals, moment(known.told_at)), True
    version = known.version + 1 if known else 1
    await sql.tell(db, till.shop_id, till.id, day, version, totals, at)
    return Told(day.isoformat(), version, totals, moment(at)), False


async def nightly(database: Database, at: Instant) -> int:
    """Compare every shop's day that is over, once; and those of the last week again of which there is news or a finding."""
    async with database.reading() as db:
        due = await sql.due(db, at, DAYS_AT_ONCE)
    for each in due:
        async with database.transaction() as db:
            await check(db, each, at)
    return len(due)


async def check(db: Connection, what: ShopDay, at: Instant) -> Checked:
    """Compare a shop's day, and keep what came of it instead of what came of it before."""
    tills = await sql.tills(db, what.shop, what.day)
    unequal = [found for each in tills if (found := of_totals(each))]
    checked = Checked(
        shop=what.shop,
        checked_at=at,
        receipts=sum(each.receipts for each in tills),
        matched=len(tills) - len(unequal),
        missing=sum(each.kind == "missing-total" for each in unequal),
        differing=sum(each.kind == "other-total" for each in unequal),
    )
    unequal += [of_fact(each) for each in await sql.apart(db, what.shop, what.day, FINDINGS_MAX)]
    await sql.keep(db, what.day, checked)
    await sql.forget_findings(db, what.shop, what.day)
    await sql.find(db, what.shop, what.day, unequal)
    return checked


def of_totals(day: TillDay) -> Unequal | None:
    """Where a till's totals and its receipts do not agree, if they do not."""
    if not day.version:
        return Unequal(day.till, "", "missing-total", {"receipts": (None, day.receipts), "amount": (None, day.amount)})
    both: Differs = {
        "receipts": (day.told_receipts, day.receipts),
        "amount": (day.told_amount, day.amount),
        "returned": (day.told_returned, day.returned),
        "earned": (day.told_earned, day.earned),
        "spent": (day.told_spent, day.spent),
    }
    differs = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    return Unequal(day.till, "", "other-total", differs) if differs else None


def of_fact(apart: Apart) -> Unequal:
    """Where a printed receipt and its fact do not agree: what is printed, what the journal says."""
    if not apart.found:
        return Unequal(apart.till, apart.number, "no-such-fact", {"amount": (apart.amount, None)})
    both: Differs = {
        "amount": (apart.amount, apart.amount if apart.fact_amount is None else apart.fact_amount),
        "earned": (apart.earned, apart.earned if apart.fact_earned is None else apart.fact_earned),
        "spent": (apart.spent, apart.spent if apart.fact_spent is None else apart.fact_spent),
    }
    differs = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
    return Unequal(apart.till, apart.number, "other-fact", differs)


async def found(db: Connection, day: date) -> tuple[Sequence[Checked], Sequence[sql.Found]]:
    """What was compared of a day, and where it did not agree."""
    return await sql.checked(db, day), await sql.findings(db, day, FINDINGS_MAX)
