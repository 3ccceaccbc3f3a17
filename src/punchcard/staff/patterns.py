"""What looks odd on a day: a pure function of the day's rows. Nothing here says that anybody has done wrong; it says where
to look first, why, and how likely chance alone would be.

A cashier is compared with others of the same day: by the median and a spread that the odd ones do not move, or by an exact
tail (binomial, Poisson) against what the others do. `ALARM` is the chance at which a tail counts: one in a million for
each cashier, day and question."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from .chances import binomial_tail, poisson_tail, usual
from .rows import Claim, Credit, Day, Finding, Pattern, Rung, Slip, Who

ALARM = 1e-6
ONE_CARD_LEAST = 5
"""So many receipts of a cashier with one card on a day are looked at, unless more is usual among peers."""
SPREADS = 3.0
PEERS_LEAST = 4
"""With fewer colleagues at work in the shop, all cashiers of the day are the peers."""
REPEATS_LEAST, RETURNS_LEAST, SALES_LEAST = 6, 5, 20
OWN_CARD_LEAST = 3
LEFT_LEAST = 3
"""So many receipts of one shift, all claimed by one member, were left on the counter."""
CLAIMS_LEAST = 5
CREDITED_LEAST, CREDITS_LEAST = 3, 5
SHARE_LEAST, CLAIMED_LEAST, CREDITS_USUAL_LEAST = 0.01, 0.01, 0.5
PRIOR = 50.0
"""What all shops do counts like so many receipts beside what the shop's others do."""

RARE = 0.2
"""How often a good cashier does by accident what nobody should do, a day."""


class Seen(Struct, frozen=True):
    """The day by cashier: sales with a card, and how many of which kind."""

    day: Day
    carded: Mapping[Who, list[Rung]]
    kinds: Mapping[Who, Counter[str]]


def find(day: Day) -> list[Finding]:
    """Everything odd, the least likely accident first."""
    seen = seen_on(day)
    questions = (one_card, few_cards, own_card, returns, left_receipts, many_claims, credits_to_one, many_credits)
    found = [each for question in questions for each in question(seen)]
    return sorted(found, key=lambda each: (each.chance, each.shop, each.who, each.pattern))


def seen_on(day: Day) -> Seen:
    carded: dict[Who, list[Rung]] = defaultdict(list)
    kinds: dict[Who, Counter[str]] = defaultdict(Counter)
    desks = returns_desks(day.rung)
    for each in day.rung:
        who = each.shop, each.cashier
        if each.member and each.kind == "sale":
            carded[who].append(each)
        if (each.shop, each.till) not in desks:
            kinds[who][each.kind] += 1
    return Seen(day, carded, kinds)


def returns_desks(rung: Iterable[Rung]) -> set[tuple[str, str]]:
    """Tills of which more than half of the receipts are returns: they stand there for that."""
    balance: Counter[tuple[str, str]] = Counter()
    for each in rung:
        balance[each.shop, each.till] += 1 if each.kind == "return" else -1
    return {till for till, more in balance.items() if more > 0}


def one_card(seen: Seen) -> Iterator[Finding]:
    """One card on many receipts of a cashier: their own, or a friend's."""
    cards = {who: Counter(each.member for each in mine) for who, mine in seen.carded.items()}
    peaks = {who: float(max(mine.values())) for who, mine in cards.items()}
    for who, mine in cards.items():
        if peaks[who] < ONE_CARD_LEAST:
            continue
        middle, spread = usual(peers(who, peaks))
        for member, n in mine.items():
            if member and n >= ONE_CARD_LEAST and n > middle + SPREADS * spread:
                slips = slips_of(each for each in seen.carded[who] if each.member == member)
                chance = poisson_tail(n, max(middle, RARE))
                yield odd("one-card", seen, who, n, len(seen.carded[who]), middle, chance, [member], slips)


def few_cards(seen: Seen) -> Iterator[Finding]:
    """The same few cards again and again at one cashier, none of them often enough to stand out alone."""
    cards = {
        who: {member: n for member, n in Counter(each.member for each in mine).items() if n < ONE_CARD_LEAST}
        for who, mine in seen.carded.items()
    }
    counted = {who: (sum(mine.values()) - len(mine), sum(mine.values())) for who, mine in cards.items()}
    for who, (again, of) in counted.items():
        if again < REPEATS_LEAST:
            continue
        share = max(SHARE_LEAST, share_of_others(who, counted))
        chance = binomial_tail(again, of, share)
        if chance < ALARM:
            often = [member for member, n in cards[who].items() if member and n > 1]
            slips = slips_of(each for each in seen.carded[who] if each.member in often)
            yield odd("few-cards", seen, who, again, of, share * of, chance, often, slips)


def own_card(seen: Seen) -> Iterator[Finding]:
    """Tries with a cashier's own card, all of them refused."""
    times: Counter[Who] = Counter()
    holders: dict[Who, set[UUID]] = defaultdict(set)
    for each in seen.day.tried:
        times[each.shop, each.cashier] += each.times
        holders[each.shop, each.cashier].add(each.member)
    for who, n in times.items():
        if n >= OWN_CARD_LEAST:
            yield odd("own-card-tried", seen, who, n, n, 0, poisson_tail(n, RARE), sorted(holders[who]))


def returns(seen: Seen) -> Iterator[Finding]:
    """More comes back at one cashier than at others of the shop; tills that take returns only are left out."""
    counted = {who: (kinds["return"], kinds.total()) for who, kinds in seen.kinds.items()}
    for who, (back, of) in counted.items():
        if back < RETURNS_LEAST or of - back < SALES_LEAST:
            continue
        share = max(SHARE_LEAST, share_of_others(who, counted))
        chance = binomial_tail(back, of, share)
        if chance < ALARM:
            mine = [each for each in seen.day.rung if (each.shop, each.cashier) == who and each.kind == "return"]
            yield odd("returns", seen, who, back, of, share * of, chance, slips=slips_of(mine))


def left_receipts(seen: Seen) -> Iterator[Finding]:
    """Several receipts of one cashier's day, claimed by one member: left on the counter, perhaps, and picked up."""
    claimed: dict[tuple[str, str, UUID, str], list[Claim]] = defaultdict(list)
    for each in seen.day.claims:
        claimed[each.shop, each.cashier, each.member, each.day].append(each)
    for (shop, cashier, member, _), mine in claimed.items():
        if len(mine) >= LEFT_LEAST and any(each.today for each in mine):
            chance = poisson_tail(len(mine), RARE)
            yield odd("left-receipts", seen, (shop, cashier), len(mine), len(mine), 0, chance, [member], slips_of(mine))


def many_claims(seen: Seen) -> Iterator[Finding]:
    """More receipts of one cashier are claimed later than of others, by whomever."""
    today: dict[Who, list[Claim]] = defaultdict(list)
    for each in seen.day.claims:
        if each.today:
            today[each.shop, each.cashier].append(each)
    guests = {who: kinds["guest"] for who, kinds in seen.kinds.items()}
    for who, mine in today.items():
        if len(mine) < CLAIMS_LEAST:
            continue
        others = sum(map(len, today.values())) - len(mine), sum(guests.values()) - guests.get(who, 0)
        share = max(CLAIMED_LEAST, others[0] / others[1] if others[1] else 0)
        mean = share * max(guests.get(who, 0), PRIOR)
        chance = poisson_tail(len(mine), mean)
        if chance < ALARM:
            members = sorted({each.member for each in mine})
            yield odd("many-claims", seen, who, len(mine), guests.get(who, 0), mean, chance, members, slips_of(mine))


def credits_to_one(seen: Seen) -> Iterator[Finding]:
    """One operator gives one member points by hand again and again within a week."""
    given: dict[tuple[str, UUID], list[Credit]] = defaultdict(list)
    for each in seen.day.credits:
        given[each.operator, each.member].append(each)
    for (operator, member), mine in given.items():
        if len(mine) >= CREDITED_LEAST and any(each.today for each in mine):
            slips = [Slip(each.id) for each in mine]
            points, chance = sum(each.points for each in mine), poisson_tail(len(mine), RARE)
            yield odd("credits-to-one", seen, ("", operator), len(mine), points, 1, chance, [member], slips)


def many_credits(seen: Seen) -> Iterator[Finding]:
    """One operator gives points by hand far more often than the others."""
    today: dict[Who, list[Credit]] = {("", each.operator): [] for each in seen.day.credits}
    for each in seen.day.credits:
        if each.today:
            today["", each.operator].append(each)
    counts = {who: float(len(mine)) for who, mine in today.items()}
    for who, mine in today.items():
        mean = max(CREDITS_USUAL_LEAST, usual(peers(who, counts))[0])
        chance = poisson_tail(len(mine), mean)
        if len(mine) >= CREDITS_LEAST and chance < ALARM:
            points, members = sum(each.points for each in mine), sorted({each.member for each in mine})
            yield odd(
                "many-credits", seen, who, len(mine), points, mean, chance, members, [Slip(each.id) for each in mine]
            )


def peers(who: Who, values: Mapping[Who, float]) -> list[float]:
    """What the others of the shop do that day; where they are few, what everybody else does."""
    near = [each for other, each in values.items() if other[0] == who[0] and other != who]
    return near if len(near) >= PEERS_LEAST else [each for other, each in values.items() if other != who]


def share_of_others(who: Who, counted: Mapping[Who, tuple[int, int]]) -> float:
    """So many out of so many at the others of the shop, drawn towards all other shops' share where they are few."""
    near = [each for other, each in counted.items() if other[0] == who[0] and other != who]
    every = [each for other, each in counted.items() if other != who]
    common = sum(some for some, _ in every) / max(1, sum(of for _, of in every))
    return (sum(some for some, _ in near) + PRIOR * common) / (sum(of for _, of in near) + PRIOR)


def slips_of(rows: Iterable[Rung | Claim]) -> list[Slip]:
    return [Slip(each.fact, each.till, each.number) for each in rows]


def odd(
    pattern: Pattern,
    seen: Seen,
    who: Who,
    n: int,
    of: int,
    middle: float,
    chance: float,
    members: Sequence[UUID] = (),
    slips: Sequence[Slip] = (),
) -> Finding:
    return Finding(
        pattern=pattern,
        day=seen.day.day,
        shop=who[0],
        who=who[1],
        n=n,
        of=of,
        usual=round(middle, 2),
        chance=chance,
        members=list(members),
        slips=list(slips),
    )
