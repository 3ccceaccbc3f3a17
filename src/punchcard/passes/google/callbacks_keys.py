"""Google's root keys for callbacks: fetched when they are needed and old, never for each callback."""

import asyncio
import logging
import time
from collections.abc import Sequence
from functools import cache
from typing import Annotated

import httpx
import msgspec
from msgspec import Meta, Struct

from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.foundation.google_api import authorities

from .callbacks_signature import KEYS_MAX, Root

log = logging.getLogger("punchcard.passes.google")

OLD_SECONDS = 12 * HOUR
BETWEEN_SECONDS = MINUTE
"""Whatever comes to our door, Google is asked for keys once a minute at most."""
TIMEOUT_SECONDS = 5.0
BYTES_MAX = 64 * 1024


class Keys(Struct, frozen=True):
    keys: Annotated[list[Root], Meta(min_length=1, max_length=KEYS_MAX)]


class RootKeys:
    """The keys at an address. While they cannot be fetched, those from before are good until each ends."""

    def __init__(self, url: str):
        self.url = url
        self.kept: Sequence[Root] = ()
        self.fetched_at = self.tried_at = float("-inf")
        self.fetching = asyncio.Lock()

    async def current(self) -> Sequence[Root]:
        """The keys; fetched first when there are none or they are old."""
        if time.monotonic() - self.fetched_at > OLD_SECONDS:
            await self.renewed()
        return self.kept

    async def renewed(self) -> bool:
        """Fetch them again, unless that was tried within the last minute. True when there are newly fetched ones."""
        since = self.fetched_at
        async with self.fetching:
            if self.fetched_at != since:
                return True
            if time.monotonic() - self.tried_at < BETWEEN_SECONDS:
                return False
            self.tried_at = time.monotonic()
            try:
                self.kept = await fetched(self.url)
            except (httpx.HTTPError, msgspec.DecodeError) as error:
                log.warning("google's callback keys cannot be fetched from %s: %r", self.url, error)
                return False
            self.fetched_at = time.monotonic()
            return True


async def fetched(url: str) -> list[Root]:
    """What stands at the address now. Raises httpx.HTTPError, msgspec.DecodeError."""
    async with httpx.AsyncClient(verify=authorities(), timeout=TIMEOUT_SECONDS) as http:
        answer = await http.get(url)
    answer.raise_for_status()
    if len(answer.content) > BYTES_MAX:
        raise msgspec.DecodeError(f"{len(answer.content)} bytes")
    return msgspec.json.decode(answer.content, type=Keys).keys


@cache
def root_keys(url: str) -> RootKeys:
    """The keys of this process."""
    return RootKeys(url)
