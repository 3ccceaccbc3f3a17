"""What a wallet card shows for one member. Both wallets render the same face; rendering is pure."""

import re
import tomllib
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import Text
from punchcard.foundation.money import Money

from .designs import Newest

FOURS = re.compile(".{1,4}").findall


class ShownOffer(Struct, frozen=True):
    """An open offer that may stand on a card."""

    id: str
    title: Text
    until: Instant
    text: Text = {}
    """One more sentence for the back: where it holds."""
    short: Text = {}
    """For the front, where the title may be too long."""
    since: Instant = 0
    """0: it has always held."""
    partner: Text = {}
    """The name of the merchant where it holds."""
    state: Literal["open", "sold-out", "needs-activation"] = "open"
    """Sold out it stays in sight and says so; what must be taken in the app first says that."""

    @property
    def front(self) -> Text:
        """What the front of a card calls it."""
        return self.short or self.title


class ShownChallenge(Struct, frozen=True):
    """The challenge that is furthest on its way."""

    id: str
    name: Text
    done: int
    target: int


class Movement(Struct, frozen=True):
    """The last line of the statement: what moved (points, signed), where, and why."""

    points: int
    at: Instant
    where: Text = {}
    why: Text = {}


class Place(Struct, frozen=True):
    """A shop as a wallet knows it: where the card comes up by itself, and what it then says."""

    name: str
    latitude: float
    longitude: float
    text: Text = {}


class Ticket(Struct, frozen=True, kw_only=True):
    """A claimed reward or an invitation as a pass of its own, beside the card."""

    subject: str = ""
    """Which of the member's passes it is: `claim:<id>` or `club:<tier>`."""
    id: str
    """What the till reads: the claim's id, or of an invitation the card's code."""
    kind: Literal["coupon", "eventTicket"]
    """A thing or a discount is a coupon; an experience or an invitation is an event ticket."""
    title: Text
    text: Text = {}
    code: str
    """As a person reads it to the cashier."""
    until: Instant = 0
    """0: it waits for ever."""
    state: Literal["active", "used", "ended"] = "active"
    partner: str = ""


class Face(Struct, frozen=True, kw_only=True):
    """Everything a card shows. Texts stand in all languages: a pass carries them all, a Google object its own."""

    member_id: UUID
    card_code: str
    """As the till reads it: Crockford base32 without separators."""
    name: str
    language: str
    zone: str
    points: int
    unit: Text = {}
    """What they are called; empty where they are simply points."""
    tier: str
    """The tier's id, which is also its design folder: bud, blossom, orchard."""
    tier_name: Text
    tier_until: Instant = 0
    """Until when the tier is kept; 0 when no date is known."""
    next_tier: str = ""
    """Empty on the highest tier."""
    next_tier_name: Text = {}
    missing: int = 0
    """Points that are still missing to the next tier."""
    worth: Money | None = None
    offer: ShownOffer | None = None
    """The first of `offers`."""
    offers: tuple[ShownOffer, ...] = ()
    """Everything open that may stand on a card, what ends first first."""
    challenge: ShownChallenge | None = None
    last: Movement | None = None
    places: tuple[Place, ...] = ()
    """Up to ten shops, the nearest to where the member last bought first."""
    partner: str = ""
    """The partner where the member is at home: whose strip the card wears; empty for the programme's own."""
    why_url: str = ""
    """Where the member reads why the points are as they are; holds a signed link, the same for a year."""
    is_open: bool = True
    """False when the member is frozen or erased: the pass is then void."""
    version: int = 0
    """The version of the standing that this face was read from."""

    @property
    def card_number(self) -> str:
        """The code as a person reads it aloud: groups of four."""
        return "-".join(FOURS(self.card_code))


class App(Struct, frozen=True, forbid_unknown_fields=True):
    """The programme's own app, which the wallets offer to open."""

    apple_store_ids: tuple[int, ...] = ()
    """associatedStoreIdentifiers, the best first."""
    apple_launch_url: str = ""
    android_package: str = ""
    title: Text = {}
    """At most 30 characters; Google shows it on the link."""


class Beacon(Struct, frozen=True, forbid_unknown_fields=True):
    """A transmitter in a shop (iBeacon)."""

    uuid: str
    major: int | None = None
    minor: int | None = None
    text: Text = {}


class Nearby(Struct, frozen=True, forbid_unknown_fields=True):
    """What brings the card to the lock screen by itself."""

    max_distance: int = 0
    """Metres from a shop; 0 leaves it to the phone."""
    text: Text = {}
    """What is said then; {shop} stands for the shop's name."""
    beacons: tuple[Beacon, ...] = ()


class CardTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """What the programme says of itself on every card: `card.toml` in the designs folder, written by the operator."""

    organisation: Text
    """The programme's name as the wallets' header shows it."""
    description: Text
    """One sentence for people who hear the card instead of seeing it."""
    terms: Text
    contact: Text
    """How to reach a person: mail address, phone, site, one a line."""
    website: str = ""
    app: App = App()
    nearby: Nearby = Nearby()
    sharing_prohibited: bool = True
    """A member's card is no gift: the phone offers no way to send it on."""


def card_texts(designs: Path) -> CardTexts:
    """Read again when the folder changed. A file that does not fit is refused with the field's name
    (msgspec.ValidationError), unless there is a former one, which stays in use then."""
    return newest_texts(designs)


newest_texts = Newest(lambda designs: msgspec.convert(tomllib.loads((designs / "card.toml").read_text()), CardTexts))


class NoWallet(Refused):
    """Cards for this wallet are not set up here."""

    status = 404
    words = "passes"
