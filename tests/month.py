"""A month of members all over the world, offers, sales and changed minds, with phones and cards that write down what they
were shown. Offers, campaign and arbiter are the house's own; what members hold in their hands is here."""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from punchcard import offers, partners, push
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import Due, Settled, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.members import operations as preferring
from punchcard.offers.model import Budget, Limits
from punchcard.partners import operations
from punchcard.programme import NEVER
from punchcard.reactions import REACTIONS
from punchcard.segments import All, Profile
from tests.almond import publish, settle
from tests.doubles import SENT, Outside
from tests.test_offers import COFFEE
from tests.test_push_arbiter import instant

BEGINS = instant("2026-10-20T00:00")
"""Clocks go back in Europe and Israel on the 25th, in America on the first of November."""
DAYS = 30
ZONES = (
    "UTC", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Kyiv",
    "Europe/Moscow", "Europe/Istanbul", "Europe/Chisinau", "Asia/Jerusalem", "Asia/Gaza", "Asia/Beirut", "Africa/Cairo",
    "Africa/Lagos", "Africa/Nairobi", "Africa/Casablanca", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Shanghai", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Adelaide", "Australia/Sydney",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Apia", "Pacific/Honolulu", "America/Anchorage",
    "America/Los_Angeles", "America/Phoenix", "America/New_York", "America/Havana", "America/Sao_Paulo", "America/St_Johns",
    "Atlantic/Azores",
)  # fmt: skip
SHOP = partners.Shop("nola-port", "nola", "Port", "Asia/Jerusalem", 0, 32.0, 34.7)
HOURS = partners.Hours(week=(((7 * 60, 22 * 60),),) * 6 + (((9 * 60, 14 * 60),),))
NEAR, FAR = (320_500, 347_000), (330_000, 347_000)
"""Five kilometres and more than a hundred from the shop, in 1e-4 degrees."""
TOPICS, LANGUAGES = ("offers", "flash", "news"), ("en", "he", "ar", "ru")
STEP_SECONDS = 5 * MINUTE
"""So long the worker takes at most to come round."""
OURS = ("push.announce", "push.campaign")


class Said(Struct, frozen=True):
    """What a member wants, from an instant on."""

    at: Instant
    consent: bool
    quiet: tuple[int, int]
    a_week: int
    muted: frozenset[str]


class Heard(Struct, frozen=True):
    """What somebody was shown, and on what: it made a sound."""

    who: UUID
    at: Instant
    id: str
    on: str
    title: str


class Life(Struct):
    """A member as they know themselves."""

    id: UUID
    zone: str
    said: list[Said]
    languages: tuple[str, ...]
    has_phone: bool
    has_card: bool
    is_near: list[tuple[Instant, bool]] = field(default_factory=list)
    rang_at: list[Instant] = field(default_factory=list)

    def wants(self, at: Instant) -> Said:
        return [each for each in self.said if each.at <= at][-1]


class Deal(Struct):
    """An offer as its merchant knows it."""

    offer: offers.Offer
    ends: Instant
    sold_out: Instant | None = None
    paused: tuple[Instant, Instant] | None = None
    used: dict[UUID, Instant] = field(default_factory=dict)


class Phones:
    """Firebase, with the phones behind it: most of them answer."""

    def __init__(self, month: "Month"):
        self.month = month

    async def send(self, message: bytes) -> Answer:
        said = json.loads(message)["message"]
        if self.month.dice.random() < 0.03:
            return Answer(Outcome.LATER, 503, "UNAVAILABLE", self.month.dice.choice([30, HOUR]))
        who = UUID(said["fid"].removeprefix("fid-"))
        self.month.hear(who, said["data"]["message"], "phone", said["notification"]["title"])
        return SENT

    async def close(self) -> None: ...


class Month:
    def __init__(self, db: Connection, database: Database, people: int, deals: int, seed: int):
        self.db, self.dice, self.at = db, random.Random(seed), BEGINS
        self.counts = people, deals
        settings = Settings(fcm_per_second=1e9, messages_a_day=1, messages_a_week=4)
        self.world: World = replace(Outside(database, settings).world, fcm=Phones(self))
        self.lives: dict[UUID, Life] = {}
        self.deals: dict[str, Deal] = {}
        self.heard: list[Heard] = []

    def hear(self, who: UUID, id: str, on: str, title: str = "") -> None:
        self.heard.append(Heard(who, self.at, id, on, title))

    async def begin(self) -> None:
        """The shop, everybody who lives, and all that is to happen."""
        news.install(REACTIONS)
        await publish(self.db)
        await partners.add_partner(self.db, partners.Partner("nola", {"en": "Nola"}, 150, 0.1))
        await partners.add_shop(self.db, SHOP)
        await operations.set_hours(self.db, SHOP.id, HOURS)
        for _ in range(self.counts[0]):
            await self.be_born()
        for number in range(self.counts[1]):
            deal = self.deal(f"deal-{number}")
            self.deals[deal.offer.id] = deal
            await offers.publish(self.db, deal.offer, BEGINS)

    async def be_born(self) -> None:
        dice, zone = self.dice, ZONES[len(self.lives) % len(ZONES)]
        who = await settle(self.db, Profile(tier="bud", consents=frozenset({"location"})))
        life = Life(who, zone, [], tuple(dice.sample(LANGUAGES, 2)), dice.random() < 0.6, dice.random() < 0.5)
        self.lives[who] = life
        await self.db.execute(
            "update member set zone = $2, languages = $3 where member_id = $1", who, zone, list(life.languages)
        )
        await self.say(life, BEGINS)
        if life.has_phone:
            phone = push.Phone("pixel", "fid", f"fid-{who}", "android", "en", zone, BEGINS)
            await push.register(self.db, who, phone)

    async def say(self, life: Life, at: Instant) -> None:
        """What they want from now on."""
        dice = self.dice
        night = dice.choice(
            [(22 * 60, 8 * 60), (dice.randrange(1440), dice.randrange(1440)), (0, 0), (21 * 60, 10 * 60)]
        )
        muted = frozenset(dice.sample([*TOPICS, "tiers"], dice.choice([0, 0, 0, 1])))
        life.said.append(Said(at, dice.random() < 0.85, night, dice.choice([0, 1, 2, 3, 5, 50]), muted))
        said = life.said[-1]
        consents = {"marketing": said.consent, "location": True}
        await preferring.change_preferences(self.db, life.id, said.quiet, consents, said.a_week, at, None, list(muted))

    def deal(self, id: str) -> Deal:
        """An offer at any hour, for an hour or for days."""
        dice = self.dice
        since = BEGINS + dice.randrange(HOUR, (DAYS - 5) * DAY)
        until = since + dice.choice([HOUR, 3 * HOUR, 12 * HOUR, 2 * DAY, 4 * DAY])
        made = replace(
            COFFEE,
            id=id,
            since=since,
            until=until,
            audience=All(),
            name={language: f"{id} {language}" for language in LANGUAGES},
            topic=dice.choice(TOPICS),
            hold_out=dice.choice([0, 0, 20]),
            limits=Limits(uses=dice.choice([0, 1])),
            budget=Budget(units=1000),
            channels=dice.choice([("push", "pass", "app"), ("push", "pass", "app"), ("push", "app"), ("pass", "app")]),
            send=dice.choice(["now", "now", "likely-hour"]),
            pace_an_hour=dice.choice([0, 0, 200]),
        )
        return Deal(made, until)

    def plan(self) -> list[tuple[Instant, Any, Any]]:
        """What people and merchants do, and when: (instant, what, to whom or what)."""
        dice, plan = self.dice, list[tuple[Instant, Any, Any]]()
        for deal in self.deals.values():
            since, until = deal.offer.since, deal.offer.until
            within = [since + dice.randrange(2 * MINUTE, until - since) for _ in range(4)]
            plan += [(dice.choice(within), self.use, deal) for _ in range(self.counts[0] // 4)]
            what = dice.choice([self.sell_out, self.stop, self.pause, None, None])
            plan += [(within[0], what, deal)] if what else []
        for life in self.lives.values():
            days = [BEGINS + dice.randrange(DAYS * DAY) for _ in range(5)]
            plan += [(days[0], self.change_mind, life), (days[1], self.go, life), (days[2], self.go, life)]
            plan += [(days[3], self.reach_tier, life), (days[4], self.move_points, life)]
        return sorted(plan, key=lambda each: each[0])

    async def change_mind(self, life: Life) -> None:
        await self.say(life, self.at)

    async def go(self, life: Life) -> None:
        near = self.dice.random() < 0.5
        life.is_near.append((self.at, near))
        place = NEAR if near else FAR
        await self.db.execute("delete from place where member_id = $1", life.id)
        await self.db.execute(
            "insert into place (member_id, at, lat, lon) values ($1, $2, $3, $4)", life.id, self.at, *place
        )

    async def use(self, deal: Deal) -> None:
        who = self.dice.choice(list(self.lives))
        payload = {"fact": f"{deal.offer.id}-{who}", "term": deal.offer.id, "points": 10, "at": self.at}
        await offers.settle(self.world, [Task(who, "offers.used", "", 1, 0, payload)], self.at)
        deal.used.setdefault(who, self.at)

    async def sell_out(self, deal: Deal) -> None:
        deal.sold_out = self.at
        await self.db.execute(
            """
            insert into budget (term, until, ceiling, taken) values ($1, $2, $3, $3)
                on conflict (term, until) do update set taken = excluded.taken
            """,
            f"{deal.offer.id}/units",
            NEVER,
            deal.offer.budget.units,
        )

    async def pause(self, deal: Deal) -> None:
        deal.paused = (self.at, self.at + 2 * HOUR)
        await self.turn("update offer_round set paused_at = $2 where offer_id = $1", deal)

    async def turn(self, statement: str, deal: Deal) -> None:
        await self.db.execute(statement, deal.offer.id, self.at)

    async def stop(self, deal: Deal) -> None:
        deal.ends = min(deal.ends, self.at)
        await offers.stop(self.db, deal.offer.id, self.at)

    async def reach_tier(self, life: Life) -> None:
        payload = {"kind": "tier", "subject": "blossom"}
        await outbox.put(self.db, life.id, [Due("push.announce", "tier:blossom:1", payload=payload)], self.at)

    async def move_points(self, life: Life) -> None:
        await self.ring(life, moved=True)

    async def live(self) -> None:
        """Until everything has happened, and a week longer."""
        plan = self.plan()
        while self.at < BEGINS + (DAYS + 7) * DAY:
            while plan and plan[0][0] <= self.at:
                _, what, whom = plan.pop(0)
                await what(whom)
            for deal in self.deals.values():
                if deal.paused and deal.paused[1] <= self.at:
                    await self.turn(
                        "update offer_round set paused_at = null where offer_id = $1 and paused_at < $2", deal
                    )
            await offers.open_due(self.world.database, self.at)
            await self.work()
            self.at = max(self.at + STEP_SECONDS, await self.next_at([each[0] for each in plan[:1]]))

    async def next_at(self, planned: Sequence[Instant]) -> Instant:
        """When something is to be done next."""
        due: Instant | None = await self.db.fetchval(
            "select min(due_at) from outbox where reaction = any($1::text[])", OURS
        )
        opens = [deal.offer.since for deal in self.deals.values() if deal.offer.since > self.at]
        resumed = [deal.paused[1] for deal in self.deals.values() if deal.paused and deal.paused[1] > self.at]
        return min([*planned, *opens, *resumed, *([due] if due else []), BEGINS + (DAYS + 7) * DAY])

    async def work(self) -> None:
        """What a worker does: pages and messages as the house does it, cards as these members hold them."""
        while tasks := await outbox.due(self.db, range(BUCKETS), self.at):
            settled: list[Settled] = []
            by_name: dict[str, list[Task]] = defaultdict(list)
            for task in tasks:
                by_name[task.reaction].append(task)
            settled += await push.announce(self.world, by_name.pop("push.announce", []), self.at, self.cards)
            settled += await push.campaign.decide(self.world, by_name.pop("push.campaign", []), self.at, self.cards)
            for task in by_name.pop("passes.google", []):
                await self.ring(self.lives[task.member_id])
                settled.append(outbox.Done(task))
            settled += [outbox.Done(task) for rest in by_name.values() for task in rest]
            await outbox.settle(self.db, settled, self.at)

    async def cards(self, db: Connection, settings: Settings, whom: Sequence[UUID], at: Instant) -> dict[UUID, int]:
        """Who of them holds a card, and how often it may still ring today."""
        return {who: self.rings_left(self.lives[who]) for who in whom if self.lives[who].has_card}

    def rings_left(self, life: Life) -> int:
        return 3 - len([each for each in life.rang_at if each > self.at - DAY])

    async def ring(self, life: Life, moved: bool = False) -> None:
        """The card at Google changes, and rings for what is new to it and may ring."""
        if not life.has_card:
            return
        may = (await push.rings(self.world, self.db, [life.id], self.at))[life.id]
        known = {each.id for each in self.heard if each.who == life.id and each.on == "card"}
        fresh = sorted(may - known - {"points"}) + (["points"] if moved and "points" in may else [])
        for each in fresh[: self.rings_left(life)]:
            life.rang_at.append(self.at)
            self.hear(life.id, each, "card")
