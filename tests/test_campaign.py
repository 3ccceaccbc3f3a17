"""An offer is told to its audience a page at a time: nobody twice, nobody late, and cards only of those who hold one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import offers, passes, push
from punchcard.foundation import news, outbox, pages
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Done, NotBefore, Settled, Task
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings
from punchcard.offers import Offer, sql
from punchcard.push import wording
from punchcard.push.model import Message
from punchcard.reactions import HANDLERS, REACTIONS
from punchcard.segments import Profile, SpeaksAny
from tests.almond import NOW, open_shops, publish, settle
from tests.doubles import Outside
from tests.test_offers import COFFEE, OPENS, equip

pytestmark = pytest.mark.anyio

ANN = Profile(tier="bud", consents=frozenset({"marketing", "personalisation"}))
TEA = replace(COFFEE, id="tea", until=OPENS + 3 * DAY, audience=SpeaksAny(frozenset({"en"})))
ANNOUNCE, CAMPAIGN = "push.announce", "push.campaign"


@pytest.fixture
async def street(db: Connection) -> AsyncIterator[Connection]:
    """The programme, its shops, and ten members with phones and cards."""
    news.install(REACTIONS)
    await publish(db)
    await open_shops(db)
    yield db


async def crowd(db: Connection, count: int = 10) -> list[UUID]:
    people = [await settle(db, ANN) for _ in range(count)]
    await equip(db, people)
    return sorted(people)


async def begun(db: Connection, house: Database, offer: Offer = TEA, chunk: int = 4, at: Instant = OPENS) -> None:
    """The offer is published and its audience exposed."""
    await sql.add(db, offer, NOW)
    await offers.open_due(house, at, chunk)


async def tasks(house: Database, reaction: str, at: Instant) -> list[Task]:
    async with house.transaction() as db:
        return [each for each in await outbox.due(db, range(64), at) if each.reaction == reaction]


def world(house: Database) -> World:
    return Outside(house, Settings()).world


async def follow(house: Database, reaction: str, at: Instant) -> list[Settled]:
    """Do what follows, as a worker would, and settle it."""
    settled = await HANDLERS[reaction.partition("/")[0]](world(house), found, at) if (
        found := await tasks(house, reaction, at)
    ) else []  # fmt: skip
    async with house.transaction() as db:
        await outbox.settle(db, settled, at)
    return settled


async def sends(db: Connection) -> dict[UUID, tuple[int, Instant]]:
    rows = await db.fetch("select member_id, version, due_at from outbox where reaction = $1", ANNOUNCE)
    return {row["member_id"]: (row["version"], row["due_at"]) for row in rows}


async def fates(db: Connection, offer_id: str = TEA.id) -> dict[UUID, tuple[str, str]]:
    rows = await db.fetch("select member_id, state, reason from message where subject = $1", offer_id)
    return {row["member_id"]: (row["state"], row["reason"]) for row in rows}


async def test_a_page_is_one_row_and_becomes_a_send_for_each_who_may_hear(street: Connection, house: Database) -> None:
    people = await crowd(street)
    deaf = people[3]
    await street.execute("update member set consents = '{}' where member_id = $1", deaf)

    await begun(street, house)
    found = await tasks(house, CAMPAIGN, OPENS)
    settled = await follow(house, CAMPAIGN, OPENS)

    assert len(found) == 3 and [type(each) for each in settled] == [Done] * 3
    assert set(await sends(street)) == set(people) - {deaf}
    assert await fates(street) == {deaf: ("dropped", "no-consent")}
    assert await tasks(house, CAMPAIGN, OPENS + DAY) == []


async def test_a_page_that_is_decided_again_tells_nobody_twice(street: Connection, house: Database) -> None:
    people = await crowd(street)
    await begun(street, house)
    (first, *_) = found = await tasks(house, CAMPAIGN, OPENS)

    await push.campaign.decide(world(house), found, OPENS)
    await push.campaign.decide(world(house), [first], OPENS + 1)
    before = await sends(street)
    await follow(house, ANNOUNCE, OPENS + 1)
    await push.campaign.decide(world(house), [first], OPENS + 2)
    outside = Outside(house, Settings())
    again = await push.announce(outside.world, await tasks(house, ANNOUNCE, OPENS + HOUR), OPENS + HOUR)

    assert {version for version, _ in before.values()} == {1} and set(before) == set(people)
    assert all(isinstance(each, Done) for each in again) and outside.fcm.messages == []
    assert {state for state, _ in (await fates(street)).values()} == {"sent"}


async def test_a_worker_that_is_killed_while_it_writes_leaves_the_page_as_it_was(
    street: Connection, house: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(street)
    await begun(street, house)
    found = await tasks(house, CAMPAIGN, OPENS)

    async def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(pages, "put_once", killed)
        await push.campaign.decide(world(house), found, OPENS)

    assert await sends(street) == {} and await fates(street) == {}
    assert await tasks(house, CAMPAIGN, OPENS) == found
    await follow(house, CAMPAIGN, OPENS)
    assert len(await sends(street)) == 10


async def test_workers_that_meet_at_one_page_tell_each_member_once(pool: Database) -> None:
    news.install(REACTIONS)
    async with pool.transaction() as db:
        await publish(db)
        await open_shops(db)
        await crowd(db, 30)
        await sql.add(db, TEA, NOW)
    await offers.open_due(pool, OPENS, 7)
    found = await tasks(pool, CAMPAIGN, OPENS)

    await asyncio.gather(*(push.campaign.decide(world(pool), found, OPENS) for _ in range(3)))

    async with pool.transaction() as db:
        assert [version for version, _ in (await sends(db)).values()] == [1] * 30


async def test_a_paused_offer_stops_telling_and_goes_on(street: Connection, house: Database) -> None:
    await crowd(street)
    await sql.add(street, TEA, NOW)
    async with house.transaction() as db:
        await offers.rounds.open_some(db, OPENS, 4)
    await street.execute("update offer_round set paused_at = $1", OPENS)

    more = await offers.open_due(house, OPENS, 4)
    waits = await follow(house, CAMPAIGN, OPENS)

    assert more == 0 and [type(each) for each in waits] == [NotBefore] and await sends(street) == {}
    await street.execute("update offer_round set paused_at = null")
    assert await offers.open_due(house, OPENS + 60, 4) == 6
    await follow(house, CAMPAIGN, OPENS + 60)
    assert len(await sends(street)) == 10


async def test_a_paced_offer_is_told_turn_by_turn_and_past_its_end_in_the_inbox_alone(
    street: Connection, house: Database
) -> None:
    people = await crowd(street)
    await begun(street, house, replace(TEA, pace_an_hour=4, until=OPENS + 2 * HOUR))

    await follow(house, CAMPAIGN, OPENS)

    due = sorted(when for _, when in (await sends(street)).values())
    reasons = [reason for _, reason in (await fates(street)).values()]
    assert 7 <= len(due) <= 8 and all(later - sooner >= 10 * 60 for sooner, later in zip(due, due[2:], strict=False))
    assert reasons.count("pace") == len(people) - (due[0] <= OPENS + 60)
    assert [state for state, _ in (await fates(street)).values()].count("inbox") == len(people) - len(due)


async def test_each_is_told_in_their_likely_hour(street: Connection, house: Database) -> None:
    early, late, shy = (await crowd(street, 3))[:3]
    for who, hour, consents in ((early, 15, 3), (late, 18, 3), (shy, 18, 1)):
        visits = [9 if each == hour else 0 for each in range(24)]
        await street.execute(
            "update portrait set hours = $2, visits = 9, consents = $3 where member_id = $1", who, visits, consents
        )
    await street.execute("update portrait set visits = 20, hours[16] = 20 where member_id = $1", early)
    await begun(street, house, replace(TEA, send="likely-hour"))

    await follow(house, CAMPAIGN, OPENS)

    noon = NOW - NOW % DAY
    due = {who: when for who, (_, when) in (await sends(street)).items()}
    assert noon + 15 * HOUR <= due[early] < noon + 16 * HOUR and noon + 18 * HOUR <= due[late] < noon + 19 * HOUR
    assert noon + 15 * HOUR <= due[shy] < noon + 16 * HOUR, "the house's hour: nobody looks at when they came"
    assert set((await fates(street)).values()) == {("held", "send-time")}


async def test_whoever_sleeps_is_told_after_their_quiet_hours(street: Connection, house: Database) -> None:
    (who,) = await crowd(street, 1)
    await street.execute("update member set quiet_from = 600, quiet_until = 840")
    await begun(street, house)

    await follow(house, CAMPAIGN, OPENS)

    wakes = NOW - NOW % DAY + 14 * HOUR
    assert (await sends(street))[who] == (1, wakes) and await fates(street) == {who: ("held", "quiet-hours")}


async def test_who_used_it_already_is_not_told(street: Connection, house: Database) -> None:
    people = await crowd(street, 3)
    await begun(street, house)
    await street.execute(
        "insert into offer_use (member_id, offer_id, fact_id, at, worth) values ($1, 'tea', 'f', $2, 5)",
        people[0],
        OPENS,
    )

    await follow(house, CAMPAIGN, OPENS)

    assert await fates(street) == {people[0]: ("dropped", "used")} and set(await sends(street)) == set(people[1:])


async def test_a_message_without_words_gets_them_when_it_is_read(street: Connection, house: Database) -> None:
    (who,) = await crowd(street, 1)
    await begun(street, house, replace(TEA, channels=("app",)))
    await follow(house, CAMPAIGN, OPENS)
    (kept,) = await push.messages(street, who)

    (read,) = await wording.worded(street, who, [kept], OPENS)
    (own,) = await wording.worded(street, who, [replace(kept, title="Mine", body="Own")], OPENS)

    assert (kept.title, kept.reason) == ("", "channel")
    assert read.title == TEA.name["en"] and read.body.startswith(TEA.text["en"])
    assert isinstance(own, Message) and (own.title, own.body) == ("Mine", "Own")


async def cards(db: Connection, wallet: str) -> set[UUID]:
    rows = await db.fetch("select member_id from outbox where reaction = $1", f"passes.{wallet}/bulk")
    return {row["member_id"] for row in rows}


async def test_only_cards_that_are_held_are_made_anew_when_it_begins_and_when_it_ends(
    street: Connection, house: Database
) -> None:
    people = await crowd(street, 6)
    await street.execute("delete from apple_registration where member_id = any($1::uuid[])", people[:2])
    await street.execute("delete from google_object where member_id = any($1::uuid[])", people[4:])
    await begun(street, house)

    for wallet in ("apple", "google"):
        await follow(house, f"passes.campaign/{wallet}", OPENS)
    first = await cards(street, "apple"), await cards(street, "google")
    await street.execute("delete from outbox")
    await offers.close_due(house, TEA.until, 4)
    for wallet in ("apple", "google"):
        await follow(house, f"passes.campaign/{wallet}", TEA.until)

    assert first == (set(people[2:]), set(people[:4]))
    assert (await cards(street, "apple"), await cards(street, "google")) == first


@pytest.mark.parametrize("room", [1, 3, 4, 100])
async def test_cards_are_handed_on_as_far_as_there_is_room_and_each_once(
    street: Connection, house: Database, room: int
) -> None:
    people = await crowd(street)
    await begun(street, house)
    outside = Outside(house, Settings(redesign_pushes_per_second=room))
    done: list[UUID] = []

    for second in range(12):
        at = OPENS + second
        found = await tasks(house, "passes.campaign/apple", at)
        settled = await passes.campaign.refresh(outside.world, found, at) if found else []
        async with house.transaction() as db:
            await outbox.settle(db, settled, at)
        handed = await cards(street, "apple")
        assert len(handed) <= room
        done += handed
        await street.execute("delete from outbox where reaction = 'passes.apple/bulk'")

    assert sorted(done) == people


def ids(found: Sequence[Task]) -> list[UUID]:
    return [each.member_id for each in found]


async def test_many_pages_wait_for_their_turn_without_a_try(street: Connection, house: Database) -> None:
    await crowd(street)
    await begun(street, house, chunk=1)

    settled = await follow(house, CAMPAIGN, OPENS)

    kinds = [type(each) for each in settled]
    assert kinds == [Done] * push.campaign.PAGES_AT_ONCE + [NotBefore] * 2
    assert [each.attempts for each in await tasks(house, CAMPAIGN, OPENS)] == [0, 0]
    await follow(house, CAMPAIGN, OPENS)
    assert len(await sends(street)) == 10 and ids(await tasks(house, CAMPAIGN, OPENS)) == []
