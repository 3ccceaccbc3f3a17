"""The looks that a card can wear on a screen: colours and a branch each, drawn by us."""

from typing import Literal, get_args

Look = Literal["bud", "blossom", "orchard"]
LOOKS: tuple[Look, ...] = get_args(Look)


def look_of(tier: str) -> Look:
    """The tier's own look where one is drawn under its id; others wear the first."""
    return next((look for look in LOOKS if look == tier), LOOKS[0])
