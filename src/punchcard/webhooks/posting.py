"""One message, one connection, one answer: its status decides, its body is not read, and it leads nowhere else."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cache

import h11

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings

from . import address
from .address import Target

TIMEOUT_SECONDS = 10.0
"""From the look-up of the name to the head of the answer."""
READ_BYTES = 4096


async def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    settings: Settings,
    at: Instant,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Post the body there. Whatever happens is an answer: SENT (2xx), GONE (410), else LATER with the reason."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = address.target_of(url, settings)
            reader, writer = await dial(target, await address.resolved(target, settings), trust)
            try:
                connection = h11.Connection(h11.CLIENT)
                writer.write(request(connection, target, headers, body))
                return meaning(await response(connection, reader), at)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return Answer(Outcome.LATER, reason="timeout")
    except Refused as refusal:
        return Answer(Outcome.LATER, reason=refusal.code)
    except (OSError, h11.ProtocolError, UnicodeError) as error:
        return Answer(Outcome.LATER, reason=type(error).__name__)


async def dial(
    target: Target, numbers: list[str], trust: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first number that answers; the certificate must bear the name."""
    name = {"ssl": trust or trusted(), "server_hostname": target.host} if target.tls else {}
    for number in numbers[:-1]:
        try:
            return await asyncio.open_connection(number, target.port, **name)  # type: ignore[arg-type]  # either both or none
        except OSError:
            continue
    return await asyncio.open_connection(numbers[-1], target.port, **name)  # type: ignore[arg-type]  # either both or none


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts; read once."""
    return ssl.create_default_context()


def request(connection: h11.Connection, target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    said = {
        "host": target.authority,
        "user-agent": "Punchcard-Webhooks/1",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
        **headers,
    }
    parts = (
        connection.send(h11.Request(method="POST", target=target.path, headers=list(said.items()))),
        connection.send(h11.Data(data=body)),
        connection.send(h11.EndOfMessage()),
    )
    return b"".join(part for part in parts if part)


async def response(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Response:
    """The head of the answer, 16 kB at most; interim answers are passed over."""
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Response):
            return event
        elif not isinstance(event, h11.InformationalResponse):
            raise ConnectionResetError


def meaning(response: h11.Response, at: Instant) -> Answer:
    """What the status says. A redirect is a failure: nobody is sent elsewhere."""
    status = response.status_code
    if 200 <= status < 300:
        return Answer(Outcome.SENT, status)
    if status == 410:
        return Answer(Outcome.GONE, status, "410")
    asked = next((value.decode("latin-1") for name, value in response.headers if name == b"retry-after"), "")
    return Answer(Outcome.LATER, status, str(status), after_seconds=seconds_in(asked, at))


def seconds_in(retry_after: str, at: Instant) -> int | None:
    """Seconds or a date, as HTTP has it; None when it says nothing that can be read."""
    if retry_after.isascii() and retry_after.isdecimal():
        return int(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0, int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()) - at)
