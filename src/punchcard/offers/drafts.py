"""An offer as an operator writes it: a sketch may lack anything, a draft has all that publishing needs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from punchcard.foundation.clock import Instant, moment
from punchcard.segments import Expression

from .model import (
    Benefit,
    Budget,
    Channel,
    Conditions,
    Goods,
    Limits,
    Name,
    Offer,
    Send,
    Sentence,
    Short,
    StopWhen,
    Title,
    Trigger,
)

Language = Literal["en", "he", "ar", "ru"]
Moment = Annotated[datetime, Meta(tz=True)]
Art = Annotated[str, Meta(max_length=64, pattern=r"^[a-z0-9.-]*(?![\s\S])")]
Channels = Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=3)]
HoldOut = Annotated[int, Meta(ge=0, le=50)]
Priority = Annotated[int, Meta(ge=-1000, le=1000)]
Stacking = Annotated[str, Meta(max_length=64)]


class Details(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every offer may say beside its words, its window, whom it is for and what it gives; most say little of it."""

    short: dict[Language, Short] = {}
    art: Art = ""
    pictures: dict[Language, Art] = {}
    goods: Goods = Goods()
    channels: Channels = ("push", "pass", "app")
    hold_out: HoldOut = 0
    topic: Name = "offers"
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    budget: Budget = field(default_factory=Budget)
    stacking: Stacking = ""
    priority: Priority = 0
    activation: bool = False
    send: Send = "now"
    margin_percent: Annotated[int, Meta(ge=0, le=100)] = 0


class Windowed(Details, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """And how it is told where it has a window of its own, what sets it off, and what stops it."""

    trigger: Trigger | None = None
    pace_an_hour: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    stop_when: frozenset[StopWhen] = frozenset()


class Draft(Windowed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer to publish. Its texts are in all four languages; `short` is for the front of a card, where the name is too
    long; `hold_out` is the percent that goes without."""

    partner_id: Name
    name: dict[Language, Title]
    text: dict[Language, Sentence]
    since: Moment
    until: Moment
    audience: Expression
    benefit: Benefit


class Sketch(Windowed, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An offer that is being written: whatever is known of it. Without `since` it begins when it is published."""

    partner_id: Name | UnsetType = UNSET
    name: dict[Language, Title] = {}
    text: dict[Language, Sentence] = {}
    since: Moment | UnsetType = UNSET
    until: Moment | UnsetType = UNSET
    audience: Expression | UnsetType = UNSET
    benefit: Benefit | UnsetType = UNSET


NEEDED = ("partner_id", "until", "audience", "benefit")


def by_language(texts: Mapping[Language, str]) -> dict[str, str]:
    """Texts as the house keeps them."""
    return {str(language): text for language, text in texts.items()}


def missing(sketch: Sketch) -> list[str]:
    """What nobody has said yet and no offer can do without."""
    return [field for field in NEEDED if getattr(sketch, field) is UNSET]


def sketched(sketch: Sketch, at: Instant) -> Draft:
    """The sketch as a draft, which begins now where nothing else is said; only where nothing is `missing`."""
    said = msgspec.structs.asdict(sketch)
    if sketch.since is UNSET:
        said["since"] = datetime.fromtimestamp(at).astimezone()
    return Draft(**said)


def offer_of(offer_id: str, draft: Draft) -> Offer:
    """The draft as the offer that it will be."""
    said = msgspec.structs.asdict(draft)
    said["since"], said["until"] = int(draft.since.timestamp()), int(draft.until.timestamp())
    for texts in ("name", "text", "short", "pictures"):
        said[texts] = dict(said[texts].items())
    said["channels"] = tuple(dict.fromkeys(draft.channels))
    return Offer(id=offer_id, **said)


def instant(said: datetime | UnsetType) -> Instant | None:
    """A moment as the house counts it, if one was said."""
    return None if said is UNSET else int(said.timestamp())


def audience_of(sketch: Sketch) -> Expression:
    """Whom it is for, where that was said."""
    assert sketch.audience is not UNSET, "ask `missing` first"
    return sketch.audience


def sketch_of(offer: Offer) -> Sketch:
    """A published offer as it might be written again."""
    said = msgspec.structs.asdict(offer)
    del said["id"]
    said["since"], said["until"] = moment(offer.since), moment(offer.until)
    return Sketch(**said)
