"""Twenty calls a second for the whole project: who goes first, who takes what is left, and what happens when it was too fast."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation import metrics, outbox
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.foundation.google_api import Reply as ApiReply
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.outbox import Done, Due, NotBefore, Task
from punchcard.foundation.outside import Answer
from punchcard.passes.google import Wallet, converge, link, look, look_around, reconcile
from punchcard.passes.google.client import NO_TURN, Unhurried, is_too_fast
from punchcard.passes.google.converge import BULK, in_hand
from punchcard.passes.google.pace import Pace, allowed, halve
from punchcard.passes.google.reconcile import LOOK, says
from punchcard.sandbox.google import Google, google
from tests.googles import AT, Card, card_at_google, key, settings_for

converge_module = sys.modules["punchcard.passes.google.converge"]
OBJECT = "loyaltyObject/1.x"


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, key=key()) as made:
        yield made


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


async def test_what_can_wait_takes_only_what_is_left(stand_in: Google, house: Database) -> None:
    """Two lines of calls at once: who is waited for gets the whole rate, the other line the rest, and all get through."""
    wallet = Wallet(settings_for(stand_in, google_calls_per_second=20.0), house)
    slow = Unhurried(wallet)
    order: list[str] = []

    async def ask(what: str) -> None:
        answer = await (slow if what == "bulk" else wallet).call("GET", f"loyaltyObject/1.{what}")
        order.append(what if answer.reason != NO_TURN else f"{what} had no turn")

    bulk = [asyncio.create_task(ask("bulk")) for _ in range(20)]
    await asyncio.sleep(0.01)
    began = time.monotonic()
    await asyncio.gather(*(ask("now") for _ in range(20)))
    seconds, before = time.monotonic() - began, order.count("bulk")
    await asyncio.gather(*bulk)
    await wallet.close()

    assert before <= 4 and seconds < 2.5
    assert order.count("now") == 20 and order.count("bulk") == 20


async def test_what_can_wait_gets_the_whole_rate_when_nobody_else_wants_it(stand_in: Google, house: Database) -> None:
    wallet = Wallet(settings_for(stand_in, google_calls_per_second=40.0), house)
    began = time.monotonic()

    await asyncio.gather(*(Unhurried(wallet).call("GET", OBJECT) for _ in range(40)))
    seconds = time.monotonic() - began
    await wallet.close()

    assert seconds < 3 and len(stand_in.wallet.requests) == 40


async def test_a_rate_that_google_finds_too_fast_is_halved_for_everybody(stand_in: Google, house: Database) -> None:
    here, there = (Wallet(settings_for(stand_in, google_calls_per_second=18.0), house) for _ in range(2))
    stand_in.wallet.fail(429, "rateLimitExceeded", times=2)

    for _ in range(2):
        await here.call("GET", OBJECT)
    async with house.transaction() as db:
        rates = [await each.pace.current(db) for each in (here, there)]
    await asyncio.gather(here.close(), there.close())

    assert rates == pytest.approx([9.0, 9.0], abs=0.3)


async def test_the_rate_rises_again_by_the_second_and_no_higher_than_it_was(house: Database) -> None:
    async with house.transaction() as db:
        await halve(db, 18.0)
        rates = []
        for seconds in (0, 30, 30, 1000):
            await db.execute(
                "update google_pace set lowered_at = lowered_at - make_interval(secs => $1)", float(seconds)
            )
            rates.append(await allowed(db, 18.0))

    assert rates == pytest.approx([9.0, 12.0, 15.0, 18.0], abs=0.1)


async def test_the_rate_is_never_halved_to_nothing(house: Database) -> None:
    async with house.transaction() as db:
        for _ in range(10):
            await halve(db, 18.0)
            await db.execute("update google_pace set lowered_at = lowered_at - interval '3 seconds'")

        assert await allowed(db, 18.0) >= 1.0


async def test_the_rate_that_the_settings_allow_is_the_most(house: Database) -> None:
    async with house.transaction() as db:
        assert await Pace(5.0).current(db) == 5.0


@pytest.mark.parametrize(
    ("status", "reason", "body", "too_fast"),
    [
        (429, "", None, True),
        (403, "rateLimitExceeded", {"notifyPreference": "NOTIFY_ON_UPDATE"}, True),
        (403, "userRateLimitExceeded", None, True),
        (403, "quotaExceeded", {"state": "ACTIVE"}, True),
        (403, "quotaExceeded", {"notifyPreference": "NOTIFY_ON_UPDATE"}, False),
        (403, "quotaExceeded", {"message": {"messageType": "TEXT_AND_NOTIFY"}}, False),
        (403, "permissionDenied", None, False),
        (503, "backendError", None, False),
        (200, "", None, False),
    ],
)
def test_which_refusals_say_that_we_are_too_fast(
    status: int, reason: str, body: dict[str, Any] | None, too_fast: bool
) -> None:
    """A card that has rung three times today is refused in the same words as too many calls."""
    assert is_too_fast(ApiReply(status, reason), body) is too_fast


def tasks_of(reaction: str, *members: Any) -> list[Task]:
    return [Task(member_id, reaction, "", 1, 0, None) for member_id in members]


@pytest.fixture
def faces(card: Card, monkeypatch: pytest.MonkeyPatch) -> Card:
    """`refresh` reads this test's faces."""
    real = converge_module.refresh

    async def refresh(world: Any, tasks: Any, at: int, **more: Any) -> Any:
        return await real(world, tasks, at, card.face, **more)

    monkeypatch.setattr(converge_module, "refresh", refresh)
    return card


async def test_bulk_brings_the_newest_of_a_card_and_only_what_changed(faces: Card) -> None:
    (first, phone), (second, _) = await faces.saved(), await faces.saved()
    await faces.refreshed(first, second)
    faces.google.wallet.requests.clear()
    faces.change(first, points=500)

    settled = await converge(faces.world, tasks_of(BULK, first, second), AT)

    assert [type(each) for each in settled] == [Done, Done]
    assert len(faces.calls("PATCH")) == 1 and phone.card().points == "500"


async def test_no_card_is_in_two_hands_at_once(faces: Card) -> None:
    """What changes now while the re-design has the card in hand comes a moment later, and the other way round."""
    member_id, _ = await faces.saved()

    in_hand[BULK].add(member_id)
    now = await converge(faces.world, tasks_of("passes.google", member_id), AT)
    in_hand[BULK].clear()
    in_hand["passes.google"].add(member_id)
    bulk = await converge(faces.world, tasks_of(BULK, member_id), AT)
    in_hand["passes.google"].clear()

    assert isinstance(now[0], NotBefore) and now[0].until == AT
    assert isinstance(bulk[0], NotBefore) and faces.calls() == []


async def test_bulk_stops_at_the_first_card_that_finds_no_room(faces: Card) -> None:
    members = [(await faces.saved())[0] for _ in range(20)]
    await faces.refreshed(*members)
    faces.google.wallet.requests.clear()
    for member_id in members:
        faces.change(member_id, points=7)
    faces.google.wallet.fail(403, "permissionDenied", times=100)

    settled = await converge(faces.world, tasks_of(BULK, *members), AT)

    assert len(settled) == 20 and all(isinstance(each, NotBefore) for each in settled)
    assert len(faces.calls()) <= converge_module.BULK_AT_ONCE


async def test_how_long_a_card_was_wrong_is_measured_when_google_took_it(faces: Card) -> None:
    member_id, _ = await faces.saved()
    await faces.refreshed(member_id)
    faces.change(member_id, points=333)
    async with faces.world.database.transaction() as db:
        await outbox.put(db, member_id, [Due("passes.google")], AT)
        await db.execute("update outbox set created_at = now() - interval '20 seconds' where member_id = $1", member_id)
    before = counted("punchcard_pass_convergence_seconds", "sum")

    await converge(faces.world, tasks_of("passes.google", member_id), AT)
    first = counted("punchcard_pass_convergence_seconds", "sum") - before
    await converge(faces.world, tasks_of("passes.google", member_id), AT)

    assert first == pytest.approx(20, abs=5)
    assert counted("punchcard_pass_convergence_seconds", "sum") - before == first


def counted(name: str, part: str) -> float:
    return sum(
        amount
        for (metric, labels, each), amount in metrics.HOUSE.counted.items()
        if (metric, each) == (name, part) and ("wallet", "google") in labels
    )


async def unlooked(card: Card) -> None:
    """Everything was sent and linked long ago."""
    async with card.world.database.transaction() as db:
        await db.execute("delete from outbox")
        await db.execute("update google_object set sent_at = 'epoch', linked_at = '-infinity'")


async def looked(card: Card, at: int = AT) -> list[str]:
    """A round of looking; which reactions are due after it."""
    await look_around(card.world.database, at)
    async with card.world.database.reading() as db:
        tasks = [each for each in await outbox.due(db, range(BUCKETS), at) if each.reaction == LOOK]
    settled = await look(card.world, tasks, at) if tasks else []
    async with card.world.database.transaction() as db:
        await outbox.settle(db, settled, at)
        return [each.reaction for each in await outbox.due(db, range(BUCKETS), at)]


async def known(card: Card, what: str) -> Any:
    async with card.world.database.reading() as db:
        row = await db.fetchrow("select held, sent = '{}' as unknown from google_object")
    return dict(row or {})[what]


async def test_a_card_whose_save_we_never_heard_of_is_found_and_brought_up_to_date(card: Card) -> None:
    member_id, _ = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set held = false")
    card.google.wallet.requests.clear()

    due = await looked(card)

    assert await known(card, "held") and due == ["passes.google"]
    assert [each["method"] for each in card.calls()] == ["GET"]


async def test_a_card_that_was_deleted_unheard_is_held_by_nobody(card: Card) -> None:
    member_id, phone = await card.saved()
    await card.refreshed(member_id)
    phone.delete()
    await unlooked(card)
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set held = true")

    due = await looked(card)

    assert not await known(card, "held") and due == []


async def test_a_card_that_somebody_edited_at_google_is_sent_again_whole(card: Card) -> None:
    member_id, phone = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    card.google.wallet.objects[phone.object_id]["loyaltyPoints"]["balance"] = {"int": 1_000_000}

    due = await looked(card)
    await card.refreshed(member_id)

    assert due == ["passes.google"] and phone.card().points == "121"


class Overtaken:
    """A Wallet to which somebody else sends the card's newest while it is asked for the card."""

    def __init__(self, card: Card):
        self.card, self.wallet = card, card.world.google

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        async with self.card.world.database.transaction() as db:
            await db.execute("update google_object set sent_version = sent_version + 1")
        return await self.wallet.call(method, path, body)

    async def close(self) -> None: ...


async def test_a_card_that_changed_while_it_was_looked_at_is_no_drift(card: Card, caplog) -> None:
    member_id, phone = await card.saved()
    await card.refreshed(member_id)
    card.google.wallet.objects[phone.object_id]["loyaltyPoints"]["balance"] = {"int": 1_000_000}

    settled = await look(replace(card.world, google=Overtaken(card)), tasks_of(LOOK, member_id), AT)

    assert [type(each) for each in settled] == [Done] and "does not say what we sent" not in caplog.text


async def test_a_card_that_is_gone_from_google_is_made_again_for_whoever_wants_it(card: Card) -> None:
    member_id, phone = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    del card.google.wallet.objects[phone.object_id]

    await looked(card)
    held = await known(card, "held")
    phone.save(await link(card.world, member_id, AT, card.face))

    assert not held and phone.card().points == "121"


async def test_a_card_is_looked_at_once_a_day_and_not_again_while_it_waits_for_that(card: Card) -> None:
    member_id, _ = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    card.google.wallet.requests.clear()

    await looked(card)
    first = len(card.calls())
    await looked(card, AT + 60)
    again = len(card.calls())
    waits = [await look_around(card.world.database, AT + 2 * DAY) for _ in range(2)]

    assert (first, again, waits) == (1, 1, [1, 0])


async def test_whoever_was_never_heard_of_is_found_however_much_else_waits(card: Card) -> None:
    """A re-design of a million cards takes 15 hours; a row that waits for an operator waits for days."""
    member_id, _ = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set held = false")
        await outbox.put_many(db, [(new_id(), Due(each)) for each in ("passes.google", BULK)], AT + DAY)

    await looked(card)

    assert await known(card, "held")


async def test_a_card_in_doubt_whose_change_was_laid_aside_is_sent_again(card: Card) -> None:
    member_id, _ = await card.saved()
    await card.refreshed(member_id)
    await unlooked(card)
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set in_doubt = true")

    assert await looked(card) == ["passes.google"]


async def test_while_google_is_away_one_look_is_enough(card: Card) -> None:
    members = [(await card.saved())[0] for _ in range(3)]
    card.google.wallet.requests.clear()
    card.google.wallet.fail(503, "backendError", times=3)

    settled = await look(card.world, tasks_of(LOOK, *members), AT)

    assert len(card.calls()) == 1 and all(isinstance(each, NotBefore) for each in settled)


async def test_while_google_is_away_a_look_waits(card: Card) -> None:
    await card.saved()
    await unlooked(card)
    card.google.wallet.fail(503, "backendError")

    assert await looked(card) == [] and not await known(card, "unknown")


@pytest.mark.parametrize(
    ("there", "sent", "same"),
    [
        ({"a": 1, "kind": "theirs"}, {"a": 1}, True),
        ({"micros": "12000000"}, {"micros": 12000000}, True),
        ({"list": [{"id": 1, "kind": "x"}]}, {"list": [{"id": 1}]}, True),
        ({}, {"a": "", "list": [], "flag": False}, True),
        ({"a": 2}, {"a": 1}, False),
        ({}, {"a": 1}, False),
        ({"list": [1, 2]}, {"list": [1]}, False),
        ({"a": "text"}, {"a": {"b": 1}}, False),
        ("", {"a": 1}, False),
    ],
)
def test_google_says_what_we_sent_and_may_add_to_it(there: Any, sent: Any, same: bool) -> None:
    assert says(there, sent) is same


async def test_what_waits_for_google_is_a_gauge(card: Card) -> None:
    member_id, _ = await card.saved()
    await card.refreshed(member_id)
    async with card.world.database.transaction() as db:
        await db.execute("delete from outbox")
        none = await reconcile.gauges(db, card.settings, AT)
        await outbox.put(db, member_id, [Due("passes.google")], AT)
        await db.execute("update outbox set created_at = now() - interval '20 seconds'")
        some = await reconcile.gauges(db, card.settings, AT)

    assert [each.value for each in none] == [0, 0]
    assert some[0].value == 1 and some[1].value == pytest.approx(20, abs=3)
    assert {each.labels["wallet"] for each in some} == {"google"}
