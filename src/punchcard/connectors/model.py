"""How somebody else's point of sale is understood: where in its JSON each field of a basket stands."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from punchcard.checkout import Basket
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

ConnectorId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}(?![\s\S])")]
Pointer = Annotated[
    str,
    Meta(
        max_length=200,
        pattern=r"^(/([^~/\x00-\x1f]|~[01])*)*(?![\s\S])",
        description="A JSON pointer (RFC 6901), for example `/order/total`.",
    ),
]
Said = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])")]
Meaning = Literal["sale", "return", "void", "ignored"]
Decimals = Annotated[int, Meta(ge=0, le=4)]


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a text stands, or what it always is."""

    at: Pointer | None = None
    """Left out: it is always `otherwise`."""
    otherwise: Said = ""
    """What it is where nothing stands there, or where a table does not know what stands there."""
    values: Annotated[dict[Said, Said], Meta(max_length=500)] = {}
    """A table from theirs to ours. Empty: it is taken as it stands."""


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """How a sale is told from a return, a void and what is none of ours: by the values that may stand at a place."""

    at: Pointer | None = None
    """Left out: everything is `otherwise`."""
    values: Annotated[dict[Said, Meaning], Meta(max_length=100)] = {}
    otherwise: Meaning | None = None
    """What it is where nothing stands there, or something that is not in the table. Left out: a mistake."""


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """How many, as a whole number or a decimal without a rest."""

    at: Pointer | None = None
    """Left out: one."""
    fractions: Literal["refuse", "up"] = "refuse"
    """What becomes of 0.350 kg: a mistake, or one piece."""


class Amount(Struct, frozen=True, forbid_unknown_fields=True):
    """What a whole line costs, or a tender pays; `less` is taken off it (discounts of the line)."""

    at: Pointer
    less: Annotated[tuple[Pointer, ...], Meta(max_length=4)] = ()


class Lines(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the array of what was bought stands; the other pointers begin at one of its elements."""

    at: Pointer
    sku: Text
    category: Text
    amount: Amount
    brand: Text = field(default_factory=Text)
    quantity: Quantity = Quantity()


class Back(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the array of what came back stands, and how one of its elements names the line of the sale."""

    at: Pointer
    line: Pointer | None = None
    """The number of the sale's line, from 0."""
    sku: Pointer | None = None
    """Its article, where it says no number."""
    quantity: Quantity = Quantity()
    """Below zero is as good as above: some say that -1 was sold."""


class Tenders(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the array of what was paid with stands."""

    at: Pointer
    kind: Text
    amount: Amount


class Mapping(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where in their JSON everything stands that we ask for."""

    kind: Kind
    order: Pointer
    """Their id of what this tells of. The same id is the same sale, however often it comes."""
    of: Pointer | None = None
    """Of a return or void: their id of the sale. Left out: `order` is."""
    lines: Lines
    back: Back | None = None
    tenders: Tenders | None = None
    cashier: Text
    card: Text = field(default_factory=Text)
    receipt_number: Text = field(default_factory=Text)
    currency: Text = field(default_factory=Text)
    channel: Text = field(default_factory=Text)
    at: Pointer | None = None
    """When it happened: RFC 3339 (the shop's zone, where it says none) or seconds or milliseconds since 1970."""
    decimals: Decimals = 0
    """How many digits of their amounts stand behind the point: 2 where 24.80 is 2480 minor units, 0 where 2480 is."""
    unknown_card: Literal["guest", "refuse"] = "refuse"
    """Whether a card that nobody has makes a basket without a card, or is refused."""


class Connector(Struct, frozen=True):
    """A point of sale of somebody else's, the till that it stands for, and whether it holds a secret."""

    id: str
    till: str
    mapping: Mapping
    enabled: bool
    keyed: bool
    changed_at: Instant


class Plugged(Struct, frozen=True):
    """A connector as its callbacks need it."""

    id: str
    till_id: str
    mapping: Mapping
    enabled: bool
    secrets: tuple[UUID, ...]
    """Which secrets hold now, the newest first."""


class Mistake(Struct, frozen=True):
    """Why something of theirs is no field of ours: where it stands, what it should become."""

    at: str
    field: str
    why: str


class Piece(Struct, frozen=True):
    """What came back, by the number of the sale's line or, where that is None, by its article."""

    line: int | None
    sku: str
    quantity: int


class Understood(Struct, frozen=True, kw_only=True):
    """What their JSON says, in our words. With a mistake it is nothing that could be kept."""

    kind: Meaning
    id: UUID | None = None
    """Under which it is kept."""
    sale: UUID | None = None
    """The sale that it is, or that comes back."""
    basket: Basket | None = None
    back: tuple[Piece, ...] = ()
    at: str = ""
    cashier: str = ""
    receipt_number: str = ""
    mistakes: tuple[Mistake, ...] = ()


class NotSigned(Refused):
    """This is not signed with a secret that holds."""

    status = 401
    words = "connectors"


class NotUnderstood(Refused):
    """The mapping does not fit what was sent."""

    status = 400
    words = "connectors"


class ConnectorOff(Refused):
    """This connector is switched off."""

    words = "connectors"


class LineUnknown(Refused):
    """The sale has no such line."""

    words = "connectors"
