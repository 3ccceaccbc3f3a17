"""The card in Google Wallet after it was made: changed by as little as changed, and never left behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Again, Dead, Done, NotBefore, Settled, Task
from punchcard.foundation.outside import World
from punchcard.passes.google import ensure, refresh, render
from punchcard.passes.google.operations import FaceOf
from tests.counting import counted
from tests.googles import AT, ISSUER, OFFER, Card, card_at_google, task


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


async def test_a_sale_patches_what_changed_and_nothing_else(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, points=206, missing=294)

    settled = await card.refreshed(member_id)

    (call,) = card.calls()
    assert isinstance(settled[0], Done) and phone.card().points == "206"
    assert call["method"] == "PATCH" and call["path"].endswith(f"loyaltyObject/{ISSUER}.{member_id.hex}")
    assert set(call["body"]) == {"loyaltyPoints", "textModulesData", "notifyPreference"}


async def test_a_card_that_says_it_already_costs_no_call(card: Card) -> None:
    member_id, _ = await card.saved()
    card.change(member_id, points=206)

    await card.refreshed(member_id)
    await card.refreshed(member_id)

    assert len(card.calls()) == 1


async def test_a_member_without_a_card_costs_no_call(card: Card) -> None:
    settled = await card.refreshed(card.member())

    assert isinstance(settled[0], Done) and card.calls() == []


async def test_members_without_a_card_cost_one_statement_together(card: Card, db: Connection) -> None:
    with counted(db) as ran:
        settled = await card.refreshed(card.member(), card.member(), card.member())

    assert len(ran) == 1 and len(settled) == 3


async def test_only_moved_points_notify_and_three_times_a_day_at_most(card: Card) -> None:
    member_id, _ = await card.saved()
    card.rings = frozenset({"points"})

    card.change(member_id, offer=OFFER)
    await card.refreshed(member_id)
    for points in (1, 2, 3, 4):
        card.change(member_id, points=points)
        await card.refreshed(member_id, at=AT + points)
    card.change(member_id, points=5)
    await card.refreshed(member_id, at=AT + DAY + 5)

    told = ["notifyPreference" in each["body"] for each in card.calls("PATCH")]
    assert told == [False, True, True, True, False, True]


async def test_when_google_has_notified_enough_the_card_changes_silently(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, points=206)
    card.google.wallet.fail(403, "quotaExceeded")

    first = await card.refreshed(member_id)
    second = await card.refreshed(member_id)

    assert isinstance(first[0], Again) and isinstance(second[0], Done) and phone.card().points == "206"
    assert ["notifyPreference" in each["body"] for each in card.calls()] == [True, False]


async def test_a_reached_tier_moves_the_card_to_its_class(card: Card) -> None:
    member_id, phone = await card.saved()
    name = {"en": "Orchard", "he": "בוסתן", "ar": "بستان", "ru": "Сад"}
    card.change(member_id, points=12904, tier="orchard", tier_name=name, next_tier="", next_tier_name={}, missing=0)

    await card.refreshed(member_id)

    shown = phone.card()
    assert (shown.tier, shown.colour) == ("Orchard", "#251a31")
    assert shown.texts["next"] == ("Highest level", "Orchard")


async def test_what_is_gone_from_the_face_is_gone_from_the_card(card: Card) -> None:
    member_id, phone = await card.saved(language="he", offer=OFFER)
    card.change(member_id, language="en", offer=None)

    await card.refreshed(member_id)

    assert "offer" not in phone.card().texts and phone.card().hero.endswith("/hero-bud.png")


async def test_more_points_than_google_can_count_are_written_out(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, points=3_000_000_000)

    await card.refreshed(member_id)

    assert phone.card().points == "3,000,000,000"


async def test_a_card_that_google_lost_is_made_again(card: Card) -> None:
    member_id, _ = await card.saved()
    card.google.wallet.objects.clear()
    card.google.wallet.classes.clear()
    card.change(member_id, points=206)

    settled = await card.refreshed(member_id)

    assert isinstance(settled[0], Done)
    assert card.google.wallet.objects[f"{ISSUER}.{member_id.hex}"]["loyaltyPoints"]["balance"] == {"int": 206}


@pytest.mark.parametrize(
    ("status", "reason", "after", "verdict", "wait"),
    [
        (429, "rateLimitExceeded", 7, Again, 7),
        (403, "rateLimitExceeded", None, Again, None),
        (503, "backendError", 30, Again, 30),
        (500, "internalError", None, Again, None),
        (403, "permissionDenied", None, NotBefore, AT + 300),
        (400, "invalidResource", None, Dead, None),
    ],
)
async def test_what_becomes_of_a_card_that_google_would_not_change(
    card: Card, status: int, reason: str, after: int | None, verdict: type[Settled], wait: int | None
) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, challenge=None)
    card.google.wallet.fail(status, reason, after_seconds=after)

    (settled,) = await card.refreshed(member_id)

    assert isinstance(settled, verdict) and len(card.calls()) == 1
    assert getattr(settled, "after_seconds", getattr(settled, "until", None)) == wait
    await card.refreshed(member_id)
    assert "challenge" not in phone.card().texts


async def test_one_bad_card_stops_no_other(card: Card) -> None:
    members = [(await card.saved())[0] for _ in range(5)]
    card.google.wallet.requests.clear()
    for member_id in members:
        card.change(member_id, points=777)
    card.google.wallet.fail(400, "invalidResource")

    settled = await card.refreshed(*members)

    assert sorted(type(each).__name__ for each in settled) == ["Dead", "Done", "Done", "Done", "Done"]


async def test_a_redrawn_class_is_written_once(card: Card) -> None:
    first, _ = await card.saved()
    second, _ = await card.saved()
    async with card.world.database.transaction() as db:
        await db.execute("update google_class set body_hash = '\\x00'")
    card.google.wallet.requests.clear()
    for member_id in (first, second):
        card.change(member_id, points=9)

    await card.refreshed(first)
    await card.refreshed(second)

    assert [each["path"].split("/")[3] for each in card.calls()] == ["loyaltyClass", "loyaltyObject", "loyaltyObject"]


async def test_two_taps_at_once_make_one_card_and_the_newest_words_win(card: Card) -> None:
    member_id = card.member(points=1)

    first, second = await asyncio.gather(*(ensure(card.world, member_id, AT, card.face) for _ in range(2)))
    card.change(member_id, points=2)
    await card.refreshed(member_id)

    assert first == second and list(card.google.wallet.objects) == [first.object_id]
    assert card.google.wallet.objects[first.object_id]["loyaltyPoints"]["balance"] == {"int": 2}


async def test_a_card_that_was_just_made_is_looked_at_once_more(card: Card) -> None:
    """A sale may be written between reading the face and keeping the card: its own task came too early."""
    member_id = card.member()

    await ensure(card.world, member_id, AT, card.face)

    async with card.world.database.transaction() as db:
        waiting = await db.fetch("select reaction from outbox where member_id = $1", member_id)
    assert [row["reaction"] for row in waiting] == ["passes.google"]


async def test_a_worker_killed_after_the_call_leaves_work_that_is_harmless(card: Card) -> None:
    member_id, phone = await card.saved()
    card.change(member_id, points=206)
    async with card.world.database.transaction() as db:
        before = await db.fetchval("select sent from google_object where member_id = $1", member_id)
    await card.refreshed(member_id)
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set sent = $2 where member_id = $1", member_id, before)

    settled = await card.refreshed(member_id)

    first, second = card.calls()
    assert isinstance(settled[0], Done) and first == second and phone.card().points == "206"


async def test_two_workers_that_meet_leave_the_card_to_be_done_again(card: Card) -> None:
    """A lease may lapse in the middle of a call: then nobody knows whose words stand there last."""
    member_id, phone = await card.saved()
    card.change(member_id, points=206)

    outcomes = await asyncio.gather(card.refreshed(member_id), card.refreshed(member_id))
    again = [each for settled in outcomes for each in settled if isinstance(each, Again)]
    card.change(member_id, points=300)
    last = await card.refreshed(member_id)

    assert len(again) == 1 and isinstance(last[0], Done) and phone.card().points == "300"


async def stale(card: Card, refresh_card: Callable[..., Awaitable[list[Settled]]]) -> int:
    """How many cards stay behind their faces after many sales, when Google fails every third call."""
    members = [(await card.saved())[0] for _ in range(6)]
    for points in range(1, 5):
        for number, member_id in enumerate(members):
            card.change(member_id, points=points * 10 + number)
            if (points + number) % 3 == 0:
                card.google.wallet.fail(503, "backendError")
        waiting = [task(each) for each in members]
        for _ in range(5):
            settled = await refresh_card(card.world, waiting, AT, card.face)
            waiting = [each.task for each in settled if not isinstance(each, Done)]
    shown = card.google.wallet.objects
    return sum(
        shown[f"{ISSUER}.{each.hex}"]["loyaltyPoints"]["balance"]["int"] != card.faces[each].points for each in members
    )


async def test_whatever_google_does_no_card_stays_behind(card: Card) -> None:
    assert await stale(card, refresh) == 0


async def test_the_check_of_that_notices_who_forgets_a_failure(card: Card) -> None:
    async def forgetful(world: World, tasks: Sequence[Task], at: int, face: FaceOf) -> list[Settled]:
        """The mutant: whatever came back, it calls it done."""
        return [Done(each.task) for each in await refresh(world, tasks, at, face)]

    assert await stale(card, forgetful) > 0


@pytest.mark.parametrize(
    ("before", "now", "patch"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": 3}),
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": {"int": 1, "x": 1}}, {"a": {"string": "1", "x": 1}}, {"a": {"string": "1", "x": 1, "int": None}}),
        ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
    ],
)
def test_a_patch_is_the_difference(before: dict[str, object], now: dict[str, object], patch: dict[str, object]) -> None:
    assert render.changes(before, now) == patch
