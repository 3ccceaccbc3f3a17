"""The card in Google Wallet when Google is away, answers get lost, and nobody knows what stands there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import ATTEMPTS_MAX, Again, Dead, Done, NotBefore
from punchcard.foundation.outside import Answer, Outcome
from punchcard.passes.google import classes, refresh
from tests.googles import AT, OFFER, Card, card_at_google, offer_of, task


@pytest.fixture
async def card(tmp_path: Path, house: Database) -> AsyncIterator[Card]:
    async with card_at_google(tmp_path, house) as made:
        yield made


class Deaf:
    """A Wallet that is reached, and whose answers to these methods never come back; or the caller dies waiting for them."""

    def __init__(self, card: Card, *methods: str, killed: bool = False):
        self.wallet, self.methods, self.killed = card.wallet, methods, killed

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        answer = await self.wallet.call(method, path, body)
        if method not in self.methods:
            return answer
        if self.killed:
            raise asyncio.CancelledError
        return Answer(Outcome.LATER, 0, "ReadTimeout")

    async def close(self) -> None: ...


@pytest.mark.parametrize("killed", [False, True])
async def test_points_that_went_and_came_back_while_an_answer_was_lost_stand_on_the_card(
    card: Card, killed: bool
) -> None:
    """Google took 206 and we never heard so; then the member has 121 again, as we last knew."""
    member_id, phone = await card.saved()
    card.change(member_id, points=206)
    deaf = msgspec.structs.replace(card.world, google=Deaf(card, "PATCH", killed=killed))

    if killed:
        with pytest.raises(asyncio.CancelledError):
            await refresh(deaf, [task(member_id)], AT, card.face)
    else:
        assert isinstance((await refresh(deaf, [task(member_id)], AT, card.face))[0], Again)
    card.change(member_id, points=121)
    (settled,) = await card.refreshed(member_id)

    assert isinstance(settled, Done) and phone.card().points == "121"


async def test_what_google_refused_is_sent_again_as_the_same_small_change(card: Card) -> None:
    member_id, _ = await card.saved()
    card.change(member_id, points=206)
    card.google.wallet.fail(429, "rateLimitExceeded")

    await card.refreshed(member_id)
    await card.refreshed(member_id)

    first, second = card.calls()
    assert first["method"] == second["method"] == "PATCH" and first["body"] == second["body"]


async def unknown(card: Card) -> None:
    async with card.world.database.transaction() as db:
        await db.execute("update google_object set sent = '{}'")


async def test_what_is_gone_goes_although_nobody_knew_what_stood_there(card: Card) -> None:
    member_id, phone = await card.saved(offer=OFFER)
    await unknown(card)
    card.change(member_id, offer=None, challenge=None)

    await card.refreshed(member_id)

    there = card.google.wallet.objects[phone.object_id]
    assert "linkedOfferIds" not in there and "messages" not in there and there["hasUsers"]


async def test_a_frozen_member_leaves_nothing_at_google_although_nobody_knew_what_stood_there(card: Card) -> None:
    member_id, phone = await card.saved()
    await unknown(card)
    card.change(member_id, is_open=False)

    await card.refreshed(member_id)

    there = card.google.wallet.objects[phone.object_id]
    assert set(there) <= {"id", "classId", "state", "hasUsers"} and there["state"] == "INACTIVE"


async def test_points_beyond_googles_integer_reach_a_card_that_nobody_knew(card: Card) -> None:
    member_id, phone = await card.saved()
    await unknown(card)
    card.change(member_id, points=3_000_000_000)

    (settled,) = await card.refreshed(member_id)

    assert isinstance(settled, Done) and phone.card().points == "3,000,000,000"


async def test_no_card_is_given_up_however_long_google_is_away(card: Card) -> None:
    """After the last of its tries a card would be laid aside, and stay wrong until its member's next sale."""
    member_id, phone = await card.saved()
    card.change(member_id, points=206)
    tired = msgspec.structs.replace(task(member_id), attempts=ATTEMPTS_MAX - 1)
    card.google.wallet.fail(503, "backendError")

    (away,) = await refresh(card.world, [tired], AT, card.face)
    (back,) = await refresh(card.world, [tired], AT, card.face)

    assert isinstance(away, NotBefore) and away.until == AT + 300
    assert isinstance(back, Done) and phone.card().points == "206"


async def test_while_google_is_away_a_batch_is_not_tried_card_by_card(card: Card) -> None:
    """Each try may take ten seconds, and a worker's patience with a batch is sixty."""
    members = [(await card.saved())[0] for _ in range(30)]
    for member_id in members:
        card.change(member_id, points=206)
    card.google.wallet.requests.clear()
    card.google.wallet.fail(503, "backendError", times=100)

    settled = await card.refreshed(*members)

    assert len(card.calls()) <= 16 and len(settled) == 30
    assert all(isinstance(each, Again | NotBefore) for each in settled)


async def test_a_few_failures_stop_no_batch(card: Card) -> None:
    members = [(await card.saved())[0] for _ in range(12)]
    for member_id in members:
        card.change(member_id, points=206)
    card.google.wallet.fail(503, "backendError", times=5)

    settled = await card.refreshed(*members)

    assert [type(each) for each in settled].count(Done) == 7
    assert not any(isinstance(each, Dead) for each in settled)


async def test_a_new_word_for_points_rings_no_phone(card: Card) -> None:
    member_id, _ = await card.saved()
    card.change(member_id, unit={"en": "Stars"})

    await card.refreshed(member_id)

    (call,) = card.calls()
    assert "notifyPreference" not in call["body"]


async def redrawn(card: Card) -> None:
    """The class must be written again, and the log is empty."""
    async with card.world.database.transaction() as db:
        await db.execute("update google_class set body_hash = '\\x00'")
    card.google.wallet.requests.clear()


async def test_while_google_refuses_a_changed_class_cards_keep_the_former_and_their_balances_go_out(card: Card) -> None:
    """Also a picture that Google could not fetch in that moment is a refusal."""
    members = [(await card.saved()) for _ in range(3)]
    for member_id, _ in members:
        card.change(member_id, points=206)
    await redrawn(card)
    card.google.wallet.fail(400, "invalidImage")

    settled = [(await card.refreshed(member_id))[0] for member_id, _ in members]

    assert [type(each) for each in settled] == [Done] * 3 and {phone.card().points for _, phone in members} == {"206"}
    assert card.paths() == ["PUT loyaltyClass", *["PATCH loyaltyObject"] * 3]


async def test_a_class_that_google_refused_is_written_when_it_does_not_any_more(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    member_id, _ = await card.saved()
    await redrawn(card)
    card.google.wallet.fail(400, "invalidImage")
    card.change(member_id, points=206)
    await card.refreshed(member_id)

    monkeypatch.setattr(classes, "refusals", {})
    card.change(member_id, points=207)
    await card.refreshed(member_id)
    card.change(member_id, points=208)
    await card.refreshed(member_id)

    assert [each for each in card.paths() if "Class" in each] == ["PUT loyaltyClass"] * 2


async def test_a_tier_whose_class_google_refuses_waits_for_its_operator_and_asks_once(card: Card) -> None:
    members = [(await card.saved())[0] for _ in range(3)]
    for member_id in members:
        card.change(member_id, tier="orchard")
    card.google.wallet.fail(400, "invalidImage")

    settled = [(await card.refreshed(member_id))[0] for member_id in members]

    assert all(isinstance(each, NotBefore) and each.until >= AT + 300 for each in settled)
    assert card.paths() == ["POST loyaltyClass"]


async def test_a_class_that_google_lost_is_made_again_though_the_card_stands(card: Card) -> None:
    member_id, phone = await card.saved()
    card.google.wallet.classes.clear()
    card.change(member_id, points=206)

    first = await card.refreshed(member_id)
    second = await card.refreshed(member_id)

    assert isinstance(first[0], Again) and isinstance(second[0], Done) and phone.card().points == "206"


async def test_a_new_card_meets_an_offer_that_google_lost(card: Card) -> None:
    await card.saved(offer=OFFER)
    card.google.wallet.offers.clear()

    _, phone = await card.saved(offer=OFFER)

    assert len(phone.card().offers) == 1


async def test_what_was_told_is_forgotten_once_it_could_not_be_told_again(card: Card) -> None:
    member_id, _ = await card.saved(offer=OFFER)
    later = OFFER.until + 31 * DAY
    card.change(member_id, offer=offer_of("tea-x2", since=later, until=later + DAY))

    await card.refreshed(member_id, at=later)

    async with card.world.database.reading() as db:
        told = await db.fetch("select message_id from google_message where member_id = $1", member_id)
    assert [row["message_id"] for row in told] == ["offer:tea-x2"]
