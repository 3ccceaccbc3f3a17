"""Whether what is earned can be earned: awards, caps, budgets, and what an activity must say."""

from collections.abc import Iterator

from .checks_names import Fault, unknown
from .file import File, main_currency, promises
from .lines import Path
from .promising import said
from .tables_parts import (
    AwardTable,
    ExtendTable,
    FixedTable,
    GoodsTable,
    OtherGoodsTable,
    PerAmountTable,
    PerUnitTable,
    TieredTable,
    Where,
)
from .tables_promises import ChallengeTable, EarnTable
from .tables_whole import ActivityTable, FieldTable


def faults_of_earning(file: File) -> Iterator[Fault]:
    main = main_currency(file)
    for index, table in enumerate(file.earn):
        path: Path = ("earn", index)
        yield from faults_of_award(table.award, (*path, "award"))
        yield from faults_of_caps(table, path)
        yield from faults_of_occasion(table, path, file)
        if isinstance(table.award, ExtendTable) and (table.cap or table.caps or table.budget):
            key = "budget" if table.budget else "cap" if table.cap else "caps"
            yield (*path, key), "what extends gives no points that could be counted"
    for index, limit in enumerate(file.limit):
        for table in file.earn:
            covered = not limit.earn or table.id in limit.earn
            if covered and (table.currency or main) == (limit.currency or main) and limit.limit < step(table.award):
                reason = f"`{table.id}` gives {step(table.award)} at a time, more than this limit of {limit.limit}"
                yield ("limit", index, "limit"), reason


def faults_of_goods(file: File) -> Iterator[Fault]:
    """Goods apart from any goods are none."""
    chosen = [((*path, "goods"), table.goods) for path, table in promises(file)]
    for index, challenge in enumerate(file.challenge):
        chosen += [(("challenge", index, "items", place), each) for place, each in enumerate(challenge.items)]
    for path, goods in chosen:
        if goods.apart_from == OtherGoodsTable():
            yield (*path, "apart_from"), "apart from everything there is nothing: say which goods"


def faults_of_rewards(file: File) -> Iterator[Fault]:
    for index, table in enumerate(file.reward):
        if table.kind == "discount" and not table.amount:
            yield ("reward", index, "kind"), "a discount needs an `amount` in minor units"


def faults_of_award(award: AwardTable, path: Path) -> Iterator[Fault]:
    if isinstance(award, ExtendTable) and not (award.days or award.months):
        yield path, "it would extend by nothing: give days or months"
    if not isinstance(award, TieredTable):
        return
    if not any(rate.points for rate in award.rates):
        yield (*path, "rates"), "none of these rates gives anything"
    for place, (lower, rate) in enumerate(zip(award.rates, award.rates[1:], strict=False), 1):
        if rate.since == lower.since:
            yield (*path, "rates", place), f"there are two rates from {rate.since} on"
        elif rate.since < lower.since:
            yield (*path, "rates", place), f"rates go up by amount: {rate.since} comes after {lower.since}"


def step(award: AwardTable) -> int:
    """How many points it gives at a time at least; 0 where it gives any number."""
    match award:
        case FixedTable() | PerUnitTable():
            return award.points
        case PerAmountTable() if award.rounding == "whole-steps":
            return award.points
        case TieredTable() if award.rounding == "whole-steps":
            return min((rate.points for rate in award.rates if rate.points), default=0)
    return 0


def faults_of_caps(table: EarnTable, path: Path) -> Iterator[Fault]:
    least = step(table.award)
    caps = [((*path, "cap"), table.cap)] if table.cap else []
    caps += [((*path, "caps", place), cap) for place, cap in enumerate(table.caps)]
    for at, cap in caps:
        if cap.of == "points" and cap.limit < least:
            yield at, f"the cap of {cap.limit} is below its step: it gives {least} at a time"
        if cap.of == "uses" and cap.every == "sale":
            yield at, "it is used once a sale anyway: cap its points, or give a longer period"
    if table.budget and table.budget.limit < least:
        yield (*path, "budget"), f"the budget of {table.budget.limit} is below its step: it gives {least} at a time"


def faults_of_occasion(table: EarnTable | ChallengeTable, path: Path, file: File) -> Iterator[Fault]:
    """What only a sale has, or only an activity."""
    if table.on == "sale":
        if table.where:
            yield (*path, "where"), "a sale says nothing of itself: `where` is for activities"
        return
    of_sales = [("goods", table.goods != GoodsTable())]
    if isinstance(table, EarnTable):
        of_sales += [("tenders", bool(table.tenders)), ("basket_minimum", bool(table.basket_minimum))]
    for key, written in of_sales:
        if written:
            yield (*path, key), f"only a sale has `{key}`, and this is for the activity `{table.on}`"
    activity = next((each for each in file.activity if each.id == table.on), None)
    if activity:
        yield from faults_of_where(table.where, activity, (*path, "where"))


def faults_of_where(where: Where, activity: ActivityTable, path: Path) -> Iterator[Fault]:
    fields = {each.id: each for each in activity.field}
    for name, values in where.items():
        if name not in fields:
            yield (*path, name), unknown("field", name, fields, "activity.field")
            continue
        for value in said(values):
            if reason := misfit(value, fields[name]):
                yield (*path, name), reason


def misfit(value: str | int | bool, field: FieldTable) -> str:
    """Why a field can never say this; empty where it can."""
    match field.kind:
        case "text" if not isinstance(value, str):
            return f"`{field.id}` is a text, and {shown(value)} is none"
        case "text" if field.choices and value not in field.choices:
            return f"`{field.id}` is never {shown(value)}; it is one of {', '.join(field.choices)}"
        case "number" if isinstance(value, bool | str):
            return f"`{field.id}` is a number, and {shown(value)} is none"
        case "number" if not field.least <= int(value) <= field.most:
            return f"`{field.id}` is never {value}; it is from {field.least} to {field.most}"
        case "yes-no" if not isinstance(value, bool):
            return f"`{field.id}` is true or false, not {shown(value)}"
    return ""


def misspelt(word: str, field: FieldTable) -> str:
    """Why a field never says this word; numbers and yes or no are spelt out. Empty where it can."""
    match field.kind:
        case "number":
            return misfit(int(word) if word.removeprefix("-").isdecimal() and len(word) < 12 else word, field)
        case "yes-no":
            return "" if word in ("yes", "no") else f"`{field.id}` is yes or no, not `{word}`"
    return misfit(word, field)


def shown(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"
