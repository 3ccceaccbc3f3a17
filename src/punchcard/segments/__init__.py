"""Named groups of members: one expression over what is known of a member, evaluated for one in Python and for everybody
in SQL. What a member did chooses them only where they agreed to it."""

from punchcard.programme import Expression, people

from .because import Because, because, said
from .everybody import estimate, matching, page, reach
from .model import (
    NoSuchChallenge,
    NoSuchCurrency,
    NoSuchPlace,
    NoSuchShop,
    NoSuchTier,
    Page,
    Reach,
    TooIntricate,
    holds,
)
from .operations import check
from .places import placed
from .portrait import Profile
from .portrait_reading import profile, profiles
from .portrait_telling import mine, told
from .refresh import LEVEL, forget, note, refresh, refresh_due
from .refresh_walks import backfill, sweep
from .routes import routes
from .watch import SegmentEntered, SegmentLeft
from .watch_desk import every

All = people.All
Any = people.Any
BalanceAtLeast = people.BalanceAtLeast
BornBetween = people.BornBetween
BoughtBrand = people.BoughtBrand
BoughtBy = people.BoughtBy
BoughtCategory = people.BoughtCategory
ChallengeAtLeast = people.ChallengeAtLeast
ConsentsTo = people.ConsentsTo
DidWithOffer = people.DidWithOffer
ExpiringWithin = people.ExpiringWithin
GenerationIn = people.GenerationIn
HomeShopIn = people.HomeShopIn
HomeShopWithin = people.HomeShopWithin
JoinedWithin = people.JoinedWithin
NearWithin = people.NearWithin
Not = people.Not
NotVisitedWithin = people.NotVisitedWithin
PointsAtLeast = people.PointsAtLeast
PointsBelow = people.PointsBelow
ScoreAtLeast = people.ScoreAtLeast
ScoreBelow = people.ScoreBelow
SpeaksAny = people.SpeaksAny
SpentAtLeast = people.SpentAtLeast
TierIn = people.TierIn
TraitIn = people.TraitIn
VisitedWithin = people.VisitedWithin
VisitsAtLeast = people.VisitsAtLeast

__all__ = [
    "LEVEL",
    "All",
    "Any",
    "BalanceAtLeast",
    "Because",
    "BornBetween",
    "BoughtBrand",
    "BoughtBy",
    "BoughtCategory",
    "ChallengeAtLeast",
    "ConsentsTo",
    "DidWithOffer",
    "ExpiringWithin",
    "Expression",
    "GenerationIn",
    "HomeShopIn",
    "HomeShopWithin",
    "JoinedWithin",
    "NearWithin",
    "NoSuchChallenge",
    "NoSuchCurrency",
    "NoSuchPlace",
    "NoSuchShop",
    "NoSuchTier",
    "Not",
    "NotVisitedWithin",
    "Page",
    "PointsAtLeast",
    "PointsBelow",
    "Profile",
    "Reach",
    "ScoreAtLeast",
    "ScoreBelow",
    "SegmentEntered",
    "SegmentLeft",
    "SpeaksAny",
    "SpentAtLeast",
    "TierIn",
    "TooIntricate",
    "TraitIn",
    "VisitedWithin",
    "VisitsAtLeast",
    "backfill",
    "because",
    "check",
    "estimate",
    "every",
    "forget",
    "holds",
    "matching",
    "mine",
    "note",
    "page",
    "placed",
    "profile",
    "profiles",
    "reach",
    "refresh",
    "refresh_due",
    "routes",
    "said",
    "sweep",
    "told",
]
