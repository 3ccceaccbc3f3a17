"""What a member's sales and returns come to, counted one after another in their canonical order: sums, and what is newest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from punchcard.foundation.clock import Instant
from punchcard.programme import AnyFact, Line, Return, Sale

from .portrait import CHANNELS_MAX, NAMES_MAX, RECENT_MAX, Bought

TIMES_MAX = 32_767


class Counts(Struct):
    """Of some first facts of a journal. `count` takes what comes after them, so that it is the same however often one
    stopped in between."""

    recent: list[tuple[Instant, int]] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    categories: dict[str, Bought] = field(default_factory=dict)
    brands: dict[str, Bought] = field(default_factory=dict)
    hours: list[int] = field(default_factory=lambda: [0] * 24)


def count(counts: Counts, facts: Sequence[AnyFact], sold: Mapping[str, Sale], zone: ZoneInfo) -> bool:
    """Count these facts in; `sold` are the sales before them by their ids. Says whether every return found its sale: where
    one did not, the whole journal is to be counted again when more has come."""
    early: dict[str, list[Return]] = {}
    at_hand = dict(sold)
    for fact in facts:
        match fact:
            case Sale():
                count_sale(counts, fact, zone)
                at_hand[fact.id] = fact
                for back in early.pop(fact.id, ()):
                    count_return(counts, back, fact)
            case Return(deal=id) if id in at_hand:
                count_return(counts, fact, at_hand[id])
            case Return(deal=id):
                early.setdefault(id, []).append(fact)
    return not early


def count_sale(counts: Counts, sale: Sale, zone: ZoneInfo) -> None:
    amount = sum(line.amount for line in sale.lines)
    if counts.recent and counts.recent[0][0] == sale.at:
        first = counts.recent[0][1] + amount
        counts.recent[:1] = [(sale.at, first), (sale.at, 0)]
    else:
        counts.recent.insert(0, (sale.at, amount))
    del counts.recent[RECENT_MAX:]
    if sale.channel and (sale.channel in counts.channels or len(counts.channels) < CHANNELS_MAX):
        counts.channels.add(sale.channel)
    hour = datetime.fromtimestamp(sale.at, zone).hour
    counts.hours[hour] = min(counts.hours[hour] + 1, TIMES_MAX)
    bought(counts.categories, sums((line.category, line.amount) for line in sale.lines), sale.at)
    bought(counts.brands, sums((line.brand, line.amount) for line in sale.lines), sale.at)


def bought(kept: dict[str, Bought], amounts: Mapping[str, int], at: Instant) -> None:
    """What was not bought for longest is forgotten first."""
    for name, amount in amounts.items():
        _, cents, times = kept.pop(name, (at, 0, 0))
        kept[name] = at, cents + amount, times + 1
    if len(kept) > NAMES_MAX:
        for name in sorted(kept, key=lambda name: (kept[name][0], name))[: len(kept) - NAMES_MAX]:
            del kept[name]


def count_return(counts: Counts, back: Return, sale: Sale) -> None:
    """A return takes the money off that was counted for its sale; that somebody was there stays."""
    gone = [
        (line, line.amount * min(pieces, line.quantity) // line.quantity if line.quantity else 0)
        for line, pieces in returned(back, sale.lines)
    ]
    amount = sum(cents for _, cents in gone)
    for place, (at, cents) in enumerate(counts.recent):
        if at == sale.at:
            counts.recent[place] = at, max(0, cents - amount)
            break
    taken_off(counts.categories, sums((line.category, cents) for line, cents in gone))
    taken_off(counts.brands, sums((line.brand, cents) for line, cents in gone))


def returned(back: Return, lines: Sequence[Line]) -> Iterable[tuple[Line, int]]:
    return ((lines[place], pieces) for place, pieces in back.quantities.items() if place < len(lines))


def taken_off(kept: dict[str, Bought], amounts: Mapping[str, int]) -> None:
    for name, amount in amounts.items():
        if name in kept:
            at, cents, times = kept[name]
            kept[name] = at, max(0, cents - amount), times


def sums(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, amount in amounts:
        if name:
            found[name] = found.get(name, 0) + amount
    return found
