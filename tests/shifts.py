"""A month at a hundred shops, drawn by chance: cashiers and their regulars, a few who harvest points, and who was caught.

Good ones are given what looks odd in life: regulars who come twice or thrice a day and have their favourite cashier, busy and
idle shops, shops that give more back than others, somebody who claims a week's receipts in one evening, cashiers who once
forget whose card they hold, operators who have a bad day to make good."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard.staff.patterns import find
from punchcard.staff.rows import Claim, Credit, Day, Rung, Tried

FIRST = date(2026, 3, 1)
BAD_PERCENT = 1
WAYS = ("one-card", "own-card", "few-cards", "left-receipts", "returns")
"""What a bad cashier does, each on most shifts from some day on."""
OPERATORS = 25
Row = TypeVar("Row", Claim, Credit)


class Cashier(Struct):
    """Somebody at the tills. `way`: how they cheat from day `begins` on, if they do."""

    name: str
    shop: str
    card: UUID
    friends: list[UUID]
    way: str = ""
    begins: int = 0


class Caught(Struct):
    """How a month ended: people by name; `late`: bad ones who were not in the report of the first day or the next."""

    bad: int
    late: list[str]
    good: int
    flagged: list[str]
    """Good ones who ever were in a report, with why."""


class Month:
    def __init__(self, seed: int, shops: int = 100, days: int = 30):
        self.chance = random.Random(seed)
        self.days = days
        self.crews = {f"shop-{n}": self.crew(f"shop-{n}") for n in range(shops)}
        people = [each for crew in self.crews.values() for each in crew]
        for n, each in enumerate(self.chance.sample(people, max(1, len(people) * BAD_PERCENT // 100))):
            each.way, each.begins = WAYS[n % len(WAYS)], self.chance.randrange(days - 5)
        self.regulars = {shop: self.guests_of(shop) for shop in self.crews}
        self.back = {shop: self.chance.uniform(0.005, 0.03) for shop in self.crews}
        self.greedy, self.since = f"operator-{self.chance.randrange(OPERATORS)}", self.chance.randrange(days - 5)
        self.friend = self.someone()
        self.first: dict[str, int] = {}
        self.number = 0
        self.claims: list[tuple[int, Claim]] = []
        self.credits: list[tuple[int, Credit]] = []

    def someone(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def crew(self, shop: str) -> list[Cashier]:
        return [
            Cashier(f"{shop}/{n}", shop, self.someone(), [self.someone() for _ in range(8)])
            for n in range(self.chance.randint(4, 8))
        ]

    def guests_of(self, shop: str) -> tuple[list[UUID], list[float]]:
        """The shop's members and how often they come: most seldom, a few twice a day."""
        members = [self.someone() for _ in range(self.chance.randint(150, 400))]
        return members, [min(2.5, self.chance.paretovariate(1.3) / 20) for _ in members]

    def day(self, n: int) -> Day:
        rung: list[Rung] = []
        tried: list[Tried] = []
        for shop, crew in self.crews.items():
            on = [each for each in crew if self.chance.random() < 0.65] or crew[:1]
            today: list[Rung] = []
            for each in on:
                today += self.shift(each, n)
                tried += self.own_card(each, n)
            today += self.regular_visits(shop, on)
            self.claims += self.claimed(today, n)
            rung += today
        self.credits += self.by_hand(n)
        return Day(
            (FIRST + timedelta(days=n)).isoformat(),
            rung=rung,
            tried=tried,
            claims=[marked(each, day == n) for day, each in self.claims if n - 6 <= day <= n],
            credits=[marked(each, day == n) for day, each in self.credits if n - 6 <= day <= n],
        )

    def slip(self, who: Cashier, kind: str, member: UUID | None = None) -> Rung:
        self.number += 1
        return Rung(who.shop, f"{who.shop}/till", str(self.number), str(self.number), kind, who.name, member)

    def cheats(self, who: Cashier, way: str, n: int) -> bool:
        if who.way != way or n < who.begins or self.chance.random() > 0.8:
            return False
        self.first.setdefault(who.name, n)
        return True

    def shift(self, who: Cashier, n: int) -> list[Rung]:
        """People without a card, what comes back, and what a bad one adds."""
        mine = [self.slip(who, "guest") for _ in range(self.chance.randint(15, 60))]
        rate = self.back[who.shop]
        mine += [self.slip(who, "return") for _ in mine if self.chance.random() < 2 * rate]
        if self.cheats(who, "one-card", n):
            card = who.card if who.begins % 2 else who.friends[0]
            mine += [self.slip(who, "sale", card) for _ in range(self.chance.randint(5, 8))]
        if self.cheats(who, "few-cards", n):
            mine += [self.slip(who, "sale", each) for each in who.friends for _ in range(4)]
        if self.cheats(who, "returns", n):
            mine += [self.slip(who, "return") for _ in range(self.chance.randint(12, 20))]
        if self.cheats(who, "left-receipts", n):
            for each in self.chance.sample([each for each in mine if each.kind == "guest"], 5):
                self.claims.append((n, self.claim(each, who.friends[0], n)))
        return mine

    def own_card(self, who: Cashier, n: int) -> Iterator[Tried]:
        """Linked cards are refused; a good one tries by mistake, too, now and then."""
        if self.cheats(who, "own-card", n):
            yield Tried(who.shop, "till", who.name, who.card, self.chance.randint(5, 8))
        elif not who.way and self.chance.random() < 0.005:
            yield Tried(who.shop, "till", who.name, who.card, self.chance.choice([1, 1, 1, 2]))

    def regular_visits(self, shop: str, on: list[Cashier]) -> list[Rung]:
        members, rates = self.regulars[shop]
        visits: list[Rung] = []
        for member, rate in zip(members, rates, strict=True):
            if self.chance.random() < rate:
                favourite = on[member.int % len(on)]
                for _ in range(1 + (self.chance.random() < rate / 2) + (self.chance.random() < rate / 4)):
                    who = favourite if self.chance.random() < 0.6 else self.chance.choice(on)
                    visits.append(self.slip(who, "sale", member))
        for each in self.crews[shop]:  # they buy their own lunch, at a colleague's
            colleagues = [other for other in on if other is not each]
            if colleagues and self.chance.random() < 0.4:
                visits.append(self.slip(self.chance.choice(colleagues), "sale", each.card))
        return visits

    def claim(self, slip: Rung, member: UUID, n: int) -> Claim:
        day = (FIRST + timedelta(days=n)).isoformat()
        return Claim(slip.shop, slip.till, slip.number, slip.fact, slip.cashier, member, day)

    def claimed(self, today: list[Rung], n: int) -> Iterator[tuple[int, Claim]]:
        """One receipt in seventy is claimed within days; some people claim a second one of the same day with it."""
        for each in today:
            if each.kind == "guest" and self.chance.random() < 1 / 70:
                member, when = self.someone(), n + int(self.chance.expovariate(0.7))
                yield when, self.claim(each, member, n)
                if self.chance.random() < 0.1:
                    yield when, self.claim(self.chance.choice(today), member, n)

    def by_hand(self, n: int) -> Iterator[tuple[int, Credit]]:
        for each in (f"operator-{k}" for k in range(OPERATORS)):
            for _ in range(sum(self.chance.random() < 0.2 for _ in range(6))):
                member = self.someone()
                yield n, Credit(each, member, self.chance.randint(20, 300), "")
                if self.chance.random() < 0.05:  # and made good once more
                    yield n + self.chance.randint(0, 3), Credit(each, member, self.chance.randint(20, 300), "")
        if n >= self.since and self.chance.random() < 0.7:
            self.first.setdefault(self.greedy, n)
            for _ in range(self.chance.randint(3, 6)):
                yield n, Credit(self.greedy, self.friend, self.chance.randint(300, 500), "")

    def judged(self) -> Caught:
        """Play the month, read every morning's report, and see who stood in it."""
        reports: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for n in range(self.days):
            for each in find(self.day(n)):
                reports[each.who].append((n, each.pattern))
        late = [
            f"{who}: {n}, {reports[who]}"
            for who, n in self.first.items()
            if not any(n <= day <= n + 1 for day, _ in reports[who])
        ]
        bad = {each.name for crew in self.crews.values() for each in crew if each.way} | {self.greedy}
        good = sum(map(len, self.crews.values())) + OPERATORS - len(bad)
        flagged = [f"{who}: {why}" for who, why in reports.items() if who not in bad]
        return Caught(len(self.first), late, good, flagged)


def marked(row: Row, today: bool) -> Row:
    return row if row.today == today else replace(row, today=today)
