"""What a member is told of: somebody asks to spend, somebody has spent."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, maybe

from .model import ANSWER_SECONDS


class Asking(Struct, frozen=True):
    """A till's question: so much (minor units) in that shop, to be answered before `until`."""

    worth: int
    shop_id: str
    asked_at: Instant

    @property
    def until(self) -> Instant:
        return self.asked_at + ANSWER_SECONDS


class Told(Struct, frozen=True):
    """A spending that was let through: so much (minor units) in that shop."""

    worth: int
    shop_id: str
    at: Instant


async def asked(db: Connection, member_id: UUID, approval_id: str) -> Asking | None:
    """What a till asked this member."""
    return await maybe(
        db,
        Asking,
        "select worth, shop_id, asked_at from approval where member_id = $1 and approval_id = $2::text::uuid",
        member_id,
        approval_id,
    )


async def spent(db: Connection, member_id: UUID, fact_id: str) -> Told | None:
    """What a sale or hold of this member was let spend."""
    return await maybe(
        db,
        Told,
        "select worth, shop_id, at from spending_trail where member_id = $1 and fact_id = $2",
        member_id,
        fact_id,
    )
