"""What a basket would do, and what could be spent on it, as a till shows it to the member before the sale."""

from collections.abc import Iterator

from punchcard import authorisation, rewards
from punchcard.authorisation import Limits, Spending
from punchcard.foundation import locale
from punchcard.foundation.clock import moment
from punchcard.foundation.database import Database
from punchcard.foundation.money import Money
from punchcard.journal import Trial, gained_from, reasons_of, tier_shown
from punchcard.programme import (
    ISSUED,
    REDEEMED,
    Program,
    Reward,
    Sale,
    Standing,
    balance,
    held_vouchers,
    spendable,
)

from .answers import MaySpend, Quote, Scanned, UnusableVoucher, UsableVoucher
from .offered import Proposed


async def may_spend(database: Database, spending: Spending, sale: Sale, trial: Trial, language: str) -> MaySpend:
    """How much of what the card shows may pay for the basket: what the rules let, and what the card as it was shown may.

    Of a card that holds nothing nobody asks what it may."""
    before, program = trial.before, trial.program
    due = sum(line.amount for line in sale.lines)
    rules = spendable(before, program, program.main, due)
    worth, why = rules.worth, f"programme.{rules.why}" if rules.why else ""
    points, limits = rules.points, Limits(None)
    if points:
        limits = await authorisation.limits(database, spending)
    if limits.worth is not None and limits.worth < worth:
        most = largest(before, program, due, points, limits.worth)
        points, worth, why = most, worth_here(before, program, due, most), f"authorisation.{limits.why}"
    return MaySpend(
        points=points,
        worth=Money(worth, program.rulebook.currency),
        needs=limits.needs if why.startswith("authorisation.") else "",
        why=why.partition(".")[2],
        detail=locale.maybe_say(why, language) or "" if why else "",
    )


def largest(before: Standing, program: Program, due: int, points: int, worth: int) -> int:
    """The most points, of so many that may, which pay for no more than this worth."""
    low, high = 0, points
    while low < high:
        middle = (low + high + 1) // 2
        if worth_here(before, program, due, middle) <= worth:
            low = middle
        else:
            high = middle - 1
    return spendable(before, program, program.main, due, low).points


def worth_here(before: Standing, program: Program, due: int, points: int) -> int:
    return spendable(before, program, program.main, due, points).worth


def quote_of(found: Proposed, name: str, session: str, allowed: MaySpend, language: str) -> Quote:
    """What the basket would do."""
    sale, trial = found.sale, found.trial
    before, ruling, program = trial.before, trial.ruling, trial.program
    reasons = reasons_of(ruling, program, language)
    points = balance(before, program.main)
    return Quote(
        member=Scanned(first_name(name), tier_shown(before, program, language)),
        session=session,
        earns=gained_from(ISSUED, ruling, program),
        spends=-gained_from(REDEEMED, ruling, program),
        balance=points,
        balance_after=balance(ruling.standing, program.main),
        worth=Money(points * program.rulebook.point_value, program.rulebook.currency),
        may_spend=allowed,
        vouchers=list(usable(before, sale, program, language)),
        unusable=list(unusable(before, sale, program, language)),
        offers=found.offers,
        reasons=reasons,
    )


def rewards_of(before: Standing, program: Program) -> Iterator[tuple[str, Reward]]:
    """The claimed rewards that the rulebook knows, by the claim."""
    for id, voucher in before.vouchers.items():
        reward = program.promise(voucher.reward)
        if isinstance(reward, Reward):
            yield id, reward


def why_not(id: str, reward: Reward, before: Standing, sale: Sale) -> str:
    """Why a claimed reward cannot be used up by this sale; empty if it can."""
    if not reward.places.match(sale.partner, sale.shop):
        return "elsewhere"
    aside = held_vouchers(before) if before.holds else {}
    return "held" if id in aside and aside[id] not in sale.holds else ""


def usable(before: Standing, sale: Sale, program: Program, language: str) -> Iterator[UsableVoucher]:
    """The claimed rewards that may be used up by this sale."""
    for id, reward in rewards_of(before, program):
        if not why_not(id, reward, before, sale):
            until = before.vouchers[id].until
            lapses, name = moment(until) if until else None, locale.of(reward.name, language) or reward.id
            yield UsableVoucher(id, rewards.code_of(id), reward.id, name, reward.kind, reward.amount, lapses)


def unusable(before: Standing, sale: Sale, program: Program, language: str) -> Iterator[UnusableVoucher]:
    """The others, each with why."""
    for id, reward in rewards_of(before, program):
        match why_not(id, reward, before, sale):
            case "elsewhere":
                detail = locale.say("checkout.voucher-elsewhere", language)
                yield UnusableVoucher(id, reward.id, locale.of(reward.name, language) or reward.id, "elsewhere", detail)
            case "held":
                detail = locale.say("checkout.voucher-held", language)
                yield UnusableVoucher(id, reward.id, locale.of(reward.name, language) or reward.id, "held", detail)


def first_name(name: str) -> str:
    """What a till may know of it."""
    return name.split(maxsplit=1)[0] if name.strip() else ""
