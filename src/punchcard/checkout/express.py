"""What every customer waits for, past the framework: the sale and the quote as tills ordinarily ask for them.

Whoever asks in any other way (another spelling of the path, a body that does not fit, no key) is handed on unanswered, with
the body to be read again, so that the routes remain the one place that says what is allowed and how it is refused."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response.base import ASGIResponse
from litestar.types import HTTPScope, Receive, ReceiveMessage, Send
from msgspec import DecodeError, Struct, json

from punchcard.foundation import identity, locale, problems
from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.errors import Busy, NotSignedIn
from punchcard.partners import Till

from . import operations
from .model import Basket, Counter

SALE = re.compile(r"/till/sales/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
QUOTE = "/till/quotes"
LENGTH_DIGITS_MAX = 9
INSIDE_MOST = 64
"""Sales and quotes of a process at once. Who comes on top is asked to come again, while those inside are served in time."""

read = json.Decoder(Basket).decode
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-type", b"application/json"),
]
REPLAYED = (b"idempotent-replayed", b"true")


class Asked(Struct, frozen=True):
    """What the head of an ordinary request says: the sale's id (none: a quote), the till's key, the language asked for or empty."""

    sale_id: UUID | None
    key: str
    language: str


class Express:
    """Serves what is ordinary, a bounded number at once."""

    def __init__(
        self,
        clock: Clock,
        till: Callable[[str, Instant], Awaitable[Till]],
        counter: Callable[[Till, str], Counter],
        body_bytes_max: int,
    ):
        self.clock, self.till, self.counter, self.body_bytes_max = clock, till, counter, body_bytes_max
        self.inside = 0

    async def serve(self, scope: HTTPScope, receive: Receive, send: Send) -> Receive | None:
        """Answer it; or say from where whoever serves all else reads the request."""
        asked = ordinary(scope, self.body_bytes_max)
        if asked is None:
            return receive
        messages = await read_whole(receive)
        if self.inside >= INSIDE_MOST:
            await turned_away(asked.language or "en")(scope, receive, send)
            return None
        basket = basket_in(messages)
        if basket is None:
            return rereading(messages, receive)
        self.inside += 1
        try:
            till = await self.admitted(asked.key)
            if till is None:
                return rereading(messages, receive)
            body, repeated = await served(self.counter(till, asked.language), asked.sale_id, basket)
        except Exception as error:
            await told(error, Request(scope, receive, send))(scope, receive, send)
            return None
        finally:
            self.inside -= 1
        length = (b"content-length", b"%d" % len(body))
        headers = [REPLAYED, *HEADERS, length] if repeated else [*HEADERS, length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return None

    async def admitted(self, key: str) -> Till | None:
        """The till that holds this key, if one does."""
        try:
            return await self.till(key, self.clock.now())
        except NotSignedIn:
            return None


def ordinary(scope: HTTPScope, body_bytes_max: int) -> Asked | None:
    """What is asked for, if the head of the request has nothing about it that would want a second look."""
    path, sale_id = scope["path"], None
    if scope["method"] == "PUT" and (sale := SALE.fullmatch(path)):
        sale_id = UUID(sale[1])
    elif scope["method"] != "POST" or path != QUOTE:
        return None
    given = list(scope["headers"])
    heads = dict(given)
    proof, length = heads.get(b"authorization", b""), heads.get(b"content-length", b"")
    if (
        scope["query_string"]
        or len(heads) != len(given)
        or heads.get(b"content-type") != b"application/json"
        or not length.isdigit()
        or len(length) > LENGTH_DIGITS_MAX
        or int(length) > body_bytes_max
        or not problems.PLAIN_HOST.fullmatch(heads.get(b"host", b"").decode("latin-1"))
    ):
        return None
    try:
        return Asked(sale_id, identity.proof_in(proof.decode("latin-1")), asked_for(heads.get(b"accept-language", b"")))
    except NotSignedIn:
        return None


@lru_cache(64)
def asked_for(accept_language: bytes) -> str:
    return locale.asked_for(accept_language.decode("latin-1"))


def told(error: Exception, request: Request[Any, Any, Any]) -> ASGIResponse:
    """How the framework would have this answered."""
    return problems.response_to(request, error).to_asgi_response(app=None, request=request)


@lru_cache(8)
def turned_away(language: str) -> ASGIResponse:
    """What costs next to nothing to say, when too many come."""
    head: Any = {"type": "http", "headers": [(b"accept-language", language.encode())]}
    return told(Busy(), Request(head))


async def read_whole(receive: Receive) -> list[ReceiveMessage]:
    """What arrives, up to the end of the body or of the connection."""
    messages: list[ReceiveMessage] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body"):
            return messages


def rereading(messages: Sequence[ReceiveMessage], receive: Receive) -> Receive:
    """Says again what was read, then what comes."""
    known = iter(messages)

    async def again() -> ReceiveMessage:
        return next(known, None) or await receive()

    return again


def basket_in(messages: Sequence[ReceiveMessage]) -> Basket | None:
    """The basket, if there is one that needs no goodwill to be read."""
    body = b"".join(message["body"] for message in messages if message["type"] == "http.request")
    try:
        return read(body) if problems.is_text(body) else None
    except (DecodeError, RecursionError):
        return None


async def served(counter: Counter, sale_id: UUID | None, basket: Basket) -> tuple[bytes, bool]:
    """What is answered, and whether it was answered before."""
    if sale_id is None:
        return json.encode(await operations.quote(counter, basket)), False
    recorded = await operations.sell(counter, sale_id, basket)
    return recorded.receipt, recorded.repeated
