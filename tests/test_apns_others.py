"""Programs that others wrote, on both sides: aioapns pushes to our stand-in, our client pushes to nghttpd."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aioapns import APNs, NotificationRequest
from aioapns.connection import APNsProductionClientProtocol

from punchcard.foundation.outside import Outcome
from punchcard.passes.apple import ApnsClient, ByCertificate
from punchcard.sandbox import authority
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.authority import Authority

from .apple import made
from .nghttpd import NGHTTPD, running
from .test_apns import TOKEN, apple

__all__ = ["apple", "made"]  # the fixtures of the tests beside

pytestmark = pytest.mark.anyio


@pytest.fixture
async def aioapns(made: Authority, apple: Apns, tmp_path: Path) -> AsyncIterator[APNs]:
    both = tmp_path / "both.pem"
    both.write_bytes(made.certificate.read_bytes() + made.key.read_bytes())
    client = APNs(
        client_cert=str(both),
        topic=authority.PASS_TYPE,
        max_connection_attempts=1,
        ssl_context=ssl.create_default_context(cafile=made.root),
    )

    class Here(APNsProductionClientProtocol):
        APNS_SERVER = "localhost"
        APNS_PORT = int(apple.url.rpartition(":")[2])

    client.pool.protocol_class = Here
    yield client
    for connection in list(client.pool.connections):
        connection.close()
    await asyncio.sleep(0)


def push(token: str = TOKEN) -> NotificationRequest:
    return NotificationRequest(device_token=token, message={})


async def test_aioapns_wakes_a_phone(apple: Apns, aioapns: APNs):
    woken: list[int] = []
    apple.register(TOKEN, lambda: woken.append(1))

    result = await aioapns.send_notification(push())

    assert result.is_successful and woken == [1]
    assert apple.requests[0]["headers"]["apns-topic"] == authority.PASS_TYPE


@pytest.mark.parametrize(
    "status, reason",
    [
        (400, "BadDeviceToken"),
        (403, "BadCertificate"),
        (410, "Unregistered"),
        (413, "PayloadTooLarge"),
        (429, "TooManyRequests"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ],
)
async def test_aioapns_reads_every_refusal_of_the_stand_in(apple: Apns, aioapns: APNs, status, reason):
    apple.register(TOKEN, lambda: None)
    apple.fail(TOKEN, status, reason)

    result = await aioapns.send_notification(push())

    assert (result.status, result.description) == (str(status), reason)
    assert (result.timestamp is not None) == (status == 410)


async def test_aioapns_reads_what_the_stand_in_finds_by_itself(apple: Apns, aioapns: APNs):
    apple.register("ab" * 32, lambda: None)
    apple.unregister("ab" * 32)
    large = NotificationRequest(device_token=TOKEN, message={"text": "x" * 5000})

    unknown, gone, too_large = [await aioapns.send_notification(each) for each in (push(), push("ab" * 32), large)]

    assert [each.description for each in (unknown, gone, too_large)] == [
        "BadDeviceToken",
        "Unregistered",
        "PayloadTooLarge",
    ]
    assert int(gone.timestamp or 0) > 1_600_000_000_000, "Apple's timestamp is in milliseconds"


@pytest.fixture
def nghttpd(made: Authority) -> Iterator[str]:
    if not NGHTTPD:
        pytest.skip("nghttpd is not here: apt-get install nghttp2-server")
    with running(made) as url:
        yield url


async def test_our_client_speaks_with_a_server_that_others_wrote(made: Authority, nghttpd: str):
    client = ApnsClient(nghttpd, ByCertificate(made.certificate, made.key), authority=made.root)

    answers = await asyncio.gather(*(client.wake(f"{n:064x}", authority.PASS_TYPE) for n in range(1000)))

    assert all(answer.outcome is Outcome.SENT for answer in answers)
    await client.close()
