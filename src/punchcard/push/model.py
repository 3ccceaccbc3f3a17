"""Phones, messages, and what the arbiter may say of them."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Task

Kind = Literal["offer", "challenge", "tier", "approval", "spent"]
SERVICE: frozenset[Kind] = frozenset({"challenge", "tier", "approval", "spent"})
"""What a member brought about themselves: no consent and no cap asks about it, quiet hours do."""
URGENT: frozenset[Kind] = frozenset({"approval", "spent"})
"""What somebody does with the card just now: no quiet hours hold it, for it may be a thief."""

Platform = Literal["ios", "android", "web"]
AddressKind = Literal["fid", "token"]
State = Literal["sent", "held", "dropped", "inbox", "failed"]
Reason = Literal[
    "",
    "no-consent",
    "ended",
    "ends-in-quiet-hours",
    "cap",
    "quiet-hours",
    "channel",
    "no-phone",
    "provider",
    "refused",
    "unreachable",
]


class Phone(Struct, frozen=True):
    """One installation of the app and where messages reach it. The zone is where the phone was last."""

    installation: str
    address_kind: AddressKind
    address: str
    platform: Platform
    language: str
    zone: str
    seen_at: Instant


class Owner(Struct, frozen=True):
    """Whose phone it is."""

    member_id: UUID
    installation: str


class Message(Struct, frozen=True, kw_only=True):
    """What a member was told, or would have been: with the reason why not, or not yet."""

    id: str
    kind: Kind
    subject: str
    title: str = ""
    body: str = ""
    decided_at: Instant
    state: State = "held"
    reason: Reason = ""
    until: Instant | None = None
    """Held until then."""
    ends_at: Instant | None = None
    """What it tells of is over then."""
    sent_at: Instant | None = None
    waiting: list[str] = []
    """Installations that still have to get it, once another one has."""


class Wishes(Struct, frozen=True, kw_only=True):
    """What a member allows: the consent to hear of offers, the zone they live by, quiet minutes of the local day, offers a week."""

    offers: bool
    zone: str
    quiet_from: int = 0
    quiet_until: int = 0
    """The same minute as `quiet_from`: no quiet hours."""
    messages_a_week: int = 5


class Window(Struct, frozen=True):
    """When the thing can be used: `until` is no more part of it."""

    since: Instant
    until: Instant


class Send(Struct, frozen=True, tag="send"):
    channel: Literal["push"] = "push"


class Hold(Struct, frozen=True, tag="hold"):
    until: Instant
    reason: Reason = "quiet-hours"


class Drop(Struct, frozen=True, tag="drop"):
    reason: Reason


class Inbox(Struct, frozen=True, tag="inbox"):
    reason: Reason


Decision = Send | Hold | Drop | Inbox


class Notice(Struct, frozen=True):
    """What there is to tell, in the member's language."""

    title: str
    body: str
    window: Window | None = None
    by_phone: bool = True
    """False: its author wants it in the app alone."""


class Delivery(Struct, frozen=True):
    """A message that may go out now, and to which phones."""

    task: Task
    message: Message
    phones: tuple[Phone, ...]
    language: str
