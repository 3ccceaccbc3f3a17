"""What members let be known of where they are, and what operators know of who they are."""

from typing import Annotated
from uuid import UUID

from litestar import delete, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database

from . import places, traits
from .traits import Traits


class Here(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the member is, in degrees."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class Characterised(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of a member beside the profile, by names of the programme's own choice."""

    traits: Traits


@put("/me/place", status_code=204)
async def be_at(
    data: JSONBody[Here],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Say where I am, if I agreed to that. It is kept to some ten metres, for a day, and forgotten at once when I no longer
    agree."""
    async with database.transaction() as db:
        await places.be_at(db, member_id, data.latitude, data.longitude, at)


@delete("/me/place")
async def forget_place(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> None:
    """Let be forgotten where I am."""
    async with database.transaction() as db:
        await places.forget(db, member_id, at)


@put("/console/members/{member:uuid}/traits")
async def characterise(
    member: FromPath[UUID],
    data: JSONBody[Characterised],
    database: NamedDependency[Database],
    at: NamedDependency[Instant],
) -> Characterised:
    """Say what is known of a member (household, income band), in place of what was; they see it in their profile."""
    async with database.transaction() as db:
        return Characterised(await traits.characterise(db, member, data.traits, at))


routes = [be_at, forget_place, characterise]
