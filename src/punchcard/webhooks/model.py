"""Whom we tell: a merchant's system at an address, how far it has heard, and what it would not take."""

from random import uniform
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.errors import Refused

Kind = Literal[
    "sale",
    "return",
    "activity",
    "activation",
    "spend",
    "unspend",
    "donation",
    "adjustment",
    "extension",
    "transfer_out",
    "transfer_in",
    "load",
    "hold",
    "release",
    "opt_in",
    "opt_out",
    "placement",
]
State = Literal["on", "gone", "failing", "ended"]
Url = Annotated[str, Meta(min_length=8, max_length=2000, pattern=r"^[\x21-\x7e]+(?![\s\S])")]
Description = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])")]

WAITS = (5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY)
"""Seconds between two tries of a message: 75 hours and 42 minutes in all."""
JITTER = 1.1
"""A wait is up to a tenth longer, never shorter."""
GIVEN_UP_AFTER = 3 * DAY
RETRY_AFTER_MAX = DAY
FORMER_SECRET_SECONDS = DAY
ENDPOINTS_MAX = 20


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a merchant's system listens. `key_id` and `counter` say what its secret is derived from."""

    id: UUID
    url: str
    partner: str | None
    kinds: list[str]
    description: str
    state: State
    key_id: str
    counter: int
    former_key_id: str | None
    former_until: Instant | None
    failing_since: Instant | None
    trouble: str
    made_at: Instant


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to tell what: only facts of a partner's shops, only these kinds; all of them unless said."""

    url: Url
    partner: str | None = None
    kinds: Annotated[list[Kind], Meta(max_length=40)] = []
    description: Description = ""


class Cursor(Struct, frozen=True):
    """How far an endpoint has heard of a member, what is sent again before that goes on, and the tries of the next."""

    seq: int
    again_after: int | None = None
    again_until: int | None = None
    tries: int = 0
    first_tried_at: Instant | None = None
    due_at: Instant | None = None

    @property
    def after(self) -> int:
        """The next message is the first wanted one after this."""
        return self.seq if self.again_after is None else self.again_after

    def has_failed(self, at: Instant) -> bool:
        """Whether a try that fails at this instant is the last one."""
        return self.first_tried_at is not None and at - self.first_tried_at >= GIVEN_UP_AFTER

    def waits_until(self, at: Instant, asked_seconds: int | None) -> Instant:
        """When the message is tried again: by the schedule, or later if they ask for it (a day at most)."""
        wait = WAITS[min(self.tries, len(WAITS) - 1)] * uniform(1, JITTER)
        return at + max(round(wait), min(asked_seconds or 0, RETRY_AFTER_MAX))


class Dead(Struct, frozen=True):
    """A message that nobody took for three days. The member's later messages went on; a replay sends it again."""

    member_id: UUID
    seq: int
    type: str
    error: str
    tries: int
    first_tried_at: Instant
    died_at: Instant


class AddressUnreadable(Refused):
    """This is no address that a message can be posted to."""

    words = "webhooks"


class HttpsOnly(Refused):
    """Messages are sent over https only."""

    words = "webhooks"


class AddressPrivate(Refused):
    """This address lies in a private network."""

    words = "webhooks"


class EndpointEnded(Refused):
    """This endpoint was taken away for good."""

    words = "webhooks"


class EndpointOff(Refused):
    """This endpoint is switched off."""

    words = "webhooks"


class NoSuchPartner(Refused):
    """There is no such partner."""

    words = "webhooks"


class TooManyEndpoints(Refused):
    """There are as many endpoints as there may be."""

    words = "webhooks"
