"""Messages through Firebase: what we write, what each answer means, and one request for one attempt."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from punchcard.foundation.outside import Answer, Outcome
from punchcard.push import fcm, fcm_message
from punchcard.push.fcm_message import Text
from punchcard.sandbox.android import Android
from punchcard.sandbox.fcm import Fault
from punchcard.sandbox.google import Google, google
from punchcard.sandbox.server import Reply
from tests.discovery_check import findings
from tests.googles import AT, key, misfits, settings_for


class Story:
    """A clock that the test moves."""

    now = AT

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
async def stand_in(tmp_path: Path, story: Story) -> AsyncIterator[Google]:
    async with google(tmp_path, now=story, key=key()) as made:
        yield made
        assert not misfits(made.fcm.requests)


@pytest.fixture
async def firebase(stand_in: Google) -> AsyncIterator[fcm.Firebase]:
    made = fcm.Firebase(settings_for(stand_in))
    yield made
    await made.close()


@pytest.fixture
async def phone(stand_in: Google) -> Android:
    made = Android(stand_in)
    made.install_app()
    return made


def written(
    kind: fcm_message.Target = "fid", address: str = "fid-android-1", ttl_seconds: int = 7200, **more: Any
) -> bytes:
    usual: dict[str, Any] = {
        "title": "Double points on coffee",
        "body": "At Nola, today until 17:00",
        "collapse": "offer:coffee-x2",
        "data": (("message_id", "m1"),),
    }
    return fcm_message.message(Text(**usual | more), kind, address, AT, ttl_seconds)


def plain(body: bytes) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(body)["message"]
    return message


async def test_a_message_arrives_and_stands_in_the_drawer(firebase: fcm.Firebase, phone: Android) -> None:
    answer = await firebase.send(written())

    (shown,) = phone.drawer
    assert answer.outcome is Outcome.SENT and answer.body.startswith("projects/")
    assert (shown.title, shown.body) == ("Double points on coffee", "At Nola, today until 17:00")
    assert shown.data == {"message_id": "m1"} and shown.channel == "offers"


async def test_a_later_word_on_the_same_offer_takes_its_place(firebase: fcm.Firebase, phone: Android) -> None:
    await firebase.send(written())
    await firebase.send(written(title="Last hour"))
    await firebase.send(written(title="Blossom", collapse="tier:blossom"))

    assert [each.title for each in phone.drawer] == ["Last hour", "Blossom"]


@pytest.mark.parametrize(("away_seconds", "shown"), [(7199, 1), (7200, 0)])
async def test_a_phone_that_was_away_hears_of_no_offer_that_ended(
    stand_in: Google, firebase: fcm.Firebase, phone: Android, story: Story, away_seconds: int, shown: int
) -> None:
    stand_in.fcm.disconnect(phone.fid)
    await firebase.send(written())
    story.now += away_seconds

    stand_in.fcm.reconnect(phone.fid)

    assert len(phone.drawer) == shown


@pytest.mark.parametrize("language", ["en", "he", "ar", "ru"])
@pytest.mark.parametrize("kind", ["fid", "token", "topic"])
@pytest.mark.parametrize("urgent", [True, False])
def test_every_message_fits_googles_own_document(language: str, kind: fcm_message.Target, urgent: bool) -> None:
    body = json.loads(written(kind, language=language, urgent=urgent, channel="account"))

    assert findings("fcm.v1", "SendMessageRequest", body, snake_case=True) == []


def test_a_message_ends_with_the_offer_on_all_three_platforms() -> None:
    made = plain(written(ttl_seconds=7200))

    assert made["android"]["ttl"] == "7200s"
    assert made["apns"]["headers"]["apns-expiration"] == str(AT + 7200)
    assert made["webpush"]["headers"]["TTL"] == "7200"


def test_firebase_keeps_nothing_for_more_than_four_weeks() -> None:
    assert plain(written(ttl_seconds=90 * 86400))["android"]["ttl"] == "2419200s"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ttl_seconds": 0}, "over"),
        ({"ttl_seconds": -5}, "over"),
        ({"data": (("n", 5),)}, "string"),
        ({"title": 5}, "string"),
    ],
)
def test_a_message_that_firebase_would_refuse_is_not_written(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        written(**wrong)


def test_a_long_name_for_what_collapses_is_shortened_to_what_each_platform_takes() -> None:
    made = plain(written(collapse="offer:" + "x" * 100))

    assert len(made["apns"]["headers"]["apns-collapse-id"]) <= 64 and len(made["webpush"]["headers"]["Topic"]) == 32


@pytest.mark.parametrize(
    ("status", "code", "asked", "outcome", "after"),
    [
        (404, "UNREGISTERED", None, Outcome.GONE, None),
        (404, "", None, Outcome.MISCONFIGURED, None),
        (400, "INVALID_ARGUMENT", None, Outcome.REFUSED, None),
        (403, "SENDER_ID_MISMATCH", None, Outcome.MISCONFIGURED, None),
        (401, "THIRD_PARTY_AUTH_ERROR", None, Outcome.MISCONFIGURED, None),
        (429, "QUOTA_EXCEEDED", 7, Outcome.LATER, 7),
        (429, "QUOTA_EXCEEDED", None, Outcome.LATER, 60),
        (503, "UNAVAILABLE", 30, Outcome.LATER, 30),
        (503, "UNAVAILABLE", None, Outcome.LATER, None),
        (500, "INTERNAL", None, Outcome.LATER, None),
        (502, "", None, Outcome.LATER, None),
    ],
)
async def test_what_each_answer_means_and_one_attempt_is_one_request(
    stand_in: Google,
    firebase: fcm.Firebase,
    phone: Android,
    status: int,
    code: str,
    asked: int | None,
    outcome: Outcome,
    after: int | None,
) -> None:
    stand_in.fcm.fail(phone.fid, status, code, after_seconds=asked)

    answer = await firebase.send(written())

    assert (answer.outcome, answer.status, answer.after_seconds) == (outcome, status, after)
    assert len(stand_in.fcm.requests) == 1 and phone.drawer == []


async def test_a_removed_app_is_gone(stand_in: Google, firebase: fcm.Firebase, phone: Android) -> None:
    stand_in.fcm.uninstall(phone.fid)

    assert (await firebase.send(written())).outcome is Outcome.GONE


async def test_an_access_token_that_ended_costs_one_attempt(
    stand_in: Google, firebase: fcm.Firebase, phone: Android
) -> None:
    await firebase.send(written())
    stand_in.accounts.revoke()

    refused = await firebase.send(written(title="Again"))
    sent = await firebase.send(written(title="Again"))

    assert (refused.outcome, sent.outcome) == (Outcome.LATER, Outcome.SENT)
    assert len(stand_in.fcm.requests) == 3 and len(stand_in.accounts.requests) == 2


async def test_an_access_token_that_was_never_good_raises_the_alarm(stand_in: Google, firebase: fcm.Firebase) -> None:
    firebase.tokens.scope = "https://www.googleapis.com/auth/wallet_object.issuer"

    answer = await firebase.send(written())

    assert answer.outcome is Outcome.MISCONFIGURED and len(stand_in.fcm.requests) == 1


async def test_without_an_access_token_nothing_is_sent(stand_in: Google, firebase: fcm.Firebase) -> None:
    stand_in.accounts.script.append(Reply(400, {"error": "invalid_grant"}))

    answer = await firebase.send(written())

    assert answer.outcome is Outcome.MISCONFIGURED and stand_in.fcm.requests == []


async def test_nobody_at_home_is_a_reason_to_come_later(stand_in: Google, firebase: fcm.Firebase) -> None:
    await stand_in.door.go_away("refuses")

    answer = await firebase.send(written())

    assert answer.outcome is Outcome.LATER and stand_in.fcm.requests == []


async def test_a_stranger_who_says_to_be_firebase_is_told_nothing(stand_in: Google, tmp_path: Path) -> None:
    made = fcm.Firebase(msgspec.structs.replace(settings_for(stand_in), fcm_authority=None))

    answer = await made.send(written())
    await made.close()

    assert answer.outcome is Outcome.MISCONFIGURED and stand_in.fcm.requests == []


async def test_one_text_is_written_once_and_only_the_address_and_the_end_are_each_ones_own() -> None:
    fcm_message.encoded.cache_clear()

    bodies = {written(address=f"fid-{number}", ttl_seconds=60 + number) for number in range(100)}

    assert len(bodies) == 100 and fcm_message.encoded.cache_info().misses == 1


def test_an_address_that_would_break_out_of_the_body_stays_in_it() -> None:
    address = 'x","topic":"all'

    assert plain(written(address=address))["fid"] == address


@pytest.mark.parametrize(("kind", "most"), [("fid", 4096), ("topic", 2048)])
def test_a_long_text_is_shortened_to_what_firebase_takes(kind: fcm_message.Target, most: int) -> None:
    made = written(kind, body="נקודות כפולות " * 500)

    assert most - 100 < len(made) <= most + 60 and plain(made)["notification"]["body"].endswith("…")


async def test_what_is_asked_together_waits_for_one_access_token(
    stand_in: Google, firebase: fcm.Firebase, phone: Android
) -> None:
    await asyncio.gather(*(firebase.send(written()) for _ in range(50)))
    stand_in.accounts.revoke()

    refused = await asyncio.gather(*(firebase.send(written()) for _ in range(50)))
    sent = await asyncio.gather(*(firebase.send(written()) for _ in range(50)))

    assert {answer.outcome for answer in refused} == {Outcome.LATER} and len(stand_in.accounts.requests) == 2
    assert {answer.outcome for answer in sent} == {Outcome.SENT} and len(stand_in.fcm.requests) == 150


async def test_several_connections_carry_what_one_has_no_room_for(
    stand_in: Google, firebase: fcm.Firebase, phone: Android
) -> None:
    stand_in.door.streams_max = stand_in.door.strangers_max = 10
    stand_in.door.delay_seconds = 0.3

    answers = await asyncio.gather(*(firebase.send(written()) for _ in range(40)))

    assert {answer.outcome for answer in answers} == {Outcome.SENT} and 1 < stand_in.door.connected <= 4


@pytest.mark.parametrize(
    ("fault", "outcome", "shown"),
    [
        (Fault(500, "INTERNAL", is_delivered=True), Outcome.LATER, 1),
        (Fault(reset=2, is_delivered=True), Outcome.LATER, 1),
        (Fault(cut=True), Outcome.LATER, 0),
        (Fault(goodbye=True), Outcome.SENT, 1),
    ],
)
async def test_what_may_have_arrived_is_told_again_and_shown_once(
    stand_in: Google, firebase: fcm.Firebase, phone: Android, fault: Fault, outcome: Outcome, shown: int
) -> None:
    stand_in.fcm.script(phone.fid, fault)

    first = await firebase.send(written())
    in_drawer = len(phone.drawer)
    again = await firebase.send(written())

    assert (first.outcome, in_drawer) == (outcome, shown)
    assert again.outcome is Outcome.SENT and len(phone.drawer) == 1


async def test_what_firebase_did_not_look_at_goes_to_it_at_once(
    stand_in: Google, firebase: fcm.Firebase, phone: Android
) -> None:
    stand_in.fcm.script(phone.fid, Fault(reset=7))

    assert (await firebase.send(written())).outcome is Outcome.SENT and len(phone.drawer) == 1


async def test_our_own_mistake_is_complained_of_once(
    stand_in: Google, firebase: fcm.Firebase, phone: Android, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in.fcm.fail(phone.fid, 404, "", times=5)

    for _ in range(5):
        await firebase.send(written())

    assert len([each for each in caplog.records if "no phone is at fault" in each.getMessage()]) == 1


async def amplification(sender: fcm.Firebase, stand_in: Google) -> float:
    """Requests that reach Firebase for each attempt, when Firebase is in trouble."""
    attempts = 5
    stand_in.fcm.fail("fid-android-1", 503, "UNAVAILABLE", times=100)
    before = len(stand_in.fcm.requests)
    for _ in range(attempts):
        await sender.send(written())
    return (len(stand_in.fcm.requests) - before) / attempts


class Impatient(fcm.Firebase):
    """The mutant: it repeats by itself, as firebase-admin does."""

    async def send(self, message: bytes) -> Answer:
        for _ in range(3):
            if (answer := await super().send(message)).outcome is not Outcome.LATER:
                break
        return answer


async def test_trouble_at_firebase_is_not_made_worse_by_us(stand_in: Google, firebase: fcm.Firebase) -> None:
    assert await amplification(firebase, stand_in) == 1.0


async def test_the_check_of_that_notices_who_repeats_by_himself(stand_in: Google) -> None:
    sender = Impatient(settings_for(stand_in))

    assert await amplification(sender, stand_in) == 3.0
    await sender.close()
