"""Whether what holds for the programme as a whole makes sense: currencies, ladders, limits, activities."""

from collections.abc import Iterator

from .checks_names import Fault
from .file import File, Stand, currencies, ladders, main_currency, paid
from .lines import Path
from .tables_promises import PaidTable
from .tables_whole import CurrencyTable, Life

SHOWN = ("points", "stamps", "cashback")
"""Kinds that are earned and spent."""
OF_ONE_LADDER = ("season", "counts", "downgrade", "keeps", "grace_days", "warn_days")


def faults_of_whole(file: File) -> Iterator[Fault]:
    if file.tier and file.ladder:
        yield ("tier",), "write [[tier]], or [[ladder]] with [[ladder.tier]], not both"
    for key in OF_ONE_LADDER if file.ladder else ():
        if getattr(file.programme, key) is not None:
            yield ("programme", key), f"with [[ladder]] each of them has its own `{key}`"
    for stand in ladders(file):
        yield from faults_of_ladder(stand)
    yield from faults_of_coins(file)
    yield from faults_of_fields(file)
    for index, limit in enumerate(file.limit):
        meant, main = limit.currency or main_currency(file), main_currency(file)
        for earn in file.earn:
            if earn.id in limit.earn and (earn.currency or main) != meant:
                reason = f"`{earn.id}` gives {earn.currency or main}, which this limit of {meant} does not count"
                yield ("limit", index, "earn"), reason


def faults_of_ladder(stand: Stand) -> Iterator[Fault]:
    ladder = stand.ladder
    if not ladder.tier:
        return
    if ladder.tier[0].invited:
        yield (*stand.tiers, 0, "invited"), "the first tier is the entry: everybody is in it, nobody is invited"
    elif ladder.tier[0].threshold:
        yield (*stand.tiers, 0, "threshold"), "the first tier is the entry: its threshold is 0"
    lower = ladder.tier[0]
    for index, tier in enumerate(ladder.tier[1:], 1):
        if tier.invited:
            if tier.threshold:
                yield (*stand.tiers, index, "threshold"), "a tier that is given has no threshold"
            continue
        if tier.threshold <= lower.threshold:
            yield (*stand.tiers, index, "threshold"), f"`{tier.id}` must ask for more points than `{lower.id}`"
        lower = tier
    if ladder.currencies and ladder.counts in ("spend", "visits"):
        yield (*stand.path, "currencies"), f"a ladder that counts {ladder.counts} counts no currencies"


def faults_of_coins(file: File) -> Iterator[Fault]:
    first, *_ = known = currencies(file)
    if first[1].kind not in SHOWN:
        yield (*first[0], "kind"), f"the first currency is what a card shows: {', '.join(SHOWN)}, not {first[1].kind}"
    for path, each in known:
        if each.kind == "money" and each.value != 1:
            yield (*path, "value"), "money is worth what it says: its value is 1"
        if each.kind == "status" and each.value:
            yield (*path, "value"), "what is status counts for a tier and pays nothing: leave `value` out"
        yield from faults_of_spending(each, path, file)
        yield from faults_of_beginning(each, path, each.pending_days, each.awaits, each.awaits_days)
    usual = {each.id: each for _, each in known}
    for path, promise in paid(file):
        coin = usual.get(promise.currency or first[1].id)
        if coin:
            awaits = coin.awaits if promise.awaits is None else promise.awaits
            pending = coin.pending_days if promise.pending_days is None else promise.pending_days
            inherited = coin.awaits_days if awaits else 0
            waits = inherited if promise.awaits_days is None else promise.awaits_days
            if (promise.awaits, promise.pending_days, promise.awaits_days) != (None, None, None):
                yield from faults_of_beginning(promise, path, pending, awaits, waits)
    for path, life in lives(file):
        yield from faults_of_life(life, path)


def faults_of_spending(currency: CurrencyTable, path: Path, file: File) -> Iterator[Fault]:
    """A currency that nobody can do anything with."""
    main = main_currency(file)
    bought = any((reward.currency or main) == currency.id for reward in file.reward)
    if currency.kind == "status" and bought:
        yield (*path, "kind"), f"`{currency.id}` is status and cannot be spent, yet a [[reward]] costs it"
    if currency.value or bought or currency.kind in ("status", "money"):
        return
    at = (*path, "id") if path != ("points",) else path
    if currency.kind == "thing":
        yield at, f"nobody can fetch `{currency.id}`: write a [[reward]] that costs it"
    else:
        yield (
            at,
            (
                f"nobody can spend `{currency.id}`: write a [[reward]] that costs it, give it a `value` at tills,"
                " or make it `status`, which counts for a tier"
            ),
        )


def faults_of_beginning(
    table: CurrencyTable | PaidTable, path: Path, pending_days: int, awaits: str, awaits_days: int
) -> Iterator[Fault]:
    if awaits and pending_days:
        key = "awaits" if table.awaits else "pending_days"
        yield (*path, key), "it would wait for days and for an activity: write `pending_days` or `awaits`"
    if awaits and not awaits_days:
        key = "awaits" if table.awaits else "awaits_days"
        yield (*path, key), "it could wait for ever: say for how many `awaits_days`"
    if awaits_days and not awaits:
        yield (*path, "awaits_days"), "`awaits_days` needs an activity that it `awaits`"


def lives(file: File) -> Iterator[tuple[Path, Life]]:
    lived = [(path, each.expiry) for path, each in currencies(file)]
    for path, life in [*lived, *((path, each.expiry) for path, each in paid(file))]:
        if life:
            yield (*path, "expiry"), life


def faults_of_life(life: Life, path: Path) -> Iterator[Fault]:
    if life.rolling and (life.months or not life.days):
        yield path, "points that roll live so many `days` after the last visit: give days and no months"
    elif life.rolling and life.down:
        yield path, "points that roll are not rounded: leave `down` out"
    elif not (life.days or life.months) and (life.round in (None, "day") or life.down):
        yield path, "points would expire as soon as they are earned: give months or days"


def faults_of_fields(file: File) -> Iterator[Fault]:
    for index, activity in enumerate(file.activity):
        for place, field in enumerate(activity.field):
            path: Path = ("activity", index, "field", place)
            if field.choices and field.kind != "text":
                yield (*path, "choices"), "only a text has choices; a number has `least` and `most`"
            if field.least > field.most:
                yield (*path, "least"), f"the least, {field.least}, is more than the most, {field.most}"
