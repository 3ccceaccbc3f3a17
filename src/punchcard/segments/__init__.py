"""Named groups of members: one expression over what is known of a member, evaluated for one in Python and for everybody
in SQL. What a member did chooses them only where they agreed to it."""

from .model import (
    All,
    Any,
    ConsentsTo,
    Expression,
    HomeShopIn,
    NoSuchTier,
    Not,
    NotVisitedWithin,
    Page,
    PointsAtLeast,
    Profile,
    SpeaksAny,
    TierIn,
    TooIntricate,
    VisitedWithin,
    holds,
)
from .operations import check, matching, page, profile, reach

__all__ = [
    "All",
    "Any",
    "ConsentsTo",
    "Expression",
    "HomeShopIn",
    "NoSuchTier",
    "Not",
    "NotVisitedWithin",
    "Page",
    "PointsAtLeast",
    "Profile",
    "SpeaksAny",
    "TierIn",
    "TooIntricate",
    "VisitedWithin",
    "check",
    "holds",
    "matching",
    "page",
    "profile",
    "reach",
]
