"""A merchant's system that listens: verifies what it hears as Standard Webhooks 1.0.0 says, keeps each message once by its id,
and answers what it is told to. Written from the specification, and shares no code with what signs."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from .server import Reply, Request

TOLERANCE_SECONDS = 300


class Heard(Struct, frozen=True):
    """A message that came and was signed by who should: its id, when it was sent (UTC seconds), and what it says."""

    id: str
    sent_at: int
    body: dict[str, Any]
    accepted: bool

    @property
    def member(self) -> str:
        return str(self.body["data"]["member"])

    @property
    def seq(self) -> int:
        return int(self.body["data"]["seq"])


class Receiver:
    """`decide` says what a message is answered; without it, every one is accepted. `now` is the receiver's clock."""

    def __init__(
        self, secret: str, now: Callable[[], int], decide: Callable[[dict[str, Any]], Awaitable[Reply]] | None = None
    ):
        self.secret, self.now, self.decide = secret, now, decide
        self.heard: list[Heard] = []
        self.forged: list[Request] = []

    @property
    def accepted(self) -> dict[str, Heard]:
        """Each message that was accepted, once, in the order in which they first were."""
        once: dict[str, Heard] = {}
        for each in self.heard:
            if each.accepted:
                once.setdefault(each.id, each)
        return once

    async def answer(self, request: Request) -> Reply:
        if not is_signed(self.secret, request, self.now()):
            self.forged.append(request)
            return Reply(401)
        body = json.loads(request.content)
        reply = await self.decide(body) if self.decide else Reply(204)
        id, sent_at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
        self.heard.append(Heard(id, sent_at, body, accepted=200 <= reply.status < 300))
        return reply


def is_signed(secret: str, request: Request, now: int) -> bool:
    """Whether one of the signatures is the secret's over just these bytes, and the message is fresh."""
    id, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not id or not at.isdecimal() or abs(now - int(at)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    ours = hmac.new(key, b".".join((id.encode(), at.encode(), request.content)), hashlib.sha256).digest()
    for each in request.headers.get("webhook-signature", "").split(" "):
        version, _, signature = each.partition(",")
        try:
            if version == "v1" and hmac.compare_digest(base64.b64decode(signature, validate=True), ours):
                return True
        except binascii.Error:
            continue
    return False
