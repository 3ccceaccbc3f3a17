"""The devices that a member is signed in on: look at them, sign one out."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database, many

from . import sql


class SignIn(Struct, frozen=True):
    """A sign-in as its member sees it."""

    id: UUID
    name: str
    since: Instant
    seen_at: Instant


class Device(Struct, frozen=True):
    """A device that I am signed in on; `this` is the one that asks."""

    id: UUID
    name: str
    """What the device called itself; empty where it said nothing."""
    since: datetime
    seen_at: datetime
    """When it last fetched a new pair of tokens: at most a quarter of an hour before it was last in use."""
    this: bool


async def signed_in(db: Connection, member_id: UUID, at: Instant) -> list[SignIn]:
    """The member's sign-ins that still count, the one used last first."""
    return await many(
        db,
        SignIn,
        """
        select family as id, device as name, since, rotated_at as seen_at from session
         where member_id = $1 and expires_at > $2 order by rotated_at desc, family desc
        """,
        member_id,
        at,
    )


@get("/me/devices")
async def list_devices(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    session_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> list[Device]:
    """Where I am signed in, the device used last first."""
    async with database.reading() as db:
        found = await signed_in(db, member_id, at)
    return [
        Device(each.id, each.name, moment(each.since), moment(each.seen_at), each.id == session_id) for each in found
    ]


@delete("/me/devices/{device_id:uuid}")
async def sign_out_device(
    device_id: FromPath[UUID], database: NamedDependency[Database], member_id: NamedDependency[UUID]
) -> None:
    """Sign out on this device of mine, be it the one that asks. Asking twice is no harm. Messages to a phone or browser are
    ended apart, by its installation: a sign-in does not know which one it lives on."""
    async with database.transaction() as db:
        await sql.drop_session(db, member_id, device_id)


routes = [list_devices, sign_out_device]
