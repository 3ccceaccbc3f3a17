"""Phones, messages, and what the arbiter may say of them."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Task

Kind = Literal["offer", "challenge", "tier", "approval", "spent", "notice", "reminder"]
SERVICE: frozenset[Kind] = frozenset({"challenge", "tier", "approval", "spent", "notice", "reminder"})
"""What a member brought about themselves, or must know: no consent and no cap asks about it, quiet hours do."""
URGENT: frozenset[Kind] = frozenset({"approval", "spent"})
"""What somebody does with the card just now: no quiet hours hold it, for it may be a thief."""

Platform = Literal["ios", "android", "web"]
AddressKind = Literal["fid", "token", "web"]
Channel = Literal["push", "google", "pass"]
LOUD: frozenset[Channel] = frozenset({"push", "google"})
"""Where a phone sounds: these count towards caps."""
State = Literal["sent", "held", "dropped", "inbox", "failed"]
Reason = Literal[
    "",
    "no-consent",
    "topic",
    "held-out",
    "used",
    "limit",
    "sold-out",
    "paused",
    "ended",
    "shop-shut",
    "too-far",
    "ends-in-quiet-hours",
    "cap",
    "day-cap",
    "house-cap",
    "quiet-hours",
    "channel",
    "no-phone",
    "pace",
    "send-time",
    "provider",
    "refused",
    "unreachable",
]
Obstacle = Literal["", "held-out", "used", "limit", "sold-out", "paused", "ended"]
"""Why a member cannot use a thing any more, or not now; empty when they can."""
REACH_METRES = 30_000
"""So far somebody goes for an offer that says nothing of it."""


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
    channel: Channel | Literal[""] = ""
    """The way it went; empty for the inbox alone."""
    received_at: Instant | None = None
    opened_at: Instant | None = None
    read_at: Instant | None = None
    """When a phone said that it has it, that it was tapped, and when it was read in the inbox."""
    waiting: list[str] = []
    """Installations that still have to get it, once another one has."""


class Tally(Struct, frozen=True):
    """So many messages about an offer came to this, for this reason, by this way; and of those so many were received by a
    phone, opened there, and read in the inbox, as far as phones said."""

    state: State
    reason: Reason
    channel: Channel | Literal[""]
    members: int
    received: int
    opened: int
    read: int


class Wishes(Struct, frozen=True, kw_only=True):
    """What a member allows: the consent to hear of offers, the zone they live by, quiet minutes of the local day, offers a
    week, the topics they want nothing of, and their languages, the one they like best first."""

    offers: bool
    zone: str
    quiet_from: int = 0
    quiet_until: int = 0
    """The same minute as `quiet_from`: no quiet hours."""
    messages_a_week: int = 5
    muted: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ("en",)


class House(Struct, frozen=True):
    """The programme's own caps on what is not service, whatever a member allows: messages in a local day, and in any seven
    days. None: no cap."""

    messages_a_day: int | None = 1
    messages_a_week: int | None = None


class Window(Struct, frozen=True):
    """When the thing can be used: `until` is no more part of it."""

    since: Instant
    until: Instant


class Use(Struct, frozen=True):
    """How far this member can use the thing now. Of no thing that is used in shops: the defaults."""

    obstacle: Obstacle = ""
    opens_at: Instant | None = None
    """When the first of its shops is open, the instant asked for when one is; None where no shop says its hours."""
    metres: int | None = None
    """How far its nearest shop is from where the member is; None where nobody knows, or may know."""
    reach_metres: int = REACH_METRES


class Cards(Struct, frozen=True):
    """The member's cards in wallets: whether there is one, and how often the one at Google may still ring today."""

    held: bool = False
    rings_left: int = 0


class Slot(Struct, frozen=True):
    """Not before this instant, since the campaign is paced or it is the member's likely hour."""

    at: Instant
    reason: Literal["pace", "send-time"] = "pace"


class Case(Struct, frozen=True, kw_only=True):
    """Everything a step may look at."""

    kind: Kind
    at: Instant
    wishes: Wishes
    topic: str = ""
    window: Window | None = None
    use: Use = Use()
    recent: Sequence[Instant] = ()
    """When phones sounded, or are about to, for what is not service, this message left out; seven days back at least."""
    house: House = House()
    by_phone: bool = True
    """Whether its author wants it on phones."""
    by_card: bool = False
    """Whether cards in wallets show such a thing, and its author wants it there."""
    phones: int = 0
    """How many installations of the app messages reach."""
    cards: Cards = Cards()
    slot: Slot | None = None


class Send(Struct, frozen=True, tag="send"):
    channel: Channel = "push"


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
    by_card: bool = False
    """Where its author wants it, beside the inbox."""
    topic: str = ""
    language: str = "en"


class CardRings(Struct, frozen=True):
    """The arbiter sent a message to the member's card at Google, which may ring for it."""


class Delivery(Struct, frozen=True):
    """A message that may go out now, and to which phones."""

    task: Task
    message: Message
    phones: tuple[Phone, ...]
    language: str
