"""Google says who saved the card and who deleted it: believed when it is signed for us, and no longer than it holds."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.di import Provide
from msgspec import Struct

from punchcard.foundation import outbox, problems
from punchcard.foundation.clock import HOUR
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.settings import Settings
from punchcard.passes.google import Wallet, callbacks_keys, forget_callbacks, link
from punchcard.passes.google.callbacks import NotGenuine, genuine
from punchcard.passes.google.callbacks import routes as callback_routes
from punchcard.passes.google.callbacks_keys import RootKeys, root_keys
from punchcard.passes.google.callbacks_signature import Envelope, Root
from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google, google
from punchcard.sandbox.google_callbacks import Signer, new_key
from punchcard.sandbox.server import Reply, Request, serve
from tests.googles import ISSUER, key, settings_for
from tests.town import NOON, StandingClock
from tests.town import opened as opened_town

OTHER_ISSUER = "3388000000099999999"
ADDRESS = "/wallet/google/callback"
CLASS = f"{ISSUER}.tier-bud"

FROZEN = msgspec.json.decode((Path(__file__).parent / "golden" / "google_callbacks.json").read_bytes())


@pytest.mark.parametrize("case", FROZEN["cases"], ids=lambda case: case["name"])
async def test_what_was_signed_once_is_judged_as_others_judged_it(case: dict[str, Any]) -> None:
    """Where the two others are known to be wrong, the file's note says how."""
    roots = RootKeys("http://127.0.0.1:9/keys")
    roots.kept = msgspec.convert(case["keys"]["keys"], list[Root])
    roots.fetched_at = roots.tried_at = time.monotonic()
    settings = Settings(google_issuer_id=FROZEN["issuer"])

    try:
        await genuine(roots, settings, msgspec.convert(case["envelope"], Envelope), case["at"])
        verdict = "accepts"
    except NotGenuine:
        verdict = "refuses"

    assert verdict == case["verdict"]


class Desk(Struct):
    """The door for callbacks, a member whose card stands at Google, and the Google that tells of it."""

    client: httpx.AsyncClient
    database: Database
    clock: StandingClock
    google: Google
    member_id: UUID

    @property
    def signer(self) -> Signer:
        return self.google.callbacks.signer

    @property
    def object_id(self) -> str:
        return f"{ISSUER}.{self.member_id.hex}"

    def message(self, event: str = "save", **other: Any) -> dict[str, Any]:
        return self.signer.message(CLASS, self.object_id, event, **other)

    def signed(self, event: str = "save", **other: Any) -> dict[str, Any]:
        return self.signer.envelope(ISSUER, self.message(event, **other))

    async def hears(self, envelope: Any) -> httpx.Response:
        return await self.client.post(ADDRESS, json=envelope)

    async def is_held(self) -> bool:
        return await held_by(self.database, self.member_id)

    async def stale(self) -> list[str]:
        async with self.database.reading() as db:
            return [each.reaction for each in await outbox.due(db, range(BUCKETS), self.clock.now())]

    async def caught_up(self) -> None:
        """The worker has done what follows."""
        async with self.database.transaction() as db:
            await outbox.finish(db, await outbox.due(db, range(BUCKETS), self.clock.now()))


async def held_by(database: Database, member_id: UUID) -> bool:
    async with database.reading() as db:
        return bool(await db.fetchval("select held from google_object where member_id = $1", member_id))


@pytest.fixture
async def desk(tmp_path: Path, house: Database) -> AsyncIterator[Desk]:
    root_keys.cache_clear()
    clock, member_id = StandingClock(), new_id()
    async with house.transaction() as db:
        await db.execute("insert into google_class (id, body_hash, written_at) values ($1, '', now())", CLASS)
        await db.execute(
            "insert into google_object (member_id, object_id, class_id, sent_at) values ($1, $2, $3, now())",
            member_id,
            f"{ISSUER}.{member_id.hex}",
            CLASS,
        )
    async with google(tmp_path, issuer=ISSUER, now=clock.now, key=key()) as stand_in:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(door(settings_for(stand_in), house, clock)), base_url="https://cards.example"
        ) as client:
            yield Desk(client, house, clock, stand_in, member_id)


def door(settings: Settings, database: Database, clock: StandingClock) -> Any:
    """The route as the house stands it, and nothing else: the whole house takes a second to build."""
    return Litestar(
        callback_routes,
        dependencies={
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "database": Provide(lambda: database, sync_to_thread=False),
            "at": Provide(clock.now, sync_to_thread=False),
        },
        before_request=problems.refuse_unreadable,
        exception_handlers=problems.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


async def test_a_saved_card_is_held_and_brought_up_to_date(desk: Desk) -> None:
    answer = await desk.hears(desk.signed())

    assert answer.status_code == 200
    assert await desk.is_held() and await desk.stale() == ["passes.google"]


async def test_a_deleted_card_is_held_by_nobody(desk: Desk) -> None:
    await desk.hears(desk.signed(expTimeMillis=1000 * (NOON + 60)))
    await desk.caught_up()

    answer = await desk.hears(desk.signed("del"))

    assert answer.status_code == 200 and not await desk.is_held() and await desk.stale() == []


async def test_the_same_callback_again_is_heard_and_does_nothing(desk: Desk) -> None:
    """It was saved, deleted, and the first callback comes once more."""
    first = desk.signed(expTimeMillis=1000 * (NOON + HOUR))
    await desk.hears(first)
    await desk.hears(desk.signed("del", expTimeMillis=1000 * (NOON + HOUR)))
    await desk.caught_up()

    answer = await desk.hears(first)

    assert answer.status_code == 200 and not await desk.is_held() and await desk.stale() == []


async def test_an_older_callback_that_comes_later_says_nothing_new(desk: Desk) -> None:
    saved, deleted = (desk.signed(each, expTimeMillis=1000 * (NOON + 60 + n)) for n, each in enumerate(("save", "del")))
    await desk.hears(deleted)

    answer = await desk.hears(saved)

    assert answer.status_code == 200 and not await desk.is_held()


async def test_an_event_that_we_do_not_know_is_heard_and_changes_nothing(desk: Desk) -> None:
    answer = await desk.hears(desk.signed("share"))

    assert answer.status_code == 200 and not await desk.is_held()


def in_characters(*parts: str) -> bytes:
    return b"".join(len(part).to_bytes(4, "little") + part.encode() for part in parts)


def for_another_issuer(desk: Desk) -> Any:
    other = desk.signer.message(f"{OTHER_ISSUER}.tier-bud", f"{OTHER_ISSUER}.{desk.member_id.hex}", "save")
    return desk.signer.envelope(OTHER_ISSUER, other)


def with_an_old_intermediate_key(desk: Desk) -> Any:
    desk.signer.intermediate_seconds = -1
    return desk.signed()


def with_lengths_in_characters(desk: Desk) -> Any:
    desk.signer.prefix = in_characters
    return desk.signed(nonce="קפה-1")


def by_a_root_of_nobody(desk: Desk) -> Any:
    return Signer(desk.signer.now).envelope(ISSUER, desk.message())


def changed_after_signing(desk: Desk) -> Any:
    envelope = desk.signed()
    return envelope | {"signedMessage": envelope["signedMessage"].replace("save", "del")}


def with_another_intermediate_key(desk: Desk) -> Any:
    envelope, other = desk.signed(), Signer(desk.signer.now).envelope(ISSUER, desk.message())
    intermediate = envelope["intermediateSigningKey"]
    return envelope | {
        "signature": other["signature"],
        "intermediateSigningKey": intermediate | {"signedKey": other["intermediateSigningKey"]["signedKey"]},
    }


def by_a_root_of_another_protocol(desk: Desk) -> Any:
    envelope = desk.signed()
    of_keys = desk.signer.keys()
    desk.google.callbacks.signer.keys = lambda: {  # type: ignore[method-assign]  # the stand-in says something else
        "keys": [each | {"protocolVersion": "ECv1"} for each in of_keys["keys"]]
    }
    return envelope


Wrong = Callable[[Desk], Any]

REFUSED: dict[str, tuple[int, Wrong]] = {
    "another issuer's genuine callback": (401, for_another_issuer),
    "one for another issuer that names our card": (
        401,
        lambda desk: desk.signer.envelope(OTHER_ISSUER, desk.message()),
    ),
    "the intermediate key has expired": (401, with_an_old_intermediate_key),
    "the message has expired": (401, lambda desk: desk.signed(expTimeMillis=1000 * NOON)),
    "lengths count characters": (401, with_lengths_in_characters),
    "the root is nobody's": (401, by_a_root_of_nobody),
    "the root is of another protocol": (401, by_a_root_of_another_protocol),
    "the message was changed": (401, changed_after_signing),
    "the intermediate key was exchanged": (401, with_another_intermediate_key),
    "another protocol": (401, lambda desk: desk.signed() | {"protocolVersion": "ECv2"}),
    "no signature": (401, lambda desk: desk.signed() | {"signature": ""}),
    "a signature that is no base64": (401, lambda desk: desk.signed() | {"signature": "é" * 40}),
    "a card of somebody who has none": (401, lambda desk: desk.signed(objectId=f"{ISSUER}.{new_id().hex}")),
    "a card that is no member's": (401, lambda desk: desk.signed(objectId=f"{ISSUER}.offer-1")),
    "a class that is not ours": (401, lambda desk: desk.signed(classId=f"{ISSUER}.tier-emperor")),
    "a message without a nonce": (401, lambda desk: desk.signed(nonce="")),
    "a message that is a list": (401, lambda desk: desk.signer.envelope(ISSUER, [1])),  # type: ignore[arg-type]  # it is the point
    "nothing signed": (400, lambda desk: {"signedMessage": "{}"}),
    "no JSON at all": (400, lambda desk: "save"),
}


@pytest.mark.parametrize(("status", "wrong"), list(REFUSED.values()), ids=list(REFUSED))
async def test_what_google_did_not_sign_for_us_is_refused_without_a_word(desk: Desk, status: int, wrong: Wrong) -> None:
    answer = await desk.hears(wrong(desk))

    assert answer.status_code == status and not await desk.is_held() and await desk.stale() == []
    assert status == 400 or set(answer.json()) == {"type", "title", "status", "detail", "facts"}
    assert status == 400 or not answer.json()["facts"]


@pytest.mark.parametrize("root", [0, 1])
async def test_both_roots_are_good_while_google_exchanges_them(desk: Desk, root: int) -> None:
    answer = await desk.hears(desk.signer.envelope(ISSUER, desk.message(), root))

    assert answer.status_code == 200 and await desk.is_held()


async def test_the_lengths_count_bytes(desk: Desk) -> None:
    assert (await desk.hears(desk.signed(nonce="קפה-☕"))).status_code == 200


async def test_what_was_heard_is_forgotten_when_it_could_not_be_said_again(desk: Desk) -> None:
    await desk.hears(desk.signed())

    forgotten = [
        await forget_callbacks(desk.database, NOON + HOUR),
        await forget_callbacks(desk.database, NOON + HOUR + 1),
    ]

    assert forgotten == [0, 1]


async def test_a_phone_that_saves_and_deletes_the_card_is_heard_here(
    tmp_path: Path, house: Database, papers: Settings
) -> None:
    """The stand-in tells the address that the class names, as Google does; what was saved is brought up to date."""
    root_keys.cache_clear()
    clock = StandingClock()
    async with google(tmp_path, issuer=ISSUER, now=clock.now, key=key()) as stand_in:
        settings = msgspec.structs.replace(settings_for(stand_in), data_dir=papers.data_dir)
        wallet, callbacks = Wallet(settings, house), stand_in.callbacks
        async with opened_town(house, settings, clock) as town:
            town.outside.world = msgspec.structs.replace(town.outside.world, google=wallet)
            callbacks.transport = httpx.ASGITransport(app=town.app)  # type: ignore[arg-type]  # litestar and httpx name the same ASGI types differently
            maya = await town.join("maya@example.com")
            phone = Android(stand_in)

            phone.save(await link(town.outside.world, maya.member_id, NOON))
            await callbacks.finished()
            held = await held_by(house, maya.member_id)
            await town.follow()
            clock.at += 1
            phone.delete()
            await callbacks.finished()

        await wallet.close()
        assert held and not await held_by(house, maya.member_id) and callbacks.told == [200, 200]


class Keys:
    """Google's keys at an address of their own, with how often they were asked for."""

    def __init__(self) -> None:
        self.signer, self.asked, self.is_away = Signer(lambda: NOON), 0, False

    async def answer(self, _: Request) -> Reply:
        self.asked += 1
        return Reply(503) if self.is_away else Reply(200, self.signer.keys())


@pytest.fixture
async def keys() -> AsyncIterator[tuple[Keys, RootKeys]]:
    stand_in = Keys()
    async with serve(stand_in.answer) as url:
        yield stand_in, RootKeys(url)


async def test_the_root_keys_are_fetched_once_for_everybody(keys: tuple[Keys, RootKeys]) -> None:
    stand_in, roots = keys

    found = await asyncio.gather(*(roots.current() for _ in range(20)))

    assert stand_in.asked == 1 and all(len(each) == 3 for each in found)


async def test_the_root_keys_are_fetched_again_when_they_are_old(
    keys: tuple[Keys, RootKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, roots = keys
    await roots.current()
    monkeypatch.setattr(callbacks_keys, "OLD_SECONDS", -1)
    monkeypatch.setattr(callbacks_keys, "BETWEEN_SECONDS", -1)

    await roots.current()

    assert stand_in.asked == 2


async def test_whatever_comes_to_our_door_google_is_asked_for_keys_once_a_minute(desk: Desk) -> None:
    """New roots: the first callback under them finds that no key fits, fetches, and holds; forged ones fetch nothing."""
    asked, keys_of = [], desk.signer.keys
    desk.google.callbacks.signer.keys = lambda: asked.append(1) or keys_of()  # type: ignore[func-returns-value,method-assign]  # counted
    await desk.hears(desk.signed("share"))
    roots = root_keys(desk.google.callbacks.keys_url)
    desk.signer.roots = [new_key()]
    too_early = await desk.hears(desk.signed())
    roots.tried_at -= callbacks_keys.BETWEEN_SECONDS

    answers = [await desk.hears(desk.signed())] + [await desk.hears(by_a_root_of_nobody(desk)) for _ in range(5)]

    assert too_early.status_code == 401 and len(asked) == 2
    assert [each.status_code for each in answers] == [200, *[401] * 5]


async def test_the_root_keys_are_kept_while_google_is_away(
    keys: tuple[Keys, RootKeys], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, roots = keys
    before = await roots.current()
    stand_in.is_away = True
    monkeypatch.setattr(callbacks_keys, "OLD_SECONDS", -1)
    monkeypatch.setattr(callbacks_keys, "BETWEEN_SECONDS", -1)

    assert await roots.current() == before and stand_in.asked == 2
