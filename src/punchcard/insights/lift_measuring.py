"""Measure what offers brought, a page of members at a time; stop those that were told to stop when it shows."""

from collections.abc import Iterator, Sequence

from punchcard import offers, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, MINUTE, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.money import Money
from punchcard.programme import Program

from . import lift_sql as sql
from .lift import Arm, Interval, Look, days_until_enough, sequence, verdict
from .lift_model import MEASURES, Day, Effect, Funnel, Lift, Measure, Measured, OfArm, Stopped, Subject

PAGE_MEMBERS, PAGES_A_RUN = 1000, 5
AGAIN_SECONDS = MINUTE
"""From the end of a round through an offer's audience to the beginning of the next one."""
AFTER_DAYS = 7
"""So long beyond the end visits count: what was only bought earlier is missing then."""
LATE_DAYS = 30
"""So much longer it is looked whether something came late, or came back."""
HUNDREDTHS = 100


async def measure_due(database: Database, at: Instant, members: int = PAGE_MEMBERS) -> int:
    """Count what is new of the audiences of offers that are measured, some pages at a time, and let an offer stop itself
    whose round is through. Says of how many members something was new."""
    changed, pages = 0, PAGES_A_RUN
    async with database.reading() as db:
        waiting = await sql.subjects(db, at, at - (AFTER_DAYS + LATE_DAYS) * DAY, at - AGAIN_SECONDS)
    for offer_id in waiting:
        ended = False
        while pages and not ended:
            async with database.transaction() as db:
                new, ended = await measure_some(db, offer_id, at, members)
            changed, pages = changed + new, pages - 1
    return changed


async def measure_some(db: Connection, offer_id: str, at: Instant, members: int) -> tuple[int, bool]:
    """The next page of an offer's audience. Says of how many members something was new, and whether it was the last page."""
    after = await sql.hold(db, offer_id)
    subject = await the(db, offer_id)
    program = await rulebooks.program(db)
    page = await sql.count(
        db, subject, program.rulebook.zone, worth_of_point(program), measured_until(subject), after, members
    )
    ended = page.looked_at < members
    await sql.through(db, offer_id, None if ended else page.last, at if ended else None)
    if ended:
        await stop_when_told(db, subject, at)
    return page.changed, ended


async def stop_when_told(db: Connection, subject: Subject, at: Instant) -> None:
    """End an offer whose deciding measure shows what it was told to stop at, and keep on what grounds."""
    if not subject.stop_when or subject.stopped_at is not None or at >= subject.until:
        return
    looks = looks_of(await sql.days(db, subject.id), subject.deciding)
    if not looks or (last := sequence(looks)[-1]) is None:
        return
    said = verdict(last, looks[-1].held_out.mean)
    if said not in subject.stop_when:
        return
    because = Stopped(
        verdict=said,
        measure=subject.deciding,
        difference=round(last.difference, 2),
        lower=round(last.lower, 2),
        upper=round(last.upper, 2),
        treated=looks[-1].treated.members,
        held_out=looks[-1].held_out.members,
    )
    if await sql.keep_stop(db, subject.id, at, because):
        currency = (await rulebooks.program(db)).rulebook.currency
        why = {language: said_of_stop(because, currency, language) for language in locale.LANGUAGES}
        await offers.stop_itself(db, subject.id, why, at)


async def brought(db: Connection, offer_id: str, language: str) -> Lift:
    """What an offer brought so far; refused where there is no such offer."""
    subject = await the(db, offer_id)
    currency = (await rulebooks.program(db)).rulebook.currency
    days = await sql.days(db, offer_id)
    known = await sql.measured(db, offer_id) or Measured()
    funnel = await sql.funnel(db, offer_id)
    effects = [effect(days, measure) for measure in MEASURES if measure != "margin" or subject.margin_percent]
    deciding = next(each for each in effects if each.measure == subject.deciding)
    return Lift(
        offer=subject.id,
        name=locale.of(subject.name, language),
        currency=currency,
        since=moment(subject.since),
        until=moment(subject.until),
        measured_until=moment(measured_until(subject)),
        measured_at=moment(known.measured_at) if known.measured_at is not None else None,
        days=len({each.day for each in days}),
        deciding=subject.deciding,
        effects=effects,
        says=said_of(deciding, subject, currency, language),
        funnel=funnel,
        uses=sum(each.uses for each in days),
        redemption_percent=redeemed(funnel),
        cost_cents=sum(each.cost_cents for each in days),
        stopped_at=moment(subject.stopped_at) if subject.stopped_at is not None else None,
        stopped_because=said_of_stop(known.because, currency, language) if known.because else "",
    )


def redeemed(funnel: Funnel) -> float:
    return round(100 * funnel.used / funnel.given, 1) if funnel.given else 0.0


def effect(days: Sequence[Day], measure: Measure) -> Effect:
    looks = looks_of(days, measure) or [Look(Arm(), Arm())]
    intervals = sequence(looks)
    last, treated, held_out = intervals[-1], looks[-1].treated, looks[-1].held_out
    return Effect(
        measure=measure,
        treated=of_arm(treated),
        held_out=of_arm(held_out),
        difference=round(last.difference, 4) if last else None,
        lower=round(last.lower, 4) if last else None,
        upper=round(last.upper, 4) if last else None,
        verdict=verdict(last, held_out.mean),
        days_until_enough=days_until_enough(intervals, looks),
    )


def of_arm(arm: Arm) -> OfArm:
    return OfArm(arm.members, round(arm.total, 2), round(arm.mean, 4))


def looks_of(days: Sequence[Day], measure: Measure) -> list[Look]:
    """A look at the end of each day: the days before it added up."""
    arms = {False: Arm(), True: Arm()}
    found: dict[object, Look] = {}
    for each in days:
        arms[each.held_out] = grown(arms[each.held_out], each, measure)
        found[each.day] = Look(arms[False], arms[True])
    return list(found.values())


def grown(arm: Arm, day: Day, measure: Measure) -> Arm:
    total, squares = {
        "visits": (float(day.visits), day.visits_squares),
        "spend": (float(day.spend_cents), day.spend_squares),
        "margin": (day.margin_hundredths / HUNDREDTHS, day.margin_squares / HUNDREDTHS**2),
    }[measure]
    return Arm(arm.members + day.members, arm.total + total, arm.squares + squares)


def said_of(effect: Effect, subject: Subject, currency: str, language: str) -> str:
    """The deciding measure in a sentence."""
    if not effect.held_out.members and not subject.hold_out:
        return locale.say("lift.nobody-held-out", language)
    interval = None
    if effect.difference is not None and effect.lower is not None and effect.upper is not None:
        interval = Interval(effect.difference, effect.lower, effect.upper, 0.0)
    return sentence(effect.verdict, effect.measure, interval, currency, language)


def said_of_stop(because: Stopped, currency: str, language: str) -> str:
    interval = Interval(because.difference, because.lower, because.upper, 0.0)
    return locale.say(
        "lift.stopped", language, because=sentence(because.verdict, because.measure, interval, currency, language)
    )


def sentence(said: str, measure: Measure, interval: Interval | None, currency: str, language: str) -> str:
    shown = dict.fromkeys(("difference", "lower", "upper"), "")
    if interval:
        shown = dict(zip(shown, amounts(interval, currency, language), strict=True))
    return locale.say(f"lift.{said}", language, measure=locale.say(f"lift.measure-{measure}", language), **shown)


def amounts(interval: Interval, currency: str, language: str) -> Iterator[str]:
    """The difference and its bounds in money, with their signs."""
    for each in (interval.difference, interval.lower, interval.upper):
        amount = round(each)
        yield f"{'-' if amount < 0 else '+'}{locale.money(Money(abs(amount), currency), language)}"


def measured_until(subject: Subject) -> Instant:
    return subject.until + AFTER_DAYS * DAY


def worth_of_point(program: Program) -> int:
    """What a point of the main currency is worth at a till, in minor units."""
    return next((each.value for each in program.rulebook.currencies if each.id == program.main), 0)


async def the(db: Connection, offer_id: str) -> Subject:
    if (subject := await sql.subject(db, offer_id)) is None:
        raise NotFound(offer=offer_id)
    return subject
