"""Money in minor units with its ISO code. Never a float."""

from typing import Annotated

from msgspec import Meta, Struct

Amount = Annotated[int, Meta(ge=0, le=1_000_000_000_00, description="Minor units, for example cents.")]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code.")]

DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3, "IQD": 3}
"""How many digits stand behind the point, where they are not two."""


class Money(Struct, frozen=True):
    amount: Amount
    currency: Currency

    @property
    def decimal(self) -> str:
        """The amount as a decimal, for example '24.80'."""
        digits = DIGITS.get(self.currency, 2)
        units = str(self.amount).zfill(digits + 1)
        return f"{units[:-digits]}.{units[-digits:]}" if digits else units
