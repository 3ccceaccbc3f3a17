"""What members say of themselves beside their name, or an operator knows of them: the year of birth, household, income."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation import news
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, execute, maybe

from . import operations, sql
from .model import BIRTHDAY_KEPT_SECONDS, BirthdaySettled, ProfileChanged, Text

BornYear = Annotated[int, Meta(ge=1900, le=2100)]
Trait = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}(?![\s\S])")]
Value = Annotated[str, Meta(min_length=1, max_length=64, pattern=Text)]
Traits = Annotated[dict[Trait, Value], Meta(max_length=16)]


class Said(Struct, frozen=True):
    """The year of birth, when it was last said, whether or not it was taken back since, and the traits."""

    born_year: int | None = None
    born_year_set_at: Instant | None = None
    traits: dict[str, str] = {}


async def said(db: Connection, member_id: UUID) -> Said:
    """What is known of this member."""
    return await read(db, member_id) or Said()


async def say(db: Connection, member_id: UUID, born_year: int | None, traits: Traits | None, at: Instant) -> Said:
    """Say the year of birth (None takes it back; another one is refused for a year, as with birthdays) and traits, in place
    of all that were known; None leaves them. Whoever calls holds the member and tells that the profile changed."""
    before = await said(db, member_id)
    set_at = before.born_year_set_at
    if born_year not in (None, before.born_year):
        if set_at is not None and set_at + BIRTHDAY_KEPT_SECONDS > at:
            raise BirthdaySettled(again_at=moment(set_at + BIRTHDAY_KEPT_SECONDS))
        set_at = at
    after = Said(born_year, set_at, before.traits if traits is None else traits)
    await write(db, member_id, after)
    return after


async def characterise(db: Connection, member_id: UUID, traits: Traits, at: Instant) -> Traits:
    """Put these traits in place of all that were known of the member: what an operator does."""
    await sql.hold(db, member_id)
    await operations.member(db, member_id)
    before = await said(db, member_id)
    await write(db, member_id, Said(before.born_year, before.born_year_set_at, traits))
    await news.tell(db, member_id, [ProfileChanged()], at)
    return traits


async def read(db: Connection, member_id: UUID) -> Said | None:
    return await maybe(
        db, Said, "select born_year, born_year_set_at, traits from person where member_id = $1", member_id
    )


async def write(db: Connection, member_id: UUID, said: Said) -> None:
    await execute(
        db,
        "update person set born_year = $2, born_year_set_at = $3, traits = $4 where member_id = $1",
        member_id,
        said.born_year,
        said.born_year_set_at,
        said.traits,
    )
