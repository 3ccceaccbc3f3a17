"""Joining, staying signed in, the code on the card, and how a member wants to be spoken to."""

import asyncio
import logging
import string
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard import members
from punchcard.foundation import ids, locale, news, outbox, tokens
from punchcard.foundation.clock import DAY, MINUTE, Clock
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, NotSignedIn, Refused, TooMany
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.members import cards, codes, contacts, operations, sessions, sql
from punchcard.members.model import Arrival, CardMistyped, CodeWrong, Pair, SessionEnded, SignedIn

from .conftest import OneTransaction
from .front import OLDER, SECRET, SETTINGS, bearer, calling, small_app

SECRETS = SETTINGS.secrets
AT = 1_780_000_000
MAYA = "maya@example.org"
ARRIVAL = Arrival("Maya", "en", "Asia/Jerusalem", {"marketing": True}, "phone")


@pytest.fixture(autouse=True)
def quiet_news() -> Iterator[None]:
    """Nothing follows from a member's news here; what does in the house stands in `reactions` and is tested there."""
    before = dict(news._table)
    news.install({kind: lambda _: () for kind in (members.Joined, members.ProfileChanged, members.SignedOutEverywhere)})
    yield
    news.install(before)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "ahead")


@pytest.fixture
async def client(house: OneTransaction, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(small_app(members.routes, house, clock)) as opened:
        yield opened


class Post:
    """A message sender that keeps what it was given, and answers as it is told."""

    def __init__(self, outcome: Outcome = Outcome.SENT):
        self.outcome = outcome
        self.sent: list[tuple[str, str, str]] = []

    async def send(self, to: str, subject: str, text: str) -> Answer:
        self.sent.append((to, subject, text))
        return Answer(self.outcome)

    async def close(self) -> None:
        """Nothing is open."""


def world_of(database: Database, post: Post) -> World:
    nobody: Any = None
    return World(database, SETTINGS, apns=nobody, google=nobody, fcm=nobody, sender=post)


async def tasks_for(db: Connection, contact: str, at: int) -> list[outbox.Task]:
    member_id = codes.outbox_key(contacts.hashed(contact))
    return [task for task in await outbox.due(db, range(64), at) if task.member_id == member_id]


async def code_for(db: Connection, contact: str, at: int) -> str:
    """The code that the message would carry."""
    found = await sql.open_code_of(db, contacts.hashed(contacts.normal(contact)), at)
    assert found is not None
    code = codes.code_of(SECRETS, contacts.hashed(contacts.normal(contact)), found)
    assert code is not None
    return code


async def joined(db: Connection, contact: str = MAYA, at: int = AT) -> SignedIn:
    await operations.request_code(db, SETTINGS, contact, "en", at)
    answer = await operations.join(db, SETTINGS, contact, await code_for(db, contact, at), ARRIVAL, at)
    assert isinstance(answer, SignedIn)
    return answer


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_person_joins_is_recognised_changes_their_profile_and_signs_out(
    client: httpx.AsyncClient, db: Connection, clock: Clock
) -> None:
    sent = await client.post("/join/codes", json={"contact": " Maya@Example.org ", "language": "he"})
    assert (sent.status_code, sent.json()) == (202, {"expires_in": 600})
    came = await client.post(
        "/join/sessions",
        json={
            "contact": MAYA,
            "code": await code_for(db, MAYA, clock.now()),
            "name": "מאיה",
            "language": "he",
            "zone": "Asia/Jerusalem",
            "consents": {"marketing": True},
            "device": "Maya's phone",
        },
    )
    assert came.status_code == 201 and came.json()["new"] is True
    me = bearer(came.json()["access_token"])

    profile = (await client.get("/me/profile", headers=me)).json()
    assert profile["name"] == "מאיה" and profile["language"] == "he" and profile["email"] == "m…@example.org"
    assert profile["phone"] is None and profile["joined_at"].endswith("Z")

    wishes = (await client.get("/me/preferences", headers=me)).json()
    assert wishes == {
        "quiet_from": "22:00",
        "quiet_until": "08:00",
        "consents": {"marketing": True, "personalisation": False, "location": False},
        "messages_a_week": 3,
    }
    wishes |= {"quiet_from": "21:30", "messages_a_week": 1}
    assert (await client.put("/me/preferences", headers=me, json=wishes)).json() == wishes
    assert (await client.get("/me/preferences", headers=me)).json() == wishes

    new = {"name": "Maya", "language": "en", "zone": "Europe/Berlin", "birthday": "1990-02-28"}
    changed = (await client.put("/me/profile", headers=me, json=new)).json()
    assert {key: changed[key] for key in new} == new

    assert (await client.delete("/me/sessions", headers=me)).status_code == 204
    clock.run_ahead(1)
    assert (await client.get("/me/profile", headers=me)).status_code == 401
    again = await client.post("/join/tokens", json={"refresh_token": came.json()["refresh_token"]})
    assert again.status_code == 401


async def test_who_comes_back_is_the_same_member_with_their_own_profile(db: Connection) -> None:
    first, second = await joined(db), await joined(db)

    assert (second.member_id, first.new, second.new) == (first.member_id, True, False)
    assert await members.code_of(db, first.member_id) == await members.code_of(db, second.member_id)


async def test_a_phone_number_joins_too_however_it_is_written(db: Connection) -> None:
    first, second = await joined(db, "+972 52-123 4567"), await joined(db, "+972521234567")

    assert first.member_id == second.member_id
    member = await members.member(db, first.member_id)
    assert (member.phone, member.email) == ("…567", None)


async def test_the_answer_to_a_wish_for_a_code_does_not_tell_who_is_a_member(
    client: httpx.AsyncClient, db: Connection
) -> None:
    await joined(db)

    member, stranger = [
        await client.post("/join/codes", json={"contact": each}) for each in (MAYA, "stranger@example.org")
    ]
    assert (member.status_code, member.content, dict(member.headers)) == (
        stranger.status_code,
        stranger.content,
        dict(stranger.headers),
    )
    wrong = [
        await client.post("/join/sessions", json={"contact": each, "code": "000000"})
        for each in (MAYA, "stranger@example.org", "nobody@example.org")
    ]
    assert len({(answer.status_code, answer.content) for answer in wrong}) == 1


async def test_a_code_is_sent_in_the_persons_language_and_stands_nowhere_in_the_database(
    db: Connection, house: OneTransaction
) -> None:
    post = Post()
    await operations.request_code(db, SETTINGS, MAYA, "ru", AT)
    tasks, code = await tasks_for(db, MAYA, AT), await code_for(db, MAYA, AT)
    kept = str([task.payload for task in tasks]) + str(await db.fetch("select * from one_time_code"))

    assert await members.send_code(world_of(house, post), tasks, AT) == [outbox.Done(tasks[0])]

    [(to, subject, text)] = post.sent
    assert (to, code in subject, code in text, code in kept) == (MAYA, True, True, False)
    assert text == locale.say("members.code-text", "ru", code=code, programme=SETTINGS.programme_name)


async def test_only_the_newest_code_is_sent_and_only_while_it_is_open(db: Connection, house: OneTransaction) -> None:
    post = Post()
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    await operations.request_code(db, SETTINGS, MAYA, "en", AT + 1)
    tasks = await tasks_for(db, MAYA, AT + 1)

    assert len(tasks) == 1
    assert await members.send_code(world_of(house, post), tasks, AT + 1 + codes.LIFE_SECONDS) == [outbox.Done(tasks[0])]
    assert post.sent == []


@pytest.mark.parametrize(
    "outcome, kind",
    [
        (Outcome.SENT, outbox.Done),
        (Outcome.GONE, outbox.Done),
        (Outcome.REFUSED, outbox.Done),
        (Outcome.LATER, outbox.Again),
        (Outcome.MISCONFIGURED, outbox.Again),
    ],
)
async def test_a_code_that_cannot_be_sent_is_tried_again_or_given_up(
    db: Connection, house: OneTransaction, outcome: Outcome, kind: type
) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    tasks = await tasks_for(db, MAYA, AT)

    [settled] = await members.send_code(world_of(house, Post(outcome)), tasks, AT)

    assert type(settled) is kind


async def test_a_code_lets_in_once_for_ten_minutes(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)

    assert not await codes.accept(db, SECRETS, MAYA, code, AT + 10 * MINUTE)
    assert await codes.accept(db, SECRETS, MAYA, code, AT + 10 * MINUTE - 1)
    assert not await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_a_code_is_bound_to_the_contact_it_was_sent_to(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    await operations.request_code(db, SETTINGS, "mallory@example.org", "en", AT)
    code = await code_for(db, "mallory@example.org", AT)

    assert code != await code_for(db, MAYA, AT)
    assert not await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_a_newer_code_ends_the_older_one(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    older = await code_for(db, MAYA, AT)
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    newer = await code_for(db, MAYA, AT)

    assert older == newer or not await codes.accept(db, SECRETS, MAYA, older, AT)
    assert await codes.accept(db, SECRETS, MAYA, newer, AT)


async def test_a_code_outlives_an_exchange_of_secrets(db: Connection) -> None:
    await codes.request(db, (OLDER,), MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)

    assert not await codes.accept(db, (SECRET,), MAYA, code, AT)
    assert await codes.accept(db, (SECRET, OLDER), MAYA, code, AT)


async def test_after_five_wrong_tries_the_right_code_is_wrong_too(client: httpx.AsyncClient, db: Connection) -> None:
    await client.post("/join/codes", json={"contact": MAYA})
    code = await code_for(db, MAYA, Clock().now())
    for _ in range(codes.TRIES_MAX):
        wrong = await client.post("/join/sessions", json={"contact": MAYA, "code": another(code)})
        assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:punchcard:code-wrong")

    late = await client.post("/join/sessions", json={"contact": MAYA, "code": code})

    assert (late.status_code, late.json()) == (401, wrong.json())


async def test_the_mutant_that_raises_in_the_transaction_forgets_the_tries(
    db: Connection, house: OneTransaction
) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)
    for _ in range(2 * codes.TRIES_MAX):
        with pytest.raises(CodeWrong):
            async with house.transaction() as inner:
                answer = await operations.join(inner, SETTINGS, MAYA, another(code), ARRIVAL, AT)
                assert isinstance(answer, CodeWrong)
                raise answer

    assert await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_guesses_are_limited_across_codes(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post("/join/sessions", json={"contact": "nobody@example.org", "code": f"{guess:06}"})
        for guess in range(codes.GUESSES_BURST + 1)
    ]

    assert [answer.status_code for answer in answers] == [401] * codes.GUESSES_BURST + [429]
    assert answers[-1].json()["facts"]["retry_after_seconds"] > 60


async def test_sends_to_a_contact_are_limited_and_to_others_not(db: Connection) -> None:
    for _ in range(codes.SENDS_BURST):
        await operations.request_code(db, SETTINGS, MAYA, "en", AT)

    with pytest.raises(TooMany):
        await operations.request_code(db, SETTINGS, MAYA.upper(), "en", AT)
    await operations.request_code(db, SETTINGS, "yael@example.org", "en", AT)
    assert codes.SENDS_BURST + codes.SENDS_AN_HOUR <= 5


async def test_sends_to_all_are_limited_too(db: Connection) -> None:
    await db.execute(
        "insert into rate_limit (key, tokens) values ('codes', -100) on conflict (key) do update set tokens = -100"
    )

    with pytest.raises(TooMany):
        await operations.request_code(db, SETTINGS, MAYA, "en", AT)


async def test_codes_that_are_over_are_thrown_away(db: Connection, house: OneTransaction) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)

    assert await members.forget_codes(house, AT + 599) == 0
    assert await members.forget_codes(house, AT + 600) == 1


async def test_one_code_tried_twice_at_once_lets_in_once(pool: Database) -> None:
    contact, at = f"{ids.new_id()}@example.org", AT
    async with pool.transaction() as db:
        await operations.request_code(db, SETTINGS, contact, "en", at)
        code = await code_for(db, contact, at)

    async def come() -> SignedIn | CodeWrong:
        async with pool.transaction() as db:
            return await operations.join(db, SETTINGS, contact, code, ARRIVAL, at)

    answers = await asyncio.gather(*(come() for _ in range(8)))

    assert sorted(type(answer).__name__ for answer in answers) == ["CodeWrong"] * 7 + ["SignedIn"]


async def test_two_who_join_with_one_contact_at_once_are_one_member(pool: Database) -> None:
    contact = f"{ids.new_id()}@example.org"
    barrier = asyncio.Barrier(4)

    async def come() -> tuple[UUID, bool]:
        async with pool.transaction() as db:
            await db.fetchval("select 1")
            await barrier.wait()
            return await operations.member_of(db, contact, ARRIVAL, AT)

    answers = await asyncio.gather(*(come() for _ in range(4)))

    assert len({member_id for member_id, _ in answers}) == 1
    assert sorted(new for _, new in answers) == [False, False, False, True]
    async with pool.transaction() as db:
        assert (
            await db.fetchval("select count(*) from member where member_id = any($1)", [each for each, _ in answers])
            == 1
        )


async def session(db: Connection) -> tuple[UUID, Pair]:
    member_id = ids.new_id()
    return member_id, await sessions.start(db, SECRETS, member_id, "phone", AT)


async def rotated(db: Connection, token: str, at: int) -> Pair:
    answer = await sessions.rotate(db, SECRETS, token, at)
    assert isinstance(answer, Pair)
    return answer


async def ended(db: Connection, token: str, at: int) -> bool:
    return isinstance(await sessions.rotate(db, SECRETS, token, at), SessionEnded)


async def test_a_refresh_token_gives_the_next_pair(db: Connection) -> None:
    member_id, first = await session(db)

    second = await rotated(db, first.refresh_token, AT + 900)

    assert second.refresh_token != first.refresh_token and second.access_token != first.access_token
    assert tokens.read_access(SECRETS, second.access_token, AT + 900).sub == member_id
    assert first.refresh_token.startswith("pcr_")


@pytest.mark.parametrize("seconds, same", [(0, True), (10, True), (11, False), (3600, False)])
async def test_an_answer_that_was_lost_is_given_again_within_ten_seconds(
    db: Connection, seconds: int, same: bool
) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT)

    again = await sessions.rotate(db, SECRETS, first.refresh_token, AT + seconds)

    assert (again == second) is same
    assert await ended(db, second.refresh_token, AT + seconds) is not same


@pytest.mark.parametrize("thief_first", [True, False])
async def test_a_stolen_refresh_token_signs_both_out(db: Connection, thief_first: bool) -> None:
    _, stolen = await session(db)
    mine = theirs = stolen.refresh_token
    if thief_first:
        theirs = (await rotated(db, theirs, AT)).refresh_token
        assert await ended(db, mine, AT + 60)
    else:
        mine = (await rotated(db, mine, AT)).refresh_token
        assert await ended(db, theirs, AT + 60)

    assert await ended(db, theirs, AT + 61)
    assert await ended(db, mine, AT + 61)


async def test_the_grace_does_not_reach_to_grandparents(db: Connection) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT)
    third = await rotated(db, second.refresh_token, AT + 1)

    assert await ended(db, first.refresh_token, AT + 2)
    assert await ended(db, third.refresh_token, AT + 2)


async def test_another_device_stays_signed_in_when_one_family_ends(db: Connection) -> None:
    member_id, phone = await session(db)
    tablet = await sessions.start(db, SECRETS, member_id, "tablet", AT)
    await rotated(db, phone.refresh_token, AT)
    await ended(db, phone.refresh_token, AT + 60)

    assert await rotated(db, tablet.refresh_token, AT + 60)


async def test_who_only_knows_the_ids_signs_nobody_out(db: Connection) -> None:
    member_id, first = await session(db)
    family = tokens.read_access(SECRETS, first.access_token, AT).sid
    for generation in (0, 1, 2):
        forged = sessions.refresh_token(b"x" * 32, member_id, family, generation)
        assert await ended(db, forged, AT)

    assert await rotated(db, first.refresh_token, AT)


async def test_a_refresh_token_outlives_an_exchange_of_secrets(db: Connection) -> None:
    old = await sessions.start(db, (OLDER,), ids.new_id(), "phone", AT)

    answer = await sessions.rotate(db, (SECRET,), old.refresh_token, AT + DAY)

    assert isinstance(answer, Pair)


async def test_a_session_that_was_idle_for_ninety_days_ends(db: Connection) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT + 89 * DAY)

    assert await ended(db, second.refresh_token, AT + (89 + 90) * DAY)


async def test_a_member_is_signed_in_on_twenty_devices_at_most(db: Connection) -> None:
    member_id = ids.new_id()
    pairs = [
        await sessions.start(db, SECRETS, member_id, f"phone {n}", AT + n) for n in range(sessions.DEVICES_MAX + 1)
    ]

    assert await ended(db, pairs[0].refresh_token, AT + 100)
    assert await rotated(db, pairs[1].refresh_token, AT + 100)


@pytest.mark.parametrize("token", ["pcr_", "pcr_aaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" * 40, tokens.new_key("pct_")])
async def test_a_refresh_token_that_is_none_is_refused(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.post("/join/tokens", json={"refresh_token": token + "a" * 20})

    assert answer.status_code == 401


async def test_a_refresh_token_of_another_length_is_refused(db: Connection) -> None:
    assert await ended(db, tokens.new_key(tokens.REFRESH), AT)
    with pytest.raises(NotSignedIn):
        await sessions.rotate(db, SECRETS, tokens.new_key(tokens.TILL), AT)


async def test_a_hundred_devices_that_refresh_one_token_at_once_get_one_pair(pool: Database) -> None:
    async with pool.transaction() as db:
        _, first = await session(db)

    async def refresh() -> Pair | SessionEnded:
        async with pool.transaction() as db:
            return await sessions.rotate(db, SECRETS, first.refresh_token, AT + 5)

    answers = await asyncio.gather(*(refresh() for _ in range(100)))

    assert len({answer.refresh_token for answer in answers if isinstance(answer, Pair)}) == 1
    assert not [answer for answer in answers if not isinstance(answer, Pair)]


async def test_the_old_token_that_came_back_is_logged_without_the_token(
    db: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    member_id, first = await session(db)
    await rotated(db, first.refresh_token, AT)
    with caplog.at_level(logging.WARNING):
        await ended(db, first.refresh_token, AT + 60)

    assert str(member_id) in caplog.text and first.refresh_token not in caplog.text


async def test_a_card_is_recognised_however_its_code_is_typed(db: Connection) -> None:
    member_id = (await joined(db)).member_id
    code = await members.code_of(db, member_id)
    typed = [
        code,
        members.grouped(code),
        members.grouped(code).lower(),
        " ".join(code),
        code.replace("0", "O").replace("1", "I"),
        code.lower().replace("0", "o").replace("1", "l"),
    ]

    assert [await members.card_by_code(db, text) for text in typed] == [members.Card(member_id)] * len(typed)
    assert len(code) == 17 and len(members.grouped(code)) == 21


async def test_a_code_that_was_never_given_out_is_nobodys(db: Connection) -> None:
    assert await members.card_by_code(db, cards.new_code()) is None


def test_every_single_mistake_in_a_card_number_is_told() -> None:
    for code in (cards.new_code() for _ in range(20)):
        for place in range(cards.LENGTH):
            for other in set(cards.ALPHABET) - {code[place]}:
                with pytest.raises(CardMistyped):
                    cards.read(code[:place] + other + code[place + 1 :])


def test_any_two_characters_of_a_card_number_that_changed_places_are_told() -> None:
    for code in (cards.new_code() for _ in range(50)):
        for first in range(cards.LENGTH):
            for second in range(first + 1, cards.LENGTH):
                if code[first] != code[second]:
                    swapped = list(code)
                    swapped[first], swapped[second] = code[second], code[first]
                    with pytest.raises(CardMistyped):
                        cards.read("".join(swapped))


def test_the_mutant_that_only_adds_up_misses_two_that_changed_places() -> None:
    def summed(code: str) -> str:
        return cards.ALPHABET[sum(map(cards.ALPHABET.index, code)) % 32]

    assert summed("0123456789ABCDEF") == summed("1023456789ABCDEF")
    assert cards.check_of("0123456789ABCDEF") != cards.check_of("1023456789ABCDEF")


@pytest.mark.parametrize(
    "text", ["", "7", "7QK4", "U" * 17, "0" * 16, "0" * 18, "٠" * 17, "ß" * 17, "A" * 60, "\x00" * 17]
)
def test_what_is_no_card_number_is_told(text: str) -> None:
    with pytest.raises(CardMistyped):
        cards.read(text)


@given(st.text(max_size=80) | st.text(string.ascii_letters + string.digits + "- ", max_size=24))
def test_whatever_is_scanned_breaks_nothing(text: str) -> None:
    try:
        assert cards.read(cards.read(text)) == cards.read(text)
    except CardMistyped as refusal:
        assert all(refusal.sentence(language) for language in locale.LANGUAGES)


def test_card_codes_are_chance_in_every_place() -> None:
    made = [cards.new_code() for _ in range(2000)]

    assert len(set(made)) == 2000
    assert all(len({code[place] for code in made}) == 32 for place in range(cards.LENGTH))


@pytest.mark.parametrize(
    "text, normal",
    [
        ("Maya@Example.ORG", "maya@example.org"),
        ("  maya+cards@mail.example.org ", "maya+cards@mail.example.org"),
        ("+972 (52) 123-45.67", "+972521234567"),
        ("+4915112345678", "+4915112345678"),
    ],
)
def test_a_contact_has_one_normal_form(text: str, normal: str) -> None:
    assert contacts.normal(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "maya",
        "maya@",
        "@example.org",
        "maya@localhost",
        "maya@example",
        "maya@-example.org",
        "maya@exam_ple.org",
        "maya@example.org\nBcc: all@example.org",
        "maya@example.org, mallory@example.org",
        "maya@mallory.example@example.org",
        "mаya@example.org",  # a Cyrillic а
        "maya@exampIe.orɡ",  # a Latin ɡ of phonetics
        "\u212aelvin@example.org",  # the Kelvin sign becomes k in lower case
        "a" * 65 + "@example.org",
        "a@" + "b" * 260 + ".org",
        "0521234567",
        "+0521234567",
        "+123",
        "+1234567890123456",
        "+97252123456٧",
    ],
)
def test_what_is_no_contact_is_refused_before_anything_is_sent(text: str) -> None:
    with pytest.raises(Malformed):
        contacts.normal(text)


GOOD = {"contact": MAYA, "code": "123456"}
BAD_BODIES: list[tuple[str, str, Any]] = [
    ("POST", "/join/codes", {}),
    ("POST", "/join/codes", {"contact": "nobody"}),
    ("POST", "/join/codes", {"contact": MAYA, "language": "fr"}),
    ("POST", "/join/codes", {"contact": MAYA, "to": "mallory@example.org"}),
    ("POST", "/join/codes", {"contact": [MAYA]}),
    ("POST", "/join/codes", {"contact": "a" * 255}),
    ("POST", "/join/codes", None),
    ("POST", "/join/codes", []),
    ("POST", "/join/sessions", GOOD | {"code": "12345"}),
    ("POST", "/join/sessions", GOOD | {"code": "123456\n"}),
    ("POST", "/join/sessions", GOOD | {"code": 123456}),
    ("POST", "/join/sessions", GOOD | {"code": "١٢٣٤٥٦"}),
    ("POST", "/join/sessions", GOOD | {"name": "a\u0000b"}),
    ("POST", "/join/sessions", GOOD | {"name": "two\nlines"}),
    ("POST", "/join/sessions", GOOD | {"name": "ends\n"}),
    ("POST", "/join/sessions", GOOD | {"name": "\u202emorf"}),
    ("POST", "/join/sessions", GOOD | {"name": "x" * 81}),
    ("POST", "/join/sessions", GOOD | {"zone": "Mars/Olympus"}),
    ("POST", "/join/sessions", GOOD | {"zone": "../../etc/passwd"}),
    ("POST", "/join/sessions", GOOD | {"consents": {"everything": True}}),
    ("POST", "/join/sessions", GOOD | {"consents": {"marketing": "perhaps"}}),
    ("POST", "/join/sessions", GOOD | {"member_id": str(UUID(int=1))}),
    ("POST", "/join/sessions", GOOD | {"state": "active"}),
    ("POST", "/join/tokens", {"refresh_token": "x"}),
    ("POST", "/join/tokens", {"refresh_token": "x" * 301}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "Nowhere"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "1899-12-31"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "9999-12-31"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "birthday": "2001-02-29"}),
    ("PUT", "/me/profile", {"name": "Maya", "language": "en", "zone": "UTC", "email": "mallory@example.org"}),
    ("PUT", "/me/preferences", {"quiet_from": "24:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 3}),
    ("PUT", "/me/preferences", {"quiet_from": "2:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 3}),
    ("PUT", "/me/preferences", {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 51}),
    ("PUT", "/me/preferences", {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": -1}),
    (
        "PUT",
        "/me/preferences",
        {"quiet_from": "22:00", "quiet_until": "08:00", "consents": {}, "messages_a_week": 10**4000},
    ),
]


@pytest.mark.parametrize("method, path, body", BAD_BODIES)
async def test_what_cannot_be_read_is_refused_and_writes_nothing(
    client: httpx.AsyncClient, db: Connection, clock: Clock, method: str, path: str, body: Any
) -> None:
    me = bearer((await joined(db, "someone@example.org", clock.now())).access_token)
    before = await rows(db)

    answer = await client.request(method, path, json=body, headers=me)

    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert await rows(db) == before


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"contact": MAYA, "language": "fr"}, "/language"),
        ({"contact": 7}, "/contact"),
        ([], ""),
        ({"contact": MAYA, "code": "123456", "consents": {"location": "x"}}, ""),
    ],
)
async def test_a_refusal_points_to_the_field(client: httpx.AsyncClient, body: Any, pointer: str) -> None:
    answer = await client.post("/join/codes", json=body)

    assert (answer.status_code, answer.json()["facts"]["pointer"]) == (400, pointer)


async def test_a_refusal_points_into_what_is_nested(client: httpx.AsyncClient) -> None:
    answer = await client.post("/join/sessions", json=GOOD | {"consents": {"location": "perhaps"}})

    assert answer.json()["facts"]["pointer"] == "/consents/location"


async def rows(db: Connection) -> list[Any]:
    tables = ("member", "person", "contact", "card_code", "session", "one_time_code", "outbox")
    return [[tuple(row) for row in await db.fetch(f"select * from {table} order by 1, 2")] for table in tables]


@pytest.mark.parametrize("quiet", [("00:00", "00:00"), ("23:59", "00:00"), ("08:00", "22:00")])
async def test_quiet_hours_may_be_none_or_over_noon(
    client: httpx.AsyncClient, db: Connection, clock: Clock, quiet: tuple[str, str]
) -> None:
    me = bearer((await joined(db, MAYA, clock.now())).access_token)
    wishes = {"quiet_from": quiet[0], "quiet_until": quiet[1], "consents": {}, "messages_a_week": 0}

    answer = (await client.put("/me/preferences", headers=me, json=wishes)).json()

    assert (answer["quiet_from"], answer["quiet_until"]) == quiet


async def test_a_frozen_member_does_not_come_in(db: Connection) -> None:
    member_id = (await joined(db)).member_id
    await db.execute("update member set state = 'frozen' where member_id = $1", member_id)

    with pytest.raises(Refused) as refusal:
        await joined(db)

    assert refusal.value.code == "membership-closed"
    assert SETTINGS.programme_name in refusal.value.sentence("ar")
