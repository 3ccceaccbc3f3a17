"""A store card as Apple reads it: wallet-py3k's model, the newer keys it lacks, and nothing that is empty."""

from typing import Any
from uuid import UUID

from msgspec import Struct
from wallet.models import Alignment, Barcode, Pass, PassInformation

from punchcard.passes.model import Face, Ticket


class LoyaltyPass(Pass):  # type: ignore[misc]  # wallet-py3k ships no types
    """wallet-py3k's pass with `barcodes`; its deprecated `barcode` and its always false strip shine are left out."""

    def __init__(self, card: PassInformation):
        super().__init__(card)
        self.barcodes: list[Barcode] = []
        self.nfc: dict[str, Any] = {}

    def json_dict(self) -> dict[str, Any]:
        """What pass.json says, ready to be encoded."""
        written: dict[str, Any] = super().json_dict()
        written.pop("barcode", None)
        written.pop("suppressStripShine", None)
        style, groups = self.passInformation.jsonname, self.passInformation.json_dict()
        written[style] = {group: [telling(each) for each in fields] for group, fields in groups.items()}
        barcodes = [telling(each.json_dict()) for each in self.barcodes]
        return telling(written | {"barcodes": barcodes, "nfc": self.nfc or None})


def natural(made: Any) -> Any:
    """Fields follow the reading direction; the alignment that wallet-py3k sets is invalid on some of them."""
    assert made.textAlignment == Alignment.LEFT
    made.textAlignment = ""
    return made


def telling(written: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing: wallet-py3k writes empty strings and nulls that readers refuse."""
    return {key: value for key, value in written.items() if value or value == 0}


class Sheet(Struct, frozen=True):
    """What is printed on one pass."""

    face: Face
    serial: UUID
    token: str
    """An update carries the token that its phone knows: it never changes."""
    ticket: Ticket | None = None
    """What this pass is instead of the card."""
    is_void: bool = False
    """It was replaced or its holder left: the pass is printed voided, without code and without anything personal."""
