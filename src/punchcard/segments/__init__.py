"""Named groups of members: one expression over what is known of a member, evaluated for one in Python and for everybody
in SQL. What a member did chooses them only where they agreed to it."""

from punchcard.programme import (
    All,
    Any,
    ConsentsTo,
    Expression,
    HomeShopIn,
    Not,
    NotVisitedWithin,
    PointsAtLeast,
    SpeaksAny,
    TierIn,
    VisitedWithin,
)

from .model import NoSuchTier, Page, Profile, TooIntricate, holds
from .operations import check, matching, page, profile, profiles, reach

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
    "profiles",
    "reach",
]
