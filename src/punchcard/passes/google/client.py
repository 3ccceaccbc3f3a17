"""Google's Wallet API, spoken to within the rate that Google allows the whole project.

Two kinds of work share it. What somebody waits for goes first; what can wait (`Unhurried`) takes only what is left: it
leaves one call's room in the bucket, and waits in a line of its own."""

import asyncio
import math
import time
from typing import Any

from msgspec.structs import replace

from punchcard.foundation import limits
from punchcard.foundation.database import Database
from punchcard.foundation.google_api import Api, Reply, message
from punchcard.foundation.google_auth import WALLET_SCOPE, service_account
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings

from .pace import Pace

ROOT = "/walletobjects/v1/"
BUCKET = "google-wallet"
BURST = 2.0
"""With 18 a second, no second ever holds more than Google's 20."""
LEFT_BY_UNHURRIED = 1.0
PATIENCE_SECONDS = 5.0
NO_TURN = "our own rate"
QUOTAS = frozenset({"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})


class Wallet:
    """The real `outside.GoogleWallet`; `google_wallet_url` may lead to the sandbox's instead."""

    def __init__(self, settings: Settings, database: Database):
        assert settings.google_service_account, "Google Wallet needs a service account"
        self.api = Api(settings.google_wallet_url, service_account(settings.google_service_account), WALLET_SCOPE)
        self.database = database
        self.pace = Pace(settings.google_calls_per_second)
        self.queue, self.unhurried_queue = asyncio.Lock(), asyncio.Lock()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None, unhurried: bool = False) -> Answer:
        """One call, for example `("PATCH", "loyaltyObject/3388.m1", {…})`. Only an access token that has ended is
        exchanged and the call made again; `reason` is NO_TURN when the shared rate had no room for five seconds."""
        reply = await self.once(method, path, body, unhurried)
        if isinstance(reply, Reply) and reply.status == 401 and reply.token_was_good:
            reply = await self.once(method, path, body, unhurried)
        return judged(reply) if isinstance(reply, Reply) else reply

    async def once(self, method: str, path: str, body: dict[str, Any] | None, unhurried: bool) -> Reply | Answer:
        if wait := await self.turn(unhurried):
            return Answer(Outcome.LATER, reason=NO_TURN, after_seconds=math.ceil(wait))
        reply = await self.api.ask(method, ROOT + path, body)
        if is_too_fast(reply, body):
            await self.pace.lower(self.database)
        return reply

    async def turn(self, unhurried: bool = False) -> float:
        """Wait for this call's place in the rate that all processes share: 0.0, or the seconds that were too many."""
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        leave = LEFT_BY_UNHURRIED if unhurried else 0.0
        async with self.unhurried_queue if unhurried else self.queue:
            while True:
                async with self.database.transaction() as db:
                    rate = await self.pace.current(db)
                    wait = await limits.take(db, BUCKET, BURST, rate, leave=leave)
                if wait and time.monotonic() + wait < patience_ends:
                    await asyncio.sleep(wait)
                else:
                    return wait

    async def close(self) -> None:
        await self.api.close()


class Unhurried:
    """The same Wallet for work that can wait."""

    def __init__(self, wallet: Wallet):
        self.wallet = wallet

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        return await self.wallet.call(method, path, body, unhurried=True)

    async def close(self) -> None:
        await self.wallet.close()


def unhurried(world: World) -> World:
    """The same world, whose calls to Google can wait."""
    return replace(world, google=Unhurried(world.google)) if isinstance(world.google, Wallet) else world


def is_too_fast(reply: Reply, body: dict[str, Any] | None) -> bool:
    """The rate of the whole project was too high. A card that has rung too often today is refused with the same words."""
    if reply.status == 429:
        return True
    rings = body is not None and (
        "notifyPreference" in body or (body.get("message") or {}).get("messageType") == "TEXT_AND_NOTIFY"
    )
    return reply.status == 403 and reply.reason in QUOTAS and not (rings and reply.reason == "quotaExceeded")


def judged(reply: Reply) -> Answer:
    """What to do, from the status and Google's reason. 404 is GONE; 409 is REFUSED with its status: it is there already."""
    if reply.no_access:
        return reply.no_access
    outcome = verdict(reply.status, reply.reason)
    if outcome is Outcome.SENT:
        return Answer(outcome, reply.status, body=reply.body)
    words = f"{reply.reason}: {text}" if (text := message(reply.body)) else reply.reason
    return Answer(outcome, reply.status, words, reply.after_seconds, body=reply.body)


def verdict(status: int, reason: str) -> Outcome:
    match status:
        case _ if 200 <= status < 300:
            return Outcome.SENT
        case 401:
            return Outcome.MISCONFIGURED
        case 403:
            return Outcome.LATER if reason in QUOTAS else Outcome.MISCONFIGURED
        case 404:
            return Outcome.GONE
        case 0 | 408 | 429:
            return Outcome.LATER
        case _:
            return Outcome.LATER if status >= 500 else Outcome.REFUSED
