"""Where a member stands in the challenges that are open now; opting in and out."""

from uuid import UUID

from punchcard import journal, programme, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.programme import OptIn, OptOut, Program, Ruling, Standing

from .model import AlreadyIn, Challenge, NoSuchChallenge, NotIn, NotOpen, change_id, standing_in


async def progress(db: Connection, member_id: UUID, at: Instant) -> list[Challenge]:
    """The open challenges; what is nearest to its end comes first, what is completed last."""
    return progress_in(await journal.standing(db, member_id, at), await rulebooks.program(db), at)


def progress_in(standing: Standing, program: Program, at: Instant) -> list[Challenge]:
    """The same of a standing that is at hand."""
    found = [standing_in(challenge, standing, program, at) for challenge in program.challenges(at)]
    return sorted(found, key=lambda each: (each.completed, -each.done / each.target, each.id))


async def opt_in(database: Database, member_id: UUID, challenge_id: str, at: Instant) -> Challenge:
    """Take a challenge on. Asking twice is no harm."""

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if takes_part(before, challenge_id):
            raise AlreadyIn(challenge=challenge_id)

    fact = OptIn(id=change_id(member_id, challenge_id, "in", at), at=at, challenge=challenge_id)
    challenge, standing, program = await to_choose(database, member_id, challenge_id, at)
    if takes_part(standing, challenge_id):
        return standing_in(challenge, standing, program, at)
    await journal.submit(database, member_id, fact, at, door=door)
    return standing_in(*await to_choose(database, member_id, challenge_id, at), at)


async def opt_out(database: Database, member_id: UUID, challenge_id: str, at: Instant) -> None:
    """Give a challenge up, and what was done in it. Asking twice is no harm."""

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        if not takes_part(before, challenge_id):
            raise NotIn(challenge=challenge_id)

    fact = OptOut(id=change_id(member_id, challenge_id, "out", at), at=at, challenge=challenge_id)
    _, standing, _ = await to_choose(database, member_id, challenge_id, at)
    if takes_part(standing, challenge_id):
        await journal.submit(database, member_id, fact, at, door=door)


def takes_part(standing: Standing, challenge_id: str) -> bool:
    now = standing.progress.get(challenge_id)
    return now is not None and now.joined


async def to_choose(
    database: Database, member_id: UUID, challenge_id: str, at: Instant
) -> tuple[programme.Challenge, Standing, Program]:
    """A challenge that one can opt into, and the member's standing. Raises NoSuchChallenge, NotOpen."""
    async with database.reading() as db:
        program = await rulebooks.program(db)
        standing = await journal.standing(db, member_id, at)
    challenge = next((each for each in program.challenges(at) if each.id == challenge_id), None)
    if challenge is None:
        raise NoSuchChallenge(challenge=challenge_id)
    if not challenge.opt_in:
        raise NotOpen(challenge=challenge_id)
    return challenge, standing, program
