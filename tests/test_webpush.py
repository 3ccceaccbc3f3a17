"""Web push: sealed so that only the browser reads it, signed so that its push service knows us, sent nowhere else."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import http_ece
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import BadSettings, Settings
from punchcard.push import sealing
from punchcard.push.webpush import HOSTS, Browsers, Vapid, is_known, key_of
from punchcard.sandbox.server import serve
from punchcard.sandbox.webpush import PushService, Window
from tests.town import settings_in

pytestmark = pytest.mark.anyio
TOPIC = "a" * 32


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vapid") / "key.pem"
    made = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@asynccontextmanager
async def serving(key: Path, folder: Path, **more: Any) -> AsyncIterator[tuple[PushService, Browsers, Settings]]:
    service = PushService()
    async with serve(service.answer) as url:
        service.url = url
        config = settings_in(
            folder, web_push_key=key, web_push_contact="mailto:a@example.com", **{"web_push_hosts": url[7:]} | more
        )
        client = Browsers(config)
        yield service, client, config
        await client.close()


def address_of(subscription: dict[str, Any]) -> str:
    return json.dumps({"endpoint": subscription["endpoint"], **subscription["keys"]})


async def hand(client: Browsers, subscription: dict[str, Any], plain: bytes = b'{"n": 1}', ttl: int = 60) -> Answer:
    return await client.send(address_of(subscription), plain, ttl, TOPIC, False)


def test_the_example_of_the_standard_is_sealed_byte_for_byte() -> None:
    """RFC 8291, section 5."""
    ours = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    sealed = sealing.seal(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        ec.derive_private_key(int.from_bytes(sealing.unpadded(ours)), ec.SECP256R1()),
        sealing.unpadded("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert sealing.written(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@pytest.mark.parametrize("size", [0, 1, 1000, sealing.PLAIN_BYTES_MAX])
def test_what_we_seal_another_library_opens(size: int) -> None:
    theirs, secret = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
    public = sealing.written(theirs.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    sealed = sealing.seal(b"x" * size, public, sealing.written(secret))

    assert http_ece.decrypt(sealed, private_key=theirs, auth_secret=secret, version="aes128gcm") == b"x" * size
    assert len(sealed) <= 4096


def test_two_messages_share_neither_key_nor_salt() -> None:
    theirs = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = sealing.written(theirs.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    secret = sealing.written(bytes(16))

    one, two = (sealing.seal(b"same", public, secret) for _ in range(2))

    assert one[:16] != two[:16] and one[21:86] != two[21:86]


@pytest.mark.parametrize(
    "p256dh, auth", [("", ""), ("AAAA", "AAAA"), ("B" * 87, "A" * 22), ("!" * 87, "A" * 22), ("é" * 87, "A" * 22)]
)
def test_what_is_no_key_seals_nothing(p256dh: str, auth: str) -> None:
    with pytest.raises(sealing.NotSealable):
        sealing.seal(b"x", p256dh, auth)


async def test_a_browser_is_shown_what_was_sent_and_a_signature_serves_many(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        window = Window()
        subscription = service.subscribe(window, client.vapid.public)

        answers = [await hand(client, subscription) for _ in range(3)]

    assert [answer.outcome for answer in answers] == [Outcome.SENT] * 3
    assert [shown for _, shown in window.shown] == [{"n": 1}] * 3
    assert len({each["headers"]["authorization"] for each in service.requests}) == 1
    assert service.requests[0]["headers"]["ttl"] == "60"


@pytest.mark.parametrize(
    "status, outcome, wait",
    [
        (404, Outcome.GONE, None), (410, Outcome.GONE, None), (413, Outcome.REFUSED, None), (400, Outcome.REFUSED, None),
        (401, Outcome.MISCONFIGURED, None), (403, Outcome.MISCONFIGURED, None), (429, Outcome.LATER, 30),
        (500, Outcome.LATER, 30), (503, Outcome.LATER, 30), (301, Outcome.REFUSED, None),
    ],
)  # fmt: skip
async def test_each_answer_says_what_to_do(
    key: Path, tmp_path: Path, status: int, outcome: Outcome, wait: int | None
) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        subscription = service.subscribe(Window(), client.vapid.public)
        service.fail(status, after_seconds=30 if wait else None)

        answer = await hand(client, subscription)

    assert (answer.outcome, answer.status, answer.after_seconds) == (outcome, status, wait)
    assert len(service.requests) == 1


async def test_a_browser_that_unsubscribed_is_gone(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        subscription = service.subscribe(Window(), client.vapid.public)
        service.unsubscribe(subscription["endpoint"])

        assert (await hand(client, subscription)).outcome is Outcome.GONE


async def test_a_subscription_for_another_sender_is_our_mistake_and_forgets_nobody(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        subscription = service.subscribe(Window(), "another")

        assert (await hand(client, subscription)).outcome is Outcome.MISCONFIGURED


async def test_what_comes_while_a_browser_is_closed_dies_with_its_time(key: Path, tmp_path: Path) -> None:
    now = 1_000_000
    async with serving(key, tmp_path) as (service, client, _):
        service.now = lambda: now
        window = Window()
        subscription = service.subscribe(window, client.vapid.public)
        service.disconnect(subscription["endpoint"])
        await hand(client, subscription, b'{"n": 1}', ttl=60)
        await hand(client, subscription, b'{"n": 2}', ttl=60)
        now += 59
        service.reconnect(subscription["endpoint"])
        service.disconnect(subscription["endpoint"])
        await hand(client, subscription, b'{"n": 3}', ttl=60)
        now += 60
        service.reconnect(subscription["endpoint"])

    assert [shown for _, shown in window.shown] == [{"n": 2}]


@pytest.mark.parametrize(
    "endpoint, known",
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://fcm.googleapis.com:443/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://wns2-am3p.notify.windows.com/w/?token=abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/fcm/send/abc", False),
        ("https://fcm.googleapis.com@10.0.0.1/", False),
        ("https://me@fcm.googleapis.com/", False),
        ("https://fcm.googleapis.com.evil.example/", False),
        ("https://evilpush.apple.com/", False),
        ("https://push.apple.com/", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:5432/", False),
        ("http://127.0.0.1:9000/push/1", True),
        ("https://localhost/", False),
        ("ftp://web.push.apple.com/", False),
        ("https://web.push.apple.com:x/", False),
        ("https://wéb.push.apple.com/", False),
        ("https://evil.example\\.push.apple.com/", False),
        ("https://..push.apple.com/", False),
        (f"https://{'a' * 64}.push.apple.com/", False),
        ("", False),
    ],
)
def test_only_push_services_that_we_know_are_dialled(endpoint: str, known: bool) -> None:
    assert is_known(endpoint, (*HOSTS, "127.0.0.1:9000")) is known


async def test_rubbish_from_a_push_service_is_its_trouble_alone(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        client.http = httpx.AsyncClient(transport=httpx.MockTransport(rubbish))

        answer = await hand(client, service.subscribe(Window(), client.vapid.public))

    assert answer.outcome is Outcome.LATER


def rubbish(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))


async def test_an_address_elsewhere_is_never_asked(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path, web_push_hosts="") as (service, client, _):
        subscription = service.subscribe(Window(), client.vapid.public)

        answer = await hand(client, subscription)

    assert answer.outcome is Outcome.GONE and service.requests == []


async def test_nobody_there_is_their_trouble(key: Path, tmp_path: Path) -> None:
    async with serving(key, tmp_path) as (service, client, _):
        subscription = service.subscribe(Window(), client.vapid.public)
    again = Browsers(
        settings_in(tmp_path, web_push_key=key, web_push_contact="mailto:a@b.c", web_push_hosts=service.url[7:])
    )

    answer = await hand(again, subscription)
    await again.close()

    assert (answer.outcome, answer.status) == (Outcome.LATER, 0)


def test_a_key_of_another_kind_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("no key")

    with pytest.raises(BadSettings, match="PUNCHCARD_WEB_PUSH_KEY"):
        key_of(path)
    with pytest.raises(BadSettings, match="PUNCHCARD_WEB_PUSH_KEY"):
        Vapid(tmp_path / "nowhere.pem", "")
