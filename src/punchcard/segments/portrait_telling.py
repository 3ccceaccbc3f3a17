"""Tell members which named groups they are in, and why: in their language, and never from data that they did not agree to."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from punchcard import partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.locale import Text
from punchcard.programme import Expression, Program

from .because import because, said
from .model import holds
from .places import placed
from .portrait import Profile
from .portrait_reading import profile
from .watch_desk import every

Called = Mapping[tuple[str, str], Text]
"""What tiers, shops, currencies and challenges are called, by what they are and their ids."""


class Mine(Struct, frozen=True):
    """A group that a member is in, and a sentence for each condition that put them there."""

    id: str
    name: str
    why: list[str]


async def mine(db: Connection, member_id: UUID, language: str, at: Instant) -> list[Mine]:
    """The named segments that the member is in."""
    if (known := await profile(db, member_id, at)) is None:
        return []
    program = await rulebooks.program(db)
    names = await called(db, program, at)
    found = []
    for each in await every(db, at):
        who = await placed(db, each.who)
        if holds(who, known, at):
            why = sentences(who, known, language, at, program, names)
            found.append(Mine(each.id, locale.of(each.name, language) or each.id, why))
    return found


async def told(db: Connection, member_id: UUID, expression: Expression, language: str, at: Instant) -> list[str]:
    """Why the member is in a group now, a sentence for each condition that decided; none where they are not in it, or where
    everybody is."""
    known = await profile(db, member_id, at)
    who = await placed(db, expression)
    if known is None or not holds(who, known, at):
        return []
    program = await rulebooks.program(db)
    return sentences(who, known, language, at, program, await called(db, program, at))


def sentences(
    who: Expression, known: Profile, language: str, at: Instant, program: Program, names: Called
) -> list[str]:
    """Each once; shops' places are written out in the expression."""
    currency = program.rulebook.currency
    return list(dict.fromkeys(said(each, language, currency, names) for each in because(who, known, at)))


async def called(db: Connection, program: Program, at: Instant) -> Called:
    """The names that members know things by."""
    names: dict[tuple[str, str], Text] = {("tier", tier.id): tier.name for tier in program.tiers(at)}
    names |= {("challenge", each.id): each.name for each in program.rulebook.challenges}
    names |= {("currency", id): each.name for id, each in program.currencies.items() if each.name}
    for shop in (await partners.catalogue(db)).shops:
        names["shop", shop.id] = {"en": shop.name}
    return names
