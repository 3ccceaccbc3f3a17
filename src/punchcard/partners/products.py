"""What a partner sells most: the buttons of its tills."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from punchcard.foundation.errors import Refused

from .model import Names

PRODUCTS_MAX = 200
LINE = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"
Named = Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]
Printed = Annotated[str, Meta(max_length=64, pattern=LINE)]
Cents = Annotated[int, Meta(ge=0, le=10_000_000_00, description="Minor units, for example cents.")]
Art = Literal["", "cup", "citrus", "loaf", "tomato", "bowl", "almonds", "flower"]


class Product(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to sell by one tap: `amount` is what a piece costs, `sku` and `category` are what the rules speak of."""

    sku: Named
    name: Names
    category: Named
    amount: Cents
    brand: Printed = ""
    art: Art = ""
    """The picture on the button; empty: none."""


class TillProduct(Struct, frozen=True):
    """The same as a till shows it, named in the caller's language; `amount` in minor units a piece."""

    sku: str
    name: str
    category: str
    brand: str
    amount: int
    art: str


class SkuTwice(Refused):
    """One article stands there twice."""

    status = 400
    words = "partners"
