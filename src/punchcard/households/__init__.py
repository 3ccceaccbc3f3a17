"""People who pool their points: each brings some, sees who brought how much, and takes out what was agreed. The pool is a
journal under the household's id; it has no card and no pass."""

from .model import (
    AlreadyInOne,
    Household,
    HouseholdFull,
    MoreThanYourShare,
    NoHousehold,
    NoInvitation,
    NoSuchCard,
    NotEnoughPoints,
    StillOnTheWay,
)
from .operations import accept, at_home, contribute, decline, forget, found, invitations, invite, leave, take
from .routes import routes

__all__ = [
    "AlreadyInOne",
    "Household",
    "HouseholdFull",
    "MoreThanYourShare",
    "NoHousehold",
    "NoInvitation",
    "NoSuchCard",
    "NotEnoughPoints",
    "StillOnTheWay",
    "accept",
    "at_home",
    "contribute",
    "decline",
    "forget",
    "found",
    "invitations",
    "invite",
    "leave",
    "routes",
    "take",
]
