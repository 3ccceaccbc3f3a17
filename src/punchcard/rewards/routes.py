"""What a member can spend points on, and what they claimed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard import partners
from punchcard.foundation import locale
from punchcard.foundation.answers import answered, replayed
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database

from . import operations
from .model import ClaimView, Priced, partner_of, viewed


class RewardView(Struct, frozen=True):
    """A reward: its price, and how many points are missing. `amount` is a discount in minor units."""

    id: str
    name: str
    text: str
    art: str
    points: int
    kind: Literal["item", "discount", "experience", "donation"]
    amount: int
    affordable: bool
    missing: int
    until: datetime | None
    partner_id: str
    """Where it is used; empty where it may be used at several."""
    days: int
    """How long it can be used once it is claimed; 0 is for ever."""
    terms: str
    """Where, how long, and what becomes of the points: a sentence or two."""


class ClaimRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which reward."""

    reward: Annotated[str, Meta(min_length=1, max_length=64)]


Early = Callable[[Connection, UUID, Instant], Awaitable[frozenset[str]]]
"""Says which rewards a member may have before they begin."""
CLAIMED = {201: ResponseSpec(ClaimView, description="Claimed; the same bytes whenever it is asked for again.")}


@get("/me/rewards")
async def list_rewards(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
    early: NamedDependency[Early],
) -> list[RewardView]:
    """What you can spend points on, the cheapest first; among it what an offer lets you have before others."""
    async with database.transaction() as db:
        sooner = await early(db, member_id, at)
        known = await partners.catalogue(db)
        return [shown(reward, known, language) for reward in await operations.catalogue(db, member_id, at, sooner)]


@put("/me/claims/{claim_id:uuid}", status_code=201, responses=CLAIMED)
async def claim_reward(
    claim_id: FromPath[UUID],
    data: JSONBody[ClaimRequest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
    early: NamedDependency[Early],
) -> Response[bytes]:
    """Spend points on a reward. The same id and reward again claim nothing more."""
    async with database.reading() as db:
        sooner = await early(db, member_id, at)
    recorded = await operations.claim(database, member_id, data.reward, claim_id, at, language, sooner)
    return answered(recorded.receipt, recorded.repeated, 201)


@get("/me/claims")
async def list_claims(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> list[ClaimView]:
    """What you claimed, the newest first: active, used, lapsed or handed back."""
    async with database.transaction() as db:
        return [viewed(claim, language) for claim in await operations.claims(db, member_id, at)]


@delete("/me/claims/{claim_id:uuid}")
async def hand_back(
    claim_id: FromPath[UUID],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[None]:
    """Hand a claim back that was not used; the points return."""
    repeated = await operations.cancel(database, member_id, claim_id, at)
    return Response(None, status_code=204, headers=replayed(repeated))


def shown(reward: Priced, known: partners.Catalogue, language: str) -> RewardView:
    return RewardView(
        id=reward.id,
        name=locale.of(reward.name, language),
        text=locale.of(reward.text, language),
        art=reward.art,
        points=reward.points,
        kind=reward.kind,
        amount=reward.amount,
        affordable=reward.affordable,
        missing=reward.missing,
        until=moment(reward.until) if reward.until is not None else None,
        partner_id=partner_of(reward.places),
        days=reward.days,
        terms=terms(reward, known, language),
    )


def terms(reward: Priced, known: partners.Catalogue, language: str) -> str:
    """'At Nola Coffee, within 14 days. Not used? The points come back.'"""
    names = [shop.name for shop in known.shops if shop.id in reward.places.shops]
    if not names:
        names = [
            locale.of(known.partners[id].name, language) for id in sorted(reward.places.partners & set(known.partners))
        ]
    row = "terms" + ("-at" if names else "") + ("-days" if reward.days else "")
    return locale.say(f"rewards.{row}", language, n=reward.days, place=", ".join(names))


routes = [list_rewards, claim_reward, list_claims, hand_back]
