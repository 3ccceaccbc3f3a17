"""From the merchant's tables to what is promised as a whole."""

from msgspec import Struct, convert

from punchcard.programme import (
    SELLER,
    ActivityKind,
    Coin,
    Currency,
    Expression,
    Field,
    Frame,
    Group,
    Ladder,
    Limit,
    Payment,
    Promise,
    Segment,
    Tier,
)

from .file import File, counted, currencies, ladders, main_currency
from .model import Head
from .moments import ends, whole_day
from .promising import Purse, challenge, expiry, reward, term
from .table import WEEKDAYS
from .tables_whole import ActivityTable, CurrencyTable, FieldTable, LadderTable, PointsTable


class Draft(Struct, frozen=True):
    """What a file promises. `since` of a promise is the one it declares, 0 where it declares none."""

    head: Head
    frame: Frame
    promises: tuple[Promise, ...]


def read(file: File) -> Draft:
    """Of a file without faults."""
    whole, ours = file.programme, [each for _, each in currencies(file)]
    head = Head(
        whole.name,
        whole.zone,
        WEEKDAYS.index(whole.week_starts),
        whole.currency,
        tuple(map(currency, ours)),
        tuple(map(activity, file.activity)),
    )
    purse = Purse({each.id: each for each in ours}, ours[0].id, whole.zone)
    promises: list[Promise] = [term(table, purse) for table in file.earn]
    promises += [challenge(table, purse) for table in file.challenge]
    promises += [reward(table, purse) for table in file.reward]
    return Draft(head, frame(file), tuple(promises))


def frame(file: File) -> Frame:
    whole, points, main = file.programme, file.points or PointsTable(), main_currency(file)
    until = points.extend_to
    return Frame(
        ladders=tuple(ladder(each.ladder, file) for each in ladders(file)),
        coins={each.id: given(each) for _, each in currencies(file)},
        grace_days=points.grace_days,
        groups=tuple(Group(each.id, each.choose, each.at_most, each.exclusive) for each in file.group),
        limits=tuple(
            Limit(each.id, each.limit, each.every, each.currency or main, frozenset(each.earn)) for each in file.limit
        ),
        stack_most=whole.stack_most,
        clawback=whole.clawback,
        extend_to=0 if until is None else ends(until, whole.zone),
        closed_days=frozenset(map(whole_day, whole.closed_days)),
        segments=tuple(Segment(each.id, convert(each.who, Expression), each.name, each.watch) for each in file.segment),
    )


def ladder(table: LadderTable, file: File) -> Ladder:
    return Ladder(
        tuple(Tier(tier.id, tier.name, tier.threshold, tier.invited) for tier in table.tier),
        table.season,
        table.id,
        table.name,
        table.counts,
        frozenset(counted(table, file)),
        table.downgrade,
        table.keeps,
        table.grace_days,
        table.warn_days,
    )


def currency(table: CurrencyTable) -> Currency:
    payment = Payment(table.share_percent, table.multiple, table.minimum, table.discount_percent)
    return Currency(table.id, table.kind, table.name or {}, table.value or 0, payment)


def given(table: CurrencyTable) -> Coin:
    """What comes by hand or comes back: at once, and nobody sold it."""
    return Coin(table.id, table.funder if table.funder != SELLER else "house", 0, expiry(table.expiry))


def activity(table: ActivityTable) -> ActivityKind:
    return ActivityKind(
        table.id, table.name, {each.id: field(each) for each in table.field}, table.value_most, table.by
    )


def field(table: FieldTable) -> Field:
    return Field(table.kind, frozenset(table.choices), table.least, table.most, table.required)
