"""Messages reach phones whatever Firebase does: accepted at least once, shown once, never late; and calmly."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from punchcard import push
from punchcard.foundation import outbox
from punchcard.foundation.circuit import FAILURES_MAX, State
from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import NotBefore
from punchcard.push import flow, sql
from punchcard.sandbox.fcm import Fault
from tests.audience import ENDS, OFFER, Audience, audience
from tests.counting import counted
from tests.street import phone

pytestmark = pytest.mark.anyio

MEMBERS = 40


@pytest.fixture
async def crowd(tmp_path: Path, db: Connection, house: Database) -> AsyncIterator[Audience]:
    async with audience(tmp_path, db, house, MEMBERS) as made:
        yield made


def shown_once(crowd: Audience) -> None:
    assert {len(each.drawer) for each in crowd.phones.values()} == {1}
    assert {each.tag for each in crowd.heard} == {OFFER}


async def test_a_batch_is_sent_at_once_and_written_down_in_few_statements(crowd: Audience) -> None:
    tasks = await crowd.due()

    with counted(crowd.db) as ran:
        await push.announce(crowd.world, tasks, crowd.now)

    assert len(crowd.heard) == MEMBERS and await crowd.states() == {("sent", ""): MEMBERS}
    assert len(ran) < MEMBERS / 2
    shown_once(crowd)


async def test_through_a_storm_everybody_hears_once_and_each_attempt_is_one_request(crowd: Audience) -> None:
    """503 with and without Retry-After, 429, delivered but 500, GOAWAY, reset after and before it was taken, cut off."""
    chance = random.Random(7)
    faults = [
        Fault(503, "UNAVAILABLE"),
        Fault(503, "UNAVAILABLE", after_seconds=20),
        Fault(429, "QUOTA_EXCEEDED", after_seconds=5),
        Fault(500, "INTERNAL", is_delivered=True),
        Fault(goodbye=True),
        Fault(reset=2, is_delivered=True),
        Fault(reset=7),
        Fault(cut=True),
    ]
    crowd.google.fcm.weather = lambda _: chance.choice(faults) if chance.random() < 0.6 else None
    await crowd.run(120)
    crowd.google.fcm.weather = lambda _: None

    await crowd.until_calm(2 * HOUR)  # whoever was refused often comes back late

    assert await crowd.states() == {("sent", ""): MEMBERS} and await crowd.dead() == 0
    assert sum(each.is_delivered for each in crowd.heard) >= MEMBERS
    shown_once(crowd)


async def test_an_outage_of_ten_minutes_costs_no_message_more_than_one_attempt(crowd: Audience) -> None:
    crowd.google.fcm.weather = lambda _: Fault(503, "UNAVAILABLE")
    await crowd.work()
    attempts = Counter(each.address for each in crowd.heard)
    opened = len(crowd.heard)

    await crowd.run(10 * MINUTE)
    probes = len(crowd.heard) - opened
    crowd.google.fcm.weather = lambda _: None
    seconds = await crowd.until_calm(2 * MINUTE)

    assert max(attempts.values()) == 1 and opened <= MEMBERS
    assert 15 <= probes <= 20, "two a minute"
    assert (opened + probes) / MEMBERS <= 1.5 and seconds <= 35
    assert await crowd.dead() == 0 and await crowd.states() == {("sent", ""): MEMBERS}
    shown_once(crowd)


async def test_who_was_put_off_is_not_decided_anew_while_they_are_away(crowd: Audience) -> None:
    crowd.google.fcm.weather = lambda _: Fault(503, "UNAVAILABLE")
    await crowd.work()
    crowd.now += 31
    await crowd.work()  # the probe, and those who come back beside it
    tasks = await crowd.due()

    with counted(crowd.db) as ran:
        settled = await push.announce(crowd.world, tasks, crowd.now)

    assert ran == [] and all(isinstance(each, NotBefore) for each in settled)


async def test_an_outage_counts_no_try(crowd: Audience) -> None:
    await crowd.google.door.go_away("refuses")

    await crowd.run(5 * MINUTE)

    rows = await crowd.db.fetch("select attempts from outbox where reaction = 'push.announce'")
    assert len(rows) == MEMBERS and {row["attempts"] for row in rows} == {0} and crowd.heard == []
    assert crowd.flow.circuit.state is State.OPEN
    await crowd.google.door.come_back()


async def test_nothing_is_told_after_its_end(crowd: Audience) -> None:
    crowd.now = ENDS - 3 * 3600
    await crowd.db.execute("update offer set until = $1 where id = 'coffee-x2'", crowd.now + 120)
    crowd.google.fcm.weather = lambda _: Fault(503, "UNAVAILABLE", after_seconds=200)

    await crowd.run(60)
    crowd.google.fcm.weather = lambda _: None
    before = len(crowd.heard)
    crowd.now += 60
    await crowd.until_calm(10 * MINUTE)

    assert len(crowd.heard) == before, "nobody is told of what is over"
    assert await crowd.states() == {("dropped", "ended"): MEMBERS}


async def test_each_attempt_says_how_long_is_left(crowd: Audience) -> None:
    crowd.google.fcm.script("fid-0", Fault(503, "UNAVAILABLE", after_seconds=600))
    await crowd.work()
    crowd.now += 800
    await crowd.work()

    sent = [each["body"]["message"] for each in crowd.google.fcm.requests if each["body"]["message"]["fid"] == "fid-0"]
    lives = [int(each["android"]["ttl"].removesuffix("s")) for each in sent]
    assert len(lives) == 2 and lives[0] - lives[1] == 800
    assert {each["apns"]["headers"]["apns-expiration"] for each in sent} == {str(ENDS)}
    assert [each["webpush"]["headers"]["TTL"] for each in sent] == [str(life) for life in lives]


async def test_too_many_holds_everybody_for_as_long_as_they_say(crowd: Audience) -> None:
    crowd.google.fcm.script("fid-0", Fault(429, "QUOTA_EXCEEDED", after_seconds=50))
    await crowd.work()
    heard = len(crowd.heard)
    await crowd.announce("coffee-x2")

    await crowd.run(45)
    quiet = len(crowd.heard) - heard
    await crowd.run(20)

    assert quiet == 0 and await crowd.states() == {("sent", ""): MEMBERS} and len(crowd.heard) == MEMBERS + 1


async def test_dead_addresses_are_forgotten_and_no_others(crowd: Audience) -> None:
    """P3: one in ten is gone; half of those come back under another address before the next campaign."""
    gone = [f"fid-{number}" for number in range(0, MEMBERS, 10)]
    for address in gone:
        crowd.google.fcm.uninstall(address)
    crowd.google.fcm.script("fid-5", Fault(404))
    await crowd.work()
    left = {row["address"] for row in await crowd.db.fetch("select address from phone")}
    back = [int(address.removeprefix("fid-")) for address in gone[::2]]
    for number in back:
        await crowd.install(crowd.members[number], f"fid-again-{number}")

    await crowd.db.execute("update member set messages_a_week = 50")
    before = len(crowd.heard)
    await crowd.db.execute("delete from outbox")
    await crowd.db.execute("delete from message")
    await crowd.announce("coffee-x2")
    await crowd.work()

    asked = {each.address for each in crowd.heard[before:]}
    assert left >= {f"fid-{number}" for number in range(MEMBERS)} - set(gone) and not left & set(gone)
    assert not asked & set(gone) and asked >= {f"fid-again-{number}" for number in back}


async def test_when_they_refuse_us_sending_stops_and_no_phone_is_forgotten(
    crowd: Audience, caplog: pytest.LogCaptureFixture
) -> None:
    """P4: one batch at most, one alarm, everything kept; once it is mended, all hear."""
    crowd.google.fcm.weather = lambda _: Fault(403, "SENDER_ID_MISMATCH")

    await crowd.work()
    first = len(crowd.heard)
    await crowd.run(5 * MINUTE)
    later = len(crowd.heard) - first
    crowd.google.fcm.weather = lambda _: None
    await crowd.until_calm(2 * MINUTE)

    assert first <= MEMBERS and later <= 10
    assert len([each for each in caplog.records if "no phone is at fault" in each.getMessage()]) == 1
    assert await crowd.states() == {("sent", ""): MEMBERS} and await crowd.dead() == 0


async def test_one_message_that_is_wrong_is_laid_aside_and_stops_nobody(crowd: Audience) -> None:
    crowd.google.fcm.fail("fid-3", 400, "INVALID_ARGUMENT", times=5)

    await crowd.work()

    assert await crowd.states() == {("sent", ""): MEMBERS - 1, ("failed", "refused"): 1} and await crowd.dead() == 1
    assert crowd.flow.circuit.state is State.CLOSED and await crowd.waiting() == 0


async def test_a_worker_that_dies_anywhere_repeats_at_most_what_it_had_in_flight(crowd: Audience) -> None:
    """P1: a round is broken off at a random moment, again and again, and the next worker begins from what is written."""
    chance, kills = random.Random(3), 0
    crowd.google.door.delay_seconds = 0.003
    for _ in range(60):
        if not await crowd.waiting():
            break
        round = asyncio.create_task(crowd.work())
        await asyncio.sleep(chance.uniform(0, 0.05))
        if not round.done():
            kills += 1
            round.cancel()
        await asyncio.gather(round, return_exceptions=True)
        crowd.now += 1
    await crowd.until_calm(5 * MINUTE)

    accepted = Counter(each.address for each in crowd.heard if each.is_delivered)
    assert set(accepted) == set(crowd.phones) and kills > 1
    assert sum(accepted.values()) - MEMBERS <= kills * MEMBERS
    shown_once(crowd)


async def test_a_phone_that_names_its_installation_id_leaves_its_token(crowd: Audience) -> None:
    """Once Firebase has sent to the id, the token stops working: there must be one address, not two."""
    member_id = crowd.members[0]
    old = replace(phone("phone", "token-of-before", seen_at=crowd.now), address_kind="token")
    await push.register(crowd.db, member_id, old)

    await push.register(crowd.db, member_id, phone("phone", "fid-new", seen_at=crowd.now))

    kept = {(each.address_kind, each.address) for each in await sql.phones(crowd.db, member_id)}
    assert kept == {("fid", "fid-0"), ("fid", "fid-new")}


async def test_workers_share_the_quota(crowd: Audience) -> None:
    for _ in range(3):
        await outbox.seen(crowd.db, new_id())

    await flow.share(crowd.world, [crowd.flow])

    assert crowd.flow.rate.per_second == pytest.approx(3000)


async def test_who_is_beyond_our_share_waits_for_the_next_turn(
    crowd: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PATIENCE_SECONDS", 0.1)
    crowd.flow.per_second = 50.0

    settled = await crowd.work()

    put_off = [each for each in settled if isinstance(each, NotBefore)]
    assert 5 <= len(crowd.heard) <= 15 and len(put_off) == MEMBERS - len(crowd.heard)
    assert crowd.flow.circuit.failures < FAILURES_MAX
