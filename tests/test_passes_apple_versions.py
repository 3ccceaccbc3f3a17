"""Desired, sent and seen, for every pass and device: what a push proves (nothing), what an answer proves, and who is behind."""

import itertools
import logging
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation import metrics, outbox
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.limits import Buckets
from punchcard.foundation.outbox import Done, NotBefore, Task
from punchcard.foundation.outside import Answer, Outcome
from punchcard.passes.apple import asking, drift, operations, outages, refresh, repair, versions_sql
from punchcard.passes.apple.outages import Outage
from punchcard.passes.apple.phones import Fetched
from punchcard.passes.apple.printing import press
from punchcard.passes.apple.repair import to_repair
from tests.town import Person, Town, line

from .test_passes_apple_service import TOKEN, Holder, added, holder, maya, sold

__all__ = ["holder", "maya"]  # fixtures

pytestmark = pytest.mark.anyio

AWAY = Answer(Outcome.LATER, 0, "no connection")


async def rows(db: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in await db.fetch("select * from apple_registration order by push_token")]


async def row(db: Connection) -> dict[str, Any]:
    (found,) = await rows(db)
    return found


async def desired(db: Connection) -> int:
    return int(await db.fetchval("select max(tag) from apple_pass"))


async def test_a_phone_that_registers_with_the_newest_pass_has_it(holder: Holder, db: Connection):
    await holder.register()

    found = await row(db)
    assert found["seen_tag"] == await desired(db) and found["stale_since"] is None


async def test_a_push_is_sent_and_not_seen(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    await sold(town, maya)

    found, newest = await row(db), await desired(db)
    assert (found["pushed_tag"], found["push_outcome"]) == (newest, "sent")
    assert found["seen_tag"] < newest and found["stale_since"] == town.clock.now()


async def test_a_fetch_is_seen_and_ends_the_drift(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    await sold(town, maya)
    await holder.fetch()

    found = await row(db)
    assert found["seen_tag"] == await desired(db) and found["stale_since"] is None


async def test_who_names_the_newest_date_has_it(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    await sold(town, maya)
    date = (await holder.fetch()).headers["last-modified"]
    await db.execute("update apple_registration set seen_tag = null, stale_since = now(), stale_clock = now()")

    assert (await holder.fetch(date)).status_code == 304
    assert (await row(db))["stale_since"] is None


async def test_who_asks_with_the_newest_tag_has_it(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    await sold(town, maya)
    tag = (await holder.changed()).json()["lastUpdated"]
    told = await row(db)
    await holder.changed(tag)

    assert told["listed_tag"] == int(tag) and told["stale_since"] is not None, "to be told is not to have"
    assert (await row(db))["seen_tag"] == int(tag) and (await row(db))["stale_since"] is None


async def test_a_fetch_is_the_phones_that_was_told_first(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register("phone", "aa" * 32)
    await holder.register("watch", "bb" * 32)
    await sold(town, maya)
    await holder.changed(device="watch")
    await holder.fetch()

    phone, watch = await rows(db)
    assert phone["stale_since"] is not None and watch["stale_since"] is None


async def test_a_fetch_by_nobody_known_is_nobodys(town: Town, holder: Holder, maya: Person, db: Connection):
    """Two phones hold the pass and neither asked what changed: whoever fetched may be neither of them."""
    await holder.register("phone", "aa" * 32)
    await holder.register("watch", "bb" * 32)
    await sold(town, maya)
    await holder.fetch()

    assert all(each["stale_since"] is not None for each in await rows(db))


async def test_a_version_that_is_older_by_now_does_not_end_the_drift(town, holder, maya, db):
    await holder.register()
    await sold(town, maya)
    older = await desired(db)
    await sold(town, maya)
    serial = await db.fetchval("select serial from apple_pass")
    assert await versions_sql.seen(db, [Fetched(maya.member_id, serial, older, town.clock.now())]) == []
    assert (await row(db))["seen_tag"] == older and (await row(db))["stale_since"] is not None


async def test_a_tag_that_was_never_given_out_brings_everything(holder: Holder):
    """As after a database was brought back from yesterday: the phones know tags of tomorrow."""
    await holder.register()

    assert (await holder.changed("999999999999")).json()["serialNumbers"] == [holder.serial]


async def test_how_long_a_change_took_to_be_seen_is_counted(town: Town, holder: Holder, maya: Person):
    def counted() -> float:
        cells = metrics.HOUSE.counted.items()
        ours = ("punchcard_pass_convergence_seconds", (("wallet", "apple"),))
        return sum(each for (*cell, part), each in cells if tuple(cell) == ours and part != "sum")

    await holder.register()
    before = counted()
    await sold(town, maya)
    await holder.fetch()
    await holder.fetch()

    assert counted() == before + 1


async def test_a_fetch_is_answered_although_it_cannot_be_noted(town, holder, maya, monkeypatch, caplog):
    async def broken(*_: Any) -> None:
        raise OSError("the disk is full")

    await holder.register()
    monkeypatch.setattr(versions_sql, "seen", broken)

    assert (await holder.fetch()).status_code == 200
    assert "could not be noted" in caplog.text


async def test_what_a_version_said_is_kept_while_a_phone_may_show_it(town: Town, holder: Holder, maya: Person, db):
    await holder.register()
    for _ in range(3):
        await sold(town, maya)
        await holder.fetch()
    kept = await db.fetch("select tag, shown from apple_print order by tag")

    assert [each["tag"] for each in kept][-1] == await desired(db) and len(kept) <= 2
    assert kept[-1]["shown"]["points"] == (await maya.get("/me/card"))["points"]


# An outage of Apple's


@pytest.fixture
def outage(town: Town) -> Outage:
    """By the town's clock."""
    return outages.OUTAGES.setdefault(town.outside.apns, Outage(lambda: float(town.clock.at)))


def task_of(maya: Person, key: str = "") -> Task:
    return Task(maya.member_id, "passes.apple", key, 1, 0, None)


@pytest.mark.usefixtures("outage")
async def test_an_outage_counts_no_try_and_waits_seconds(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    town.outside.apns.answers[TOKEN] = AWAY
    await town.sell(maya, line(1000))
    for _ in range(14):
        town.clock.at += 15
        await town.follow()

    waits = await db.fetchrow("select attempts, due_at from outbox where reaction = 'passes.apple'")
    assert waits is not None and waits["attempts"] == 0 and waits["due_at"] <= town.clock.now() + 15
    town.outside.apns.answers.clear()
    town.clock.at += 15
    await town.follow()
    assert (await row(db))["pushed_tag"] == await desired(db)


@pytest.mark.usefixtures("outage")
async def test_while_apple_is_away_one_phone_a_second_is_tried_for_all(town: Town, holder: Holder, maya: Person):
    for number in range(20):
        await holder.register(f"device-{number}", f"{number:064x}")
        town.outside.apns.answers[f"{number:064x}"] = AWAY
    for _ in range(5):
        for _ in range(4):
            await refresh(town.outside.world, [task_of(maya)], town.clock.now())
        town.clock.at += 1

    assert len(town.outside.apns.woken) == 20 + 4, "the first round finds out, then one a second"


@pytest.mark.usefixtures("outage")
async def test_one_who_is_reached_again_brings_everybody_at_once(town: Town, holder: Holder, maya: Person):
    for number in range(20):
        await holder.register(f"device-{number}", f"{number:064x}")
        town.outside.apns.answers[f"{number:064x}"] = AWAY
    (waits,) = await refresh(town.outside.world, [task_of(maya)], town.clock.now())
    town.outside.apns.answers.clear()
    town.outside.apns.woken.clear()
    town.clock.at += 2
    (done,) = await refresh(town.outside.world, [task_of(maya)], town.clock.now())

    assert isinstance(waits, NotBefore) and isinstance(done, Done)
    assert len({token for token, _ in town.outside.apns.woken}) == len(town.outside.apns.woken) == 20


async def test_a_limit_on_one_phone_is_no_outage(town: Town, holder: Holder, maya: Person):
    await holder.register("phone", "aa" * 32)
    await holder.register("watch", "bb" * 32)
    town.outside.apns.answers["aa" * 32] = Answer(Outcome.LATER, 429, "TooManyRequests")
    for _ in range(3):
        (waits,) = await refresh(town.outside.world, [task_of(maya)], town.clock.now())

    assert isinstance(waits, NotBefore) and waits.until >= town.clock.now() + 30
    assert len(town.outside.apns.woken) == 6


def test_rows_wait_longer_the_longer_it_lasts_but_never_long():
    seconds = [0.0]
    outage = Outage(lambda: seconds[0])
    outage.judged({"token": AWAY})
    waits = []
    for now in (1, 20, 3600):
        seconds[0] = now
        waits.append({outage.wait_seconds() for _ in range(200)})

    assert max(waits[0]) <= 2 and max(waits[2]) <= 15
    assert len(waits[2]) > 5, "a thousand rows do not come back as one"


# Repair


async def behind(town: Town, holder: Holder, maya: Person, db: Connection) -> None:
    """A phone whose push was taken and that never came."""
    await holder.register()
    await sold(town, maya)
    town.outside.apns.woken.clear()


async def test_a_phone_that_does_not_come_is_woken_again_after_ten_minutes(town, holder, maya, db):
    await behind(town, holder, maya, db)
    town.clock.at += 599
    await town.follow()
    early = list(town.outside.apns.woken)
    town.clock.at += 1
    await town.follow()

    assert not early and [token for token, _ in town.outside.apns.woken] == [TOKEN]


async def test_the_same_version_is_announced_again_no_tag_is_spent(town, holder, maya, db):
    await behind(town, holder, maya, db)
    before = await desired(db)
    town.clock.at += 700
    await town.follow()

    assert await desired(db) == before and town.outside.apns.woken


async def test_a_phone_is_repaired_five_times_a_day_with_growing_gaps(town, holder, maya, db):
    await behind(town, holder, maya, db)
    began = town.clock.at
    woken = [minute for minute in range(0, 26 * 60, 10) if await to_repair(db, began + minute * 60, 5, 10)]

    day = [each for each in woken if each < 24 * 60]
    gaps = [later - earlier for earlier, later in itertools.pairwise(day)]
    assert len(day) == 5 and gaps == sorted(set(gaps)) and day[0] >= 10


async def test_a_phone_that_came_or_whose_push_still_waits_is_left_alone(town, holder, maya, db):
    await behind(town, holder, maya, db)
    await holder.fetch()
    town.clock.at += 3600

    assert await repair(town.outside.world.database, town.clock.now()) == 0
    town.outside.apns.answers[TOKEN] = AWAY
    await sold(town, maya)
    town.clock.at += 3600
    assert await repair(town.outside.world.database, town.clock.now()) == 0


async def test_so_many_a_round_and_those_that_are_behind_longest_first(town, holder, maya, db):
    noor = await added(town, await town.join("noor@example.com", "Noor"))
    await holder.register("phone", "aa" * 32)
    await noor.register("other", "bb" * 32)
    now = town.clock.now()
    for token, since in (("aa", 900), ("bb", 9000)):
        await db.execute(
            "update apple_registration set stale_since = $2 where push_token = $1", token * 32, now - since
        )

    (first,) = await to_repair(db, now, 5, 1)
    (second,) = await to_repair(db, now, 5, 1)

    assert (str(first.serial), str(second.serial)) == (noor.serial, holder.serial)


async def test_a_phone_that_has_been_behind_for_a_month_is_lost(town, holder, maya, db):
    await behind(town, holder, maya, db)

    assert await to_repair(db, town.clock.now() + 31 * 86400, 5, 10) == []


async def test_how_many_are_behind_and_for_how_long_is_a_gauge(town, holder, maya, db):
    await behind(town, holder, maya, db)
    found = await drift(db, town.outside.world.settings, town.clock.now() + 700)

    counts = {each.labels["age"]: each.value for each in found if "age" in each.labels}
    assert counts == {"1m": 0, "10m": 0, "1h": 1, "1d": 0, "30d": 0, "lost": 0}
    assert found[-1].value == 700


async def test_a_phone_that_is_behind_is_woken_at_the_new_address_that_it_names(town, holder, maya, db):
    await behind(town, holder, maya, db)
    await holder.register(push_token="bb" * 32)
    await town.follow()

    assert [token for token, _ in town.outside.apns.woken] == ["bb" * 32]


# Abuse


async def test_re_registration_with_a_new_push_token_wakes_the_new_address_alone(town, holder, maya):
    await holder.register(push_token="aa" * 32)
    await holder.register(push_token="bb" * 32)
    await sold(town, maya)

    assert [token for token, _ in town.outside.apns.woken] == ["bb" * 32]


async def test_one_phone_with_hundreds_of_identifiers_is_fifty_devices_and_then_waits(holder, db, monkeypatch):
    monkeypatch.setattr(operations, "REGISTRATIONS_BURST", 60.0)
    monkeypatch.setattr(operations, "REGISTRATIONS_PER_SECOND", 0.001)
    statuses = [(await holder.register(f"device-{n}", f"{n % 7:064x}")).status_code for n in range(62)]

    assert statuses == [201] * 60 + [429] * 2
    assert await db.fetchval("select count(*) from apple_registration") == 50
    assert await db.fetchval("select count(*) from apple_device") == 50


async def test_a_pass_is_fetched_at_a_rate_beyond_what_phones_do(holder: Holder, monkeypatch):
    monkeypatch.setattr(asking, "FETCHES", Buckets(burst=10.0, per_second=0.01))
    answers = [await holder.fetch("Thu, 01 Jan 2099 00:00:00 GMT") for _ in range(11)]

    assert [each.status_code for each in answers] == [304] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 101


async def test_one_address_that_complains_without_end_is_let_go_before_it_fills_the_log(holder: Holder, caplog):
    caplog.set_level(logging.WARNING)
    for number in range(60):
        answer = await holder.call("POST", "/log", None, json={"logs": [f"trouble {number}"]})
        assert answer.status_code == 200

    assert 15 <= caplog.text.count("a phone says") <= 25


async def test_a_device_that_deleted_its_last_pass_is_forgotten_whole(town: Town, holder: Holder, maya: Person, db):
    noor = await added(town, await town.join("noor@example.com", "Noor"))
    for each in (holder, noor):
        await each.register("phone")
    await holder.call("DELETE", holder.registration("phone"))
    one = await db.fetchval("select count(*) from apple_device")
    await noor.call("DELETE", noor.registration("phone"))

    assert one == 1 and await db.fetchval("select count(*) from apple_device") == 0


async def test_a_card_that_changes_does_not_change_its_members_tickets(town: Town, holder: Holder, maya: Person, db):
    await db.execute(
        "insert into apple_pass (member_id, serial, subject, last_modified, given_modified) "
        "values ($1, $1, 'claim:x', now(), now())",
        maya.member_id,
    )
    at = town.clock.now()
    for key, changed in (("", [""]), ("claim:x", ["claim:x"]), ("*", ["", "claim:x"])):
        before = dict(await db.fetch("select subject, tag from apple_pass"))
        await refresh(town.outside.world, [task_of(maya, key)], at)
        after = dict(await db.fetch("select subject, tag from apple_pass"))
        assert sorted(each for each in after if after[each] != before[each]) == changed


async def test_the_outbox_puts_rows_off_together_and_leaves_those_that_changed_meanwhile(town, maya, db):
    await outbox.put(db, maya.member_id, [outbox.Due("a"), outbox.Due("b")], town.clock.now())
    tasks = [each for each in await outbox.due(db, range(BUCKETS), town.clock.now()) if each.reaction in "ab"]
    changed = [replace(each, version=each.version - 1) if each.reaction == "b" else each for each in tasks]
    later = town.clock.now() + 50
    await outbox.settle(db, [NotBefore(each, later) for each in changed], town.clock.now())

    found = dict(await db.fetch("select reaction, due_at from outbox where reaction in ('a', 'b')"))
    assert found == {"a": later, "b": town.clock.now()}


async def test_while_nothing_can_be_signed_phones_are_told_to_come_again_and_count_as_behind(
    town: Town, holder: Holder, maya: Person, db: Connection, monkeypatch: pytest.MonkeyPatch
):
    """The certificate ended in the night: a pass that it signs would be refused, and not be asked for again."""
    await holder.register()
    await sold(town, maya)
    monkeypatch.setattr(press(town.outside.world.settings).signer, "ends", 0)

    answer = await holder.fetch()
    link = await town.client.get((await maya.get("/me/wallets"))["apple"])

    assert [each.status_code for each in (answer, link)] == [503, 503] and answer.headers["retry-after"] == "1"
    assert "ertificate" not in answer.text and "Traceback" not in answer.text
    assert await db.fetchval("select count(*) from apple_registration where stale_since is not null") == 1
