"""Striking out what people wrote, when their member leaves: facts keep ids, amounts and instants, and no sentence.

The link of such a fact in the chain is that of the words as they were, which nobody can make again; beside it stands the
digest of what is left, which the audit holds the fact to. What decides about points is never struck out: the journal is
folded again without the words, and only where nothing comes out otherwise do they go."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many
from punchcard.programme import Activity, Adjustment, AnyFact, Program, encode

from . import habits as ways
from . import records, refold
from .rules import latest


class Wordy(Struct, frozen=True):
    """A fact that may hold a sentence."""

    id: str
    body: str


async def redact(db: Connection, member_id: UUID, at: Instant) -> int:
    """Strike out the free text of this member's facts; says of how many. Asking twice is no harm."""
    await execute(db, "select from standing where member_id = $1 for update", member_id)
    program = await latest(db)
    struck = {
        fact.id: after
        for each in await wordy(db, member_id)
        if (after := silenced(fact := refold.fact_from(each.body), program)) != fact
    }
    if any(isinstance(each, Activity) for each in struck.values()) and not await same(db, member_id, struck, program):
        struck = {id: each for id, each in struck.items() if not isinstance(each, Activity)}
    for id, fact in struck.items():
        await keep(db, member_id, id, fact, at)
    return len(struck)


def silenced(fact: AnyFact, program: Program) -> AnyFact:
    """The fact without what somebody wrote freely: an operator's note, what an activity says in no word of a list."""
    match fact:
        case Adjustment(note=note) if note:
            return replace(fact, note="")
        case Activity(data=data):
            kinds = {kind.id: kind.fields for kind in program.rulebook.activities}
            known = kinds.get(fact.kind, {})
            free = {name for name, value in data.items() if isinstance(value, str) and not has_list(known, name)}
            return replace(fact, data={name: "" if name in free else value for name, value in data.items()})
    return fact


def has_list(fields: Mapping[str, object], name: str) -> bool:
    return bool(getattr(fields.get(name), "choices", ()))


async def same(db: Connection, member_id: UUID, struck: Mapping[str, AnyFact], program: Program) -> bool:
    """Whether everything comes out as it stands, also without the words."""
    (kept,) = await records.read(db, [member_id])
    facts = [struck.get(each.id) or refold.fact_from(each.body) for each in kept.facts]
    stretch = refold.refold(refold.nowhere(member_id), facts, {}, kept.row.ticked_at, program)
    stands = encode(stretch.end.standing) == kept.row.state and ways.encode(stretch.end.habits) == kept.row.habits
    reasons = [msgspec.to_builtins(list(step.reasons)) for step in stretch.steps]
    return stands and reasons == [each.reasons for each in kept.facts]


def digest_of(fact: AnyFact) -> bytes:
    """What is left of a fact, to hold it to."""
    return hashlib.sha256(encode(fact)).digest()


async def wordy(db: Connection, member_id: UUID) -> Sequence[Wordy]:
    return await many(
        db,
        Wordy,
        """
        select id, body::text as body from fact
         where member_id = $1 and body ->> 'type' in ('Adjustment', 'Activity') order by at, id
        """,
        member_id,
    )


async def keep(db: Connection, member_id: UUID, id: str, fact: AnyFact, at: Instant) -> None:
    body = Raw(msgspec.json.encode(fact))
    await execute(db, "update fact set body = $3 where member_id = $1 and id = $2", member_id, id, body)
    await execute(
        db,
        """
        insert into fact_redacted (member_id, fact_id, digest, at) values ($1, $2, $3, $4)
            on conflict (member_id, fact_id) do update set digest = excluded.digest, at = excluded.at
        """,
        member_id,
        id,
        digest_of(fact),
        at,
    )
