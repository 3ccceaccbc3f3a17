"""What a member has, and what they had until lately."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many

from .model import Benefit, Budget, Channel, Conditions, Limits


class Listed(Struct, frozen=True, kw_only=True):
    """An offer in a member's hands, with everything that they may read of it."""

    id: str
    partner_id: str
    name: dict[str, str]
    text: dict[str, str]
    art: str
    pictures: dict[str, str]
    since: Instant
    until: Instant
    channels: tuple[Channel, ...]
    benefit: Benefit
    limits: Limits
    conditions: Conditions
    budget: Budget
    personal: bool
    paused_at: Instant | None
    sold_out: bool
    activation: bool
    activated_at: Instant | None
    was_given: bool
    """Its reward went out."""


async def listed(db: Connection, member_id: UUID, at: Instant, ended_since: Instant) -> list[Listed]:
    """What is open for the member at this instant, what ends first first; then what ended after another, the last first."""
    return await many(
        db,
        Listed,
        """
        select offer.id, partner_id, name, text, art, pictures, since, least(offer.until, stopped_at, exposure.until) as until,
               channels, benefit, limits, conditions, budget, trigger is not null as personal, paused_at, activation, activated_at,
               exists (select from offer_sold_out where offer_sold_out.offer_id = offer.id) as sold_out,
               exists (select from offer_use
                        where offer_use.member_id = $1 and offer_use.offer_id = offer.id and fact_id = 'gift') as was_given
          from exposure join offer on offer.id = exposure.offer_id join offer_round on offer_round.offer_id = offer.id
         where exposure.member_id = $1 and not held_out and since <= $2
           and least(offer.until, stopped_at, exposure.until) > $3
         order by least(offer.until, stopped_at, exposure.until) <= $2,
                  abs(extract(epoch from least(offer.until, stopped_at, exposure.until) - $2)), offer.id
        """,
        member_id,
        at,
        ended_since,
    )
