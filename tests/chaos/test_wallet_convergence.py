"""Thirty members, their iPhones and Androids, two workers and a bad line to Apple and Google: when the weather clears, every
wallet shows what the journal says, none ever went back, and nobody was called more often than allowed.

What the stand-ins lost is repaired by the house's own clock, which the story runs ahead. Each mutant loses, reorders or
forgets something that this must notice."""

import asyncio
import itertools
import random
import time
from bisect import bisect
from collections import Counter
from contextlib import suppress
from uuid import UUID

import httpx
import pytest

from punchcard import offers
from punchcard.demo.offer import draft
from punchcard.demo.people import Caller, TillApp, Unexpected
from punchcard.demo.stage import Stage
from punchcard.demo.town import Town
from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.foundation.database import Database
from punchcard.sandbox.iphone import IPhone
from tests.chaos.ground import audit, chance, ground, rounds, until
from tests.chaos.test_workers import daytime
from tests.chaos.wallets import Holder, Phone, points_on, tier_on
from tests.chaos.weather import Courier, Lag, Log, StormyWallet, watched_lag
from tests.mutants.copies import Mutant

MEMBERS, STORM_SECONDS, CALM_SECONDS_MAX = 30, 25.0, 60.0
FEW, SHORT_SECONDS, SOON_SECONDS = 8, 4.0, 25.0
JOIN_AT_ONCE, HURRIED_AT_ONCE = 5, 3
TIERS = ("Bud", "Blossom", "Orchard")
ON_ITS_WAY_SECONDS = 5.0
"""So long after a phone left a push to it may still have been on its way through the house."""
GOOGLE_A_SECOND_MAX, HOUSE_A_SECOND = 20, 18
RINGS_A_DAY_MAX, DAY = 3, 24 * HOUR
REPAIR_ROUNDS = 4

SPY = """
create table spy (serial uuid, device text, what text);
create function spy_stamp() returns trigger language plpgsql as
    $$ begin insert into spy values (new.serial, '', 'stamp'); return null; end $$;
create function spy_again() returns trigger language plpgsql as
    $$ begin insert into spy values (split_part(new.key, ':', 2)::uuid, split_part(new.key, ':', 3), 'again'); return null; end $$;
create trigger spy after update of tag on apple_pass for each row when (old.tag <> new.tag) execute function spy_stamp();
create trigger spy after insert or update of version on outbox for each row
    when (new.reaction = 'passes.apple' and new.key like 'again:%') execute function spy_again();
"""
"""Counts what entitles to pushes, beside the house."""

DATES_STAND_STILL = Mutant(
    "two versions within a second bear one date, and the later is answered with 304",
    "passes/apple/versions_sql.py",
    "               set tag = tagged.tag, last_modified = greatest(last_modified + interval '1 second', $3::timestamptz)\n",
    "               set tag = tagged.tag, last_modified = greatest(last_modified, $3::timestamptz)\n",
)
TAGS_OUT_OF_ORDER = Mutant(
    "the list names the oldest of its tags as the newest",
    "passes/apple/sql.py",
    "         where device_hash = any($1::bytea[]) order by pass.tag, pass.serial\n",
    "         where device_hash = any($1::bytea[]) order by pass.tag desc, pass.serial\n",
)
LATER_IS_NEVER = Mutant(
    "a push that Apple could not take now is done with",
    "passes/apple/notify.py",
    "                return NotBefore(task, at + (answer.after_seconds or outage.wait_seconds()))\n",
    "                return Done(task)\n",
)
OLDER_WINS = Mutant(
    "of two writers at Google the one who came last says nothing",
    "passes/google/sending.py",
    """\
            if not await sql.sent(db, card, render.without_key(change.body), someone, recent, at):
                await sql.unknown(db, card.member_id)
                return Again(task, "another writer came between", 1)
""",
    """\
            await sql.sent(db, card, render.without_key(change.body), someone, recent, at)
""",
)


async def test_every_wallet_ends_with_what_the_journal_says_and_none_goes_back() -> None:
    for _ in range(rounds(1)):
        await lived(MEMBERS, STORM_SECONDS, CALM_SECONDS_MAX, chance())


@pytest.mark.parametrize(
    ("mutant", "said"),
    [
        (DATES_STAND_STILL, "iPhone"),
        (TAGS_OUT_OF_ORDER, "asks once more"),
        (LATER_IS_NEVER, "iPhone"),
        (OLDER_WINS, "Google"),
    ],
    ids=lambda each: each.name if isinstance(each, Mutant) else "",
)
async def test_a_house_that_loses_a_change_is_found(mutant: Mutant, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        await lived(FEW, SHORT_SECONDS, SOON_SECONDS, chance(), mutant)


async def lived(members: int, storm: float, calm: float, dice: random.Random, mutant: Mutant | None = None) -> None:
    began = time.monotonic()
    async with ground(mutant, workers=2) as (stage, keys, database), httpx.AsyncClient(timeout=30) as http:
        daytime(stage)
        async with database.transaction() as db:
            await db.execute(SPY)
        with watched_lag() as lag:
            street = Street(stage, keys, database, http, dice, lag)
            try:
                await street.move_in(members)
                joined = time.monotonic()
                await street.storm(storm)
                await street.last_changes()
                street.clear_up()
                cleared = time.monotonic()
                await street.calm(calm)
                quiet = time.monotonic()
                repaired = await street.repaired()
                await street.judged()
                await audit(stage)
            finally:
                await street.close()
    print(
        f"{members} members with {len(street.phones)} iPhones: {street.happened}; all that lost no push right "
        f"{quiet - cleared:.1f} s after the weather cleared, {street.missed} phones missed some, right after {repaired} "
        f"rounds of repair; {len(street.google.came)} calls to Google, {len(stage.apns.requests)} pushes; "
        f"joining {joined - began:.0f} s, all {time.monotonic() - began:.0f} s",
        flush=True,
    )


class Street:
    """Who lives here, what befalls them, and what must be true in the end."""

    def __init__(
        self, stage: Stage, keys: Town, database: Database, http: httpx.AsyncClient, dice: random.Random, lag: Lag
    ):
        self.stage, self.database, self.http, self.dice, self.lag = stage, database, http, dice, lag
        self.rayhan, self.nola = (TillApp(stage.url, keys.till_keys[name]) for name in ("rayhan", "nola"))
        self.operator = Caller(stage.url, keys.operator_key)
        self.courier = stage.apns.delivery = Courier(chance=random.Random(dice.random()))
        self.google = stage.google.wallet = StormyWallet(stage.google.wallet, random.Random(dice.random()))
        stage.apns.requests = Log()
        self.holders: list[Holder] = []
        self.phones: list[Phone] = []
        self.shared: list[Phone] = []
        """Each holds the cards of two members."""
        self.happened: Counter[str] = Counter()
        self.kills = 0
        self.is_over = False

    @property
    def missed(self) -> int:
        return sum(phone.missed > 0 for phone in self.phones)

    @property
    def askers(self) -> list[Holder]:
        """They ask for Google's link again and again, and save nothing."""
        return [holder for holder in self.holders if holder.android is None]

    # What befalls them

    async def move_in(self, members: int) -> None:
        """Every fifth has three iPhones, two of five have two, and every fifth only asks for Google's link; each second
        neighbour's phone is shared."""
        self.holders = [Holder(self.stage, number) for number in range(members)]
        for first in range(0, members, JOIN_AT_ONCE):
            some = self.holders[first : first + JOIN_AT_ONCE]
            await asyncio.gather(*(self.moves_in(holder) for holder in some))
        for one, other in itertools.pairwise(self.holders[::4]):
            self.shared.append(one.phones[0])
            other.phones.append(one.phones[0])
            await one.phones[0].add_from((await other.app.get("/me/wallets"))["apple"])
        now = self.stage.clock.now()
        await self.operator.put("/console/offers/short-x2", draft(now + 1, now + 10 * MINUTE))
        await self.operator.put("/console/offers/long-x2", draft(now + 1, now + 8 * HOUR))
        for holder in self.holders[::3]:
            await holder.shop(self.rayhan, 600_00)

    async def moves_in(self, holder: Holder) -> None:
        phones = [Phone(self.stage, self.http) for _ in range((1, 2, 1, 3, 2)[holder.number % 5])]
        self.phones += phones
        await holder.join(phones, saves=holder.number % 5 != 4)

    async def storm(self, seconds: float) -> None:
        self.courier.lost, self.courier.repeated, self.courier.overtaken = 0.05, 0.2, 0.2
        self.courier.late_seconds_max = 0.3
        self.google.late_seconds_max, self.google.unanswered, self.google.away = 0.25, 0.05, 0.05
        careful = [holder for holder in self.holders if holder.android and not set(holder.phones) & set(self.shared)]
        doing = (self.selling(), self.selling(), self.asking(), self.whims(careful[::2]), self.whims(careful[1::2]))
        tasks = [asyncio.create_task(each) for each in doing]
        troubles = [self.kill, self.too_fast, self.outage, self.offer_ends, self.quota]
        self.dice.shuffle(troubles)
        for trouble in troubles:
            await asyncio.sleep(seconds / (len(troubles) + 1))
            await trouble()
        await asyncio.sleep(seconds / (len(troubles) + 1))
        self.is_over = True
        await asyncio.gather(*tasks)

    async def selling(self) -> None:
        while not self.is_over:
            holder = self.dice.choice(self.holders)
            for _ in range(self.dice.randrange(1, 4)):
                await self.sell(holder)

    async def sell(self, holder: Holder) -> None:
        try:
            await holder.shop(self.rayhan, self.dice.randrange(10_00, 60_00))
        except Unexpected as refused:
            if "card-replaced" not in str(refused):
                raise
        self.happened["sales"] += 1

    async def asking(self) -> None:
        while not self.is_over:
            holder = self.dice.choice(self.askers)
            await asyncio.gather(self.sell(holder), holder.app.get("/me/wallets"))

    async def whims(self, careful: list[Holder]) -> None:
        """One after the other, so that nobody does two things at once."""
        for number in itertools.count(self.dice.randrange(8)):
            if self.is_over:
                return
            holder = self.dice.choice(careful)
            phone = self.dice.choice(holder.phones)
            whim = ("address", "off", "claim", "use", "void", "leave", "off", "claim")[number % 8]
            self.happened[whim] += 1
            match whim:
                case "address":
                    await phone.renew_address()
                case "off":
                    await phone.switch_off()
                    await asyncio.sleep(self.dice.uniform(0.2, 1))
                    phone.switch_on()
                case "claim":
                    await self.dice.choice([each for each in self.holders[::3] if each in careful] or careful).claim()
                case "use":
                    for each in careful:
                        await each.use(self.nola)
                case "void":
                    await holder.renew_card(self.operator)
                case "leave":
                    await self.leave(holder)
            await asyncio.sleep(self.dice.uniform(0.1, 0.5))

    async def leave(self, holder: Holder) -> None:
        """A phone is sold; another one takes its place in the holder's pocket."""
        phone, new = holder.phones[-1], Phone(self.stage, self.http)
        await phone.empty()
        self.phones.append(new)
        holder.phones[-1] = new
        holder.serial = await new.add_from((await holder.app.get("/me/wallets"))["apple"])

    async def kill(self) -> None:
        name = self.dice.choice(["work-1", "work-2"])
        self.stage.kill(name)
        self.stage.start(name)
        self.kills += 1

    async def too_fast(self) -> None:
        self.google.fail(429, "rateLimitExceeded", times=3, after_seconds=1)

    async def quota(self) -> None:
        self.google.fail(403, "quotaExceeded", times=1)

    async def outage(self) -> None:
        await self.stage.apns.go_away(self.dice.choice(["refuses", "503"]))
        await asyncio.sleep(2)
        await self.stage.apns.come_back()

    async def offer_ends(self) -> None:
        self.stage.clock.run_ahead(11 * MINUTE)

    async def last_changes(self) -> None:
        """After these nothing comes that would cover up what they lost."""
        self.courier.clear_up()
        self.google.clear_up()
        for phone in self.shared:
            await phone.switch_off()
        away, here = self.holders[::2], [each for each in self.holders[1::2] if each not in self.askers]
        await self.while_apple_is_away(away)
        for some in (self.holders[::8], self.holders[4::8]):
            await asyncio.gather(*(self.sell(holder) for holder in some))
            await until("phones are woken", CALM_SECONDS_MAX, self.is_woken)
        for holder in self.askers:
            await self.crossed(holder)
        for first in range(0, len(here), HURRIED_AT_ONCE):
            await asyncio.gather(*(self.hurried(holder) for holder in here[first : first + HURRIED_AT_ONCE]))
        self.courier.lost = 1.0
        await asyncio.gather(*(self.sell(holder) for holder in here[: len(here) // 5]))
        await until("pushes are lost", CALM_SECONDS_MAX, self.is_woken)

    async def while_apple_is_away(self, holders: list[Holder]) -> None:
        await self.stage.apns.go_away("503")
        await asyncio.gather(*(self.sell(holder) for holder in holders))
        await asyncio.sleep(2)
        await self.stage.apns.come_back()

    async def hurried(self, holder: Holder) -> None:
        """Two sales within a second of the clock, and the phone fetched between them."""
        await asyncio.sleep(1 - time.time() % 1)
        before = holder.phones[-1].versions
        await self.sell(holder)
        with suppress(TimeoutError):
            await holder.phones[-1].next_version(before, 0.6)
        await self.sell(holder)

    async def crossed(self, holder: Holder) -> None:
        """The worker's change is overtaken by the one that a link makes."""
        row = await self.row("select object_id from google_object where member_id = $1", holder.member_id)
        self.google.crossing.add(row["object_id"])
        await self.sell(holder)
        await until("the worker's change is under way", CALM_SECONDS_MAX, self.under_way(row["object_id"]))
        await self.sell(holder)
        await holder.app.get("/me/wallets")

    def under_way(self, object_id: str):
        async def is_under_way() -> bool:
            return object_id in self.google.waiting or object_id not in self.google.crossing

        return is_under_way

    def clear_up(self) -> None:
        self.courier.clear_up()
        for phone in self.shared:
            phone.switch_on()

    # What must be true in the end

    async def calm(self, seconds: float) -> None:
        """Whoever lost no push needs no repair, and Google needs none at all."""
        await until("no more to do", seconds, self.is_idle)
        try:
            await until("", seconds / 2, self.are_right)
        except AssertionError:
            wrong = await self.wrong(excused=True)
            raise AssertionError(f"wrong: {wrong}") from None

    async def are_right(self) -> bool:
        return not await self.wrong(excused=True)

    async def is_idle(self) -> bool:
        """Nothing about a wallet waits, not even for better times."""
        return not await self.value("select count(*) from outbox where reaction like 'passes.%'")

    async def is_woken(self) -> bool:
        return not await self.value("select count(*) from outbox where reaction = 'passes.apple'")

    async def wrong(self, excused: bool) -> list[str]:
        """Which wallets show something else than the journal says; those that may have missed a push are `excused`."""
        points, tiers, opened = await self.journal(), await self.tiers(), await self.offered()
        found = []
        for holder in self.holders:
            id = holder.member_id
            for phone in holder.phones:
                if (excused and phone.missed) or holder.serial not in phone.passes:
                    continue
                shown = points_on(phone, holder.serial), tier_on(phone.shows(holder.serial))
                if shown != (points[id][-1], tiers[id]):
                    found.append(f"iPhone of {holder.number}: {shown}, not {(points[id][-1], tiers[id])}")
                void = holder.void_serials & phone.passes.keys()
                found += [
                    f"iPhone of {holder.number}: {each} is not void" for each in void if not phone.shows(each).is_void
                ]
            if holder.android:
                card = holder.android.card()
                said = card.points, card.tier, len(card.offers) - len(await self.usable(holder))
                if said != (str(points[id][-1]), tiers[id], opened[id]):
                    found.append(
                        f"Google card of {holder.number}: {said}, not {(points[id][-1], tiers[id], opened[id])}"
                    )
            else:
                balance = await self.at_google(holder)
                if balance != points[id][-1]:
                    found.append(f"Google object of {holder.number}: {balance}, not {points[id][-1]}")
        return found

    async def at_google(self, holder: Holder) -> int:
        row = await self.row("select object_id from google_object where member_id = $1", holder.member_id)
        return int(self.google.objects[row["object_id"]]["loyaltyPoints"]["balance"]["int"])

    async def usable(self, holder: Holder) -> list[str]:
        return [each["id"] for each in await holder.app.get("/me/claims") if each["state"] == "active"]

    async def repaired(self) -> int:
        """How many rounds of repair it takes until every device has what it should have."""
        for number in range(REPAIR_ROUNDS):
            if not await self.value("select count(*) from apple_registration where stale_since is not null"):
                return number
            self.stage.clock.run_ahead(11 * MINUTE * 2**number)
            async with self.database.transaction() as db:
                await db.execute("update schedule set next_at = '-infinity' where name = 'passes.repair'")
            await asyncio.sleep(1)
            await until("repairs are made", CALM_SECONDS_MAX, self.is_idle)
            await asyncio.sleep(2)
        return REPAIR_ROUNDS

    async def judged(self) -> None:
        assert await self.wrong(excused=False) == []
        await self.shown_whole()
        await self.never_back()
        await self.seen_as_desired()
        await self.within_limits()
        for phone in self.phones:
            assert phone.troubles == []
            if phone.passes:
                assert await phone.knows_all(), "a phone that asks once more is told of something new"
        assert await self.value("select count(*) from outbox_dead") == 0

    async def shown_whole(self) -> None:
        """Every card is, back and front, what a download would show now; coupons are as their claims are."""
        for holder in self.holders:
            fresh = IPhone(self.stage.apns, self.stage.authority.root, http_allowed=True, http=self.http)
            answer = await self.http.get((await holder.app.get("/me/wallets"))["apple"])
            serial = await fresh.keep(answer.content, "")
            states = {each["id"]: each["state"] for each in await holder.app.get("/me/claims")}
            for phone in holder.phones:
                assert phone.shows(serial) == fresh.shows(serial), f"iPhone of {holder.number}"
                assert told(phone, serial) == told(fresh, serial), f"back of the card of {holder.number}"
                for each in holder.void_serials & phone.passes.keys():
                    assert phone.shows(each).code == "" and f"Maya {holder.number}" not in str(phone.body(each))
                for each, claim in holder.coupons.items():
                    if each in phone.passes:
                        assert phone.shows(each).is_void == (states[claim] != "active"), f"coupon of {holder.number}"

    async def never_back(self) -> None:
        """What each phone took, and what each object at Google said, stands in the journal in this order."""
        journal = await self.journal()
        for holder in self.holders:
            serials = {holder.serial, *holder.void_serials}
            for phone in holder.phones:
                for serial in serials:
                    taken = [each for each in phone.taken if each.serial == serial]
                    dates = [each.modified for each in taken if each.modified]
                    assert dates == sorted(set(dates)), f"iPhone of {holder.number} took a date twice or back: {dates}"
                    points = [each.points for each in taken if each.points is not None]
                    in_order(f"iPhone of {holder.number}", points, journal[holder.member_id])
            if holder.android:
                said = [int(number_in(each)) for each in self.google.shown[holder.android.object_id]]
                in_order(f"Google card of {holder.number}", said, journal[holder.member_id])

    async def seen_as_desired(self) -> None:
        rows = await self.rows(
            """
            select phone.serial, tag, seen_tag, stale_since
              from apple_registration phone join apple_pass using (member_id, serial)
            """
        )
        registered = Counter(str(row["serial"]) for row in rows)
        held = Counter(serial for phone in self.phones for serial in phone.passes)
        assert registered == held, f"registered {registered - held}, held {held - registered}"
        behind = [dict(row) for row in rows if row["tag"] != row["seen_tag"] or row["stale_since"] is not None]
        assert behind == []
        metrics = (await self.operator.ask("GET", "/console/metrics")).text
        drift = [
            each
            for each in metrics.splitlines()
            if each.startswith(("punchcard_pass_drift_", "punchcard_pass_devices_behind"))
        ]
        assert drift and all(float(each.rpartition(" ")[2]) == 0 for each in drift), drift
        drifted = [
            each
            for each in metrics.splitlines()
            if each.startswith("punchcard_pass_drifted_total{") and "words" in each
        ]
        assert all(float(each.rpartition(" ")[2]) == 0 for each in drifted), drifted

    async def within_limits(self) -> None:
        came = sorted(self.google.came)
        most = max(bisect(came, begin + 1) - number for number, begin in enumerate(came))
        allowed = GOOGLE_A_SECOND_MAX + HOUSE_A_SECOND * self.lag.worst
        assert most <= allowed, f"{most} calls to Google in a second; this process was away for {self.lag.worst:.2f} s"
        for object_id, count in Counter(name for name, _ in self.google.notifications).items():
            assert count <= RINGS_A_DAY_MAX, f"{object_id} rang {count} times"
        await self.pushes_entitled()

    async def pushes_entitled(self) -> None:
        spied = await self.rows("select serial::text, device, what from spy")
        entitled = Counter(row["serial"] for row in spied)
        taken = [each for each in self.stage.apns.requests if each["status"] == 200]
        pushes = Counter(each["path"].rpartition("/")[2] for each in taken)
        for phone in self.phones:
            ever = {each.serial for each in phone.taken}
            allowed = sum(entitled[serial] for serial in ever) + self.kills
            assert pushes[phone.push_token] <= allowed, f"{pushes[phone.push_token]} pushes, {allowed} reasons"
            for token, at in phone.gone.items():
                late = [e for e in taken if e["path"].endswith(token) and e["came"] > at + ON_ITS_WAY_SECONDS]
                assert late == [], "a phone that left is pushed"

    # What the journal says

    async def journal(self) -> dict[UUID, list[int]]:
        """Each member's balances, in the order of their entries."""
        rows = await self.rows(
            """
            select member_id, case when account = 'member' then account_balance else counter_balance end as balance
              from entry where 'member' in (account, counter) order by member_id, number
            """
        )
        found: dict[UUID, list[int]] = {holder.member_id: [0] for holder in self.holders}
        for row in rows:
            found[row["member_id"]].append(row["balance"])
        return found

    async def tiers(self) -> dict[UUID, str]:
        found = {holder.member_id: TIERS[0] for holder in self.holders}
        rows = await self.rows("select member_id, tier from profile")
        return found | {row["member_id"]: TIERS[row["tier"]] for row in rows}

    async def offered(self) -> dict[UUID, int]:
        """How many offers each can use now."""
        async with self.database.reading() as db:
            now = self.stage.clock.now()
            return {each.member_id: len(await offers.open_for(db, each.member_id, now)) for each in self.holders}

    async def rows(self, statement: str, *values: object):
        async with self.database.reading() as db:
            return await db.fetch(statement, *values)

    async def row(self, statement: str, *values: object):
        return (await self.rows(statement, *values))[0]

    async def value(self, statement: str, *values: object):
        return (await self.row(statement, *values))[0]

    async def close(self) -> None:
        for holder in self.holders:
            await holder.close()
        for phone in self.phones:
            if phone.listening:
                phone.listening.cancel()
        for each in (self.rayhan, self.nola, self.operator):
            await each.close()


def told(phone: IPhone, serial: str) -> dict[str, tuple[str, str]]:
    """The back of the card without the link to why, whose signature is another each day."""
    return {key: each for key, each in phone.back(serial).items() if key != "why"}


def number_in(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def in_order(who: str, shown: list[int], journal: list[int]) -> None:
    """Each balance that was shown is one of the journal's, none before the one shown before."""
    at = 0
    for points in shown:
        found = next((n for n in range(at, len(journal)) if journal[n] == points), None)
        assert found is not None, f"{who} showed {shown}; the journal says {journal}"
        at = found
