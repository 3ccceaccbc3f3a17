"""What conditions may ask of members who agreed to it: what they did, said or are expected to do, and where they are."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]
"""No control characters."""
Names = Annotated[frozenset[Name], Meta(min_length=1, max_length=32)]
Days = Annotated[int, Meta(ge=1, le=3660)]
Since = Annotated[int, Meta(ge=0, le=3660)]
Amount = Annotated[int, Meta(ge=0, le=10**12)]
Count = Annotated[int, Meta(ge=1, le=10**12)]
Times = Annotated[int, Meta(ge=1, le=10**6)]
Year = Annotated[int, Meta(ge=1900, le=2100)]
Score = Annotated[float, Meta(ge=-1e9, le=1e9)]
Purpose = Literal["marketing", "personalisation", "location"]
Generation = Literal["silent", "boomer", "x", "millennial", "z", "alpha"]
Channel = Literal["shop", "web", "app", "phone"]
Did = Literal["opened", "activated", "used"]

COUNTED_VISITS_MAX = 32
"""So many of the newest visits are known one by one; those before are only counted."""


class Plain(Struct, frozen=True, forbid_unknown_fields=True):
    """What may be asked of every member."""

    needs: ClassVar[frozenset[Purpose]] = frozenset()


class Personal(Plain, frozen=True):
    """What may be asked of members who agreed to personalisation."""

    needs: ClassVar[frozenset[Purpose]] = frozenset({"personalisation"})


class Located(Plain, frozen=True):
    """What may be asked of members who agreed that their place is used."""

    needs: ClassVar[frozenset[Purpose]] = frozenset({"location"})


class GenerationIn(Personal, frozen=True, tag="generation-in"):
    """Was born into one of these generations; whoever did not say when is in none."""

    generations: Annotated[frozenset[Generation], Meta(min_length=1)]
    """silent from 1928, boomer from 1946, x from 1965, millennial from 1981, z from 1997, alpha from 2013 to 2028."""


class BornBetween(Personal, frozen=True, tag="born-between"):
    """Was born in one of these years; whoever did not say when is not."""

    first: Year
    """The first year."""
    last: Year
    """The last year, included."""

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("`first` comes after `last`")


class TraitIn(Personal, frozen=True, tag="trait-in"):
    """Is known by one of these, from what they or an operator said: household, income band."""

    trait: Name
    """What was asked."""
    values: Names
    """The answers that count."""


class HomeShopIn(Personal, frozen=True, tag="home-shop-in"):
    """Shops mostly at one of these."""

    shops: Names
    """By their ids."""


class HomeShopWithin(Personal, frozen=True, tag="home-shop-within"):
    """Shops mostly at a shop near this one, or at it."""

    shop: Name
    """By its id; its place must be known."""
    km: Annotated[int, Meta(ge=1, le=1000)]
    """As the crow flies, from shop to shop."""


class VisitedWithin(Personal, frozen=True, tag="visited-within"):
    """Was here in the last so many days."""

    days: Days
    """Of 24 hours."""


class NotVisitedWithin(Personal, frozen=True, tag="not-visited-within"):
    """Was not here in the last so many days, or never."""

    days: Days
    """Of 24 hours."""


class VisitsAtLeast(Personal, frozen=True, tag="visits-at-least"):
    """Was here so many times."""

    times: Times
    """At most 32 where `days` says when: older visits are only counted."""
    days: Since = 0
    """In the last so many days; 0 is ever."""

    def __post_init__(self) -> None:
        if self.days and self.times > COUNTED_VISITS_MAX:
            raise ValueError(
                f"the newest {COUNTED_VISITS_MAX} visits are dated: `times` is more than that, with `days`"
            )


class SpentAtLeast(Personal, frozen=True, tag="spent-at-least"):
    """Spent so much here, less what came back."""

    cents: Count
    """Minor units."""
    days: Since = 0
    """In the last so many days, counting the newest 32 visits; 0 is ever."""


class Bought(Personal, frozen=True):
    """Bought of something; all that is said must be true of the same one."""

    names: Names
    """As sales name them."""
    days: Since = 0
    """The last time was in the last so many days; 0 is ever."""
    cents: Amount = 0
    """For so much since they joined, in minor units less what came back; 0 is not asked."""
    times: Times = 1
    """In so many sales since they joined."""


class BoughtCategory(Bought, frozen=True, tag="bought-category"):
    """Bought of one of these categories; all that is said must be true of the same one."""


class BoughtBrand(Bought, frozen=True, tag="bought-brand"):
    """Bought of one of these brands; all that is said must be true of the same one."""


class BoughtBy(Personal, frozen=True, tag="bought-by"):
    """Bought in one of these ways."""

    channels: Annotated[frozenset[Channel], Meta(min_length=1)]
    """In a shop, on the web, in the app, by phone."""


class ChallengeAtLeast(Personal, frozen=True, tag="challenge-at-least"):
    """Is so far with a challenge."""

    challenge: Name
    """By its id."""
    percent: Annotated[int, Meta(ge=1, le=100)]
    """Of the way; 100 has completed it in its window."""


class DidWithOffer(Personal, frozen=True, tag="did-with-offer"):
    """Went so far with an offer, or further."""

    offer: Name
    """By its id."""
    did: Did
    """First it is opened, then activated, then used."""


class ScoreAtLeast(Personal, frozen=True, tag="score-at-least"):
    """Is expected to, as a model says; whoever was never scored is not."""

    name: Name
    """Of the score."""
    value: Score
    """At least this."""


class ScoreBelow(Personal, frozen=True, tag="score-below"):
    """Is not expected to, as a model says; whoever was never scored is not either."""

    name: Name
    """Of the score."""
    value: Score
    """Below this."""


class NearWithin(Located, frozen=True, tag="near-within"):
    """Was lately near a shop, or near a point."""

    metres: Annotated[int, Meta(ge=10, le=50_000)]
    """As the crow flies."""
    hours: Annotated[int, Meta(ge=1, le=24)] = 1
    """How long ago at most: a place is forgotten after a day."""
    shop: Name | None = None
    """By its id; its place must be known. Or else the point:"""
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    """In degrees."""
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    """In degrees."""

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None) or (self.shop is None) == (self.latitude is None):
            raise ValueError("near what? Either `shop`, or `latitude` and `longitude`")


Doing = (
    GenerationIn
    | BornBetween
    | TraitIn
    | HomeShopIn
    | HomeShopWithin
    | VisitedWithin
    | NotVisitedWithin
    | VisitsAtLeast
    | SpentAtLeast
    | BoughtCategory
    | BoughtBrand
    | BoughtBy
    | ChallengeAtLeast
    | DidWithOffer
    | ScoreAtLeast
    | ScoreBelow
    | NearWithin
)
