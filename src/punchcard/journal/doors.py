"""What no door lets in, whoever asks: facts that cannot have happened, or of which the rulebook knows nothing.

Nothing is kept of them. Whatever is written has passed here once; the fold itself refuses nothing."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.programme import (
    Activity,
    Adjustment,
    AnyFact,
    Challenge,
    Donation,
    Extension,
    Field,
    Hold,
    Load,
    OptIn,
    OptOut,
    Placement,
    Program,
    Return,
    Sale,
    Spend,
    TransferIn,
    TransferOut,
)

AHEAD_SECONDS_MAX = 60
"""How far a fact may lie ahead of the door's clock."""
SHAPES: dict[str, type] = {"text": str, "number": int, "yes-no": bool}
AMOUNT_MAX, UNITS_MAX, DAYS_MAX = 10**12, 10**9, 36_500
TEXT_MAX, FIELDS_MAX = 1000, 32
Amount = tuple[str, int, int]
"""What it is, how much of it, and the least that it may be."""


class NotYet(Refused):
    """This has not happened yet."""

    words = "journal"


class ImpossibleAmount(Refused):
    """This amount cannot be."""

    words = "journal"


class ForeignCurrency(Refused):
    """The programme has no such currency."""

    words = "journal"


class NotSpendable(Refused):
    """This currency cannot be spent."""

    words = "journal"


class UnknownActivity(Refused):
    """The programme has no such activity."""

    words = "journal"


class OtherPayload(Refused):
    """The programme declares this activity otherwise."""

    words = "journal"


class UnknownChallenge(Refused):
    """The programme has no such challenge."""

    words = "journal"


class UnknownTier(Refused):
    """The programme has no such tier."""

    words = "journal"


class ToOneself(Refused):
    """Nobody sends points to themselves."""

    words = "journal"


def check(member_id: UUID, fact: AnyFact, at: Instant, program: Program) -> None:
    """Refuse what cannot have happened by `at`, and what the rulebook does not know."""
    if not 0 <= fact.at <= at + AHEAD_SECONDS_MAX:
        raise NotYet(at=fact.at, now=at)
    for name, amount, least in amounts(fact):
        if not least <= amount <= (UNITS_MAX if name == "quantity" else AMOUNT_MAX):
            raise ImpossibleAmount(what=name, amount=amount)
    for currency in gained(fact):
        if program.currency(currency) is None:
            raise ForeignCurrency(currency=currency)
    for currency in spent(fact):
        known = program.currency(currency)
        if known is None:
            raise ForeignCurrency(currency=currency)
        if known.kind == "status":
            raise NotSpendable(currency=currency)
    match fact:
        case Activity():
            declared(fact, program)
        case OptIn(challenge=id) | OptOut(challenge=id) if not isinstance(program.promise(id), Challenge):
            raise UnknownChallenge(challenge=id)
        case Placement():
            placed(fact, program)
        case TransferOut(to=other) | TransferIn(sender=other) if other == str(member_id):
            raise ToOneself


def amounts(fact: AnyFact) -> Iterator[Amount]:
    """Every amount that the fact bears."""
    match fact:
        case Sale():
            yield from of_sale(fact)
        case Return():
            for line, quantity in fact.quantities.items():
                yield "line", line, 0
                yield "quantity", quantity, 1
            for points in fact.refunds.values():
                yield "points", points, 0
        case Activity():
            yield "value", fact.value, 0
            for points in fact.grants.values():
                yield "grant", points, 0
        case Adjustment():
            yield "points", abs(fact.points), 0
        case Extension():
            if fact.days > DAYS_MAX:
                raise ImpossibleAmount(what="days", amount=fact.days)
            yield "days", fact.days, 1
        case Spend():
            yield "points", fact.points, 0
        case Donation() | TransferOut() | Load():
            yield "points", fact.points, 1
        case Hold():
            if not fact.voucher:
                yield "points", fact.points, 1
            yield "seconds", fact.until - fact.at, 1
        case TransferIn():
            for lot in fact.lots:
                yield "points", lot.points, 1
        case OptIn():
            yield "target", fact.target, 0


def of_sale(sale: Sale) -> Iterator[Amount]:
    for line in sale.lines:
        yield "amount", line.amount, 0
        yield "quantity", line.quantity, 1 if line.amount else 0
    for tender in sale.tenders:
        yield "amount", tender.amount, 0
        yield "points", tender.points, 1 if tender.hold else 0
    for points in sale.grants.values():
        yield "grant", points, 0


def gained(fact: AnyFact) -> Iterable[str]:
    """The currencies in which the fact moves something, and which need not be spendable."""
    match fact:
        case Adjustment() | Load() | Extension():
            return (fact.currency,)
        case TransferIn():
            return {lot.currency: None for lot in fact.lots}
        case Return():
            return fact.refunds
    return ()


def spent(fact: AnyFact) -> Iterable[str]:
    """The currencies that the fact spends."""
    match fact:
        case Sale():
            return {tender.currency: None for tender in fact.tenders if tender.points}
        case Hold(voucher=voucher) if voucher:
            return ()
        case Spend() | Donation() | TransferOut() | Hold():
            return (fact.currency,)
    return ()


def declared(activity: Activity, program: Program) -> None:
    """Refuse a kind, a value or a payload that the rulebook does not declare; where it declares none, anything small goes."""
    kinds = {kind.id: kind for kind in program.rulebook.activities}
    if not kinds:
        if len(activity.data) > FIELDS_MAX:
            raise OtherPayload(field="", why="too many fields")
        for name, value in activity.data.items():
            if not small(value):
                raise OtherPayload(field=name, why="too large")
        return
    kind = kinds.get(activity.kind)
    if kind is None:
        raise UnknownActivity(kind=activity.kind)
    if activity.value > kind.value_most:
        raise ImpossibleAmount(what="value", amount=activity.value)
    for name, value in activity.data.items():
        if name not in kind.fields:
            raise OtherPayload(field=name, why="unknown")
        fits(name, value, kind.fields[name])
    for name, wanted in kind.fields.items():
        if wanted.required and name not in activity.data:
            raise OtherPayload(field=name, why="missing")


def fits(name: str, value: str | int | bool, wanted: Field) -> None:
    """Refuse a value of another kind, outside the bounds, or not among the choices."""
    if type(value) is not SHAPES[wanted.kind]:
        raise OtherPayload(field=name, why=wanted.kind)
    if not small(value) or (isinstance(value, int) and wanted.kind == "number" and not within(value, wanted)):
        raise OtherPayload(field=name, why="bounds")
    if wanted.choices and value not in wanted.choices:
        raise OtherPayload(field=name, why="choices")


def small(value: str | int | bool) -> bool:
    """Whether it can be kept at all."""
    return len(value) <= TEXT_MAX and "\x00" not in value if isinstance(value, str) else abs(value) <= AMOUNT_MAX


def within(value: int, wanted: Field) -> bool:
    return wanted.least <= value <= wanted.most


def placed(placement: Placement, program: Program) -> None:
    """Refuse a ladder, or a tier on it, that does not stand at that instant."""
    tiers = {ladder.id: {tier.id for tier in ladder.tiers} for ladder in program.era(placement.at).frame.ladders}
    if placement.ladder not in tiers or (placement.tier and placement.tier not in tiers[placement.ladder]):
        raise UnknownTier(ladder=placement.ladder, tier=placement.tier)
