"""Say where to tell what, exchange a secret, send again, see what nobody took."""

from uuid import UUID

from msgspec import Struct

from punchcard import journal, partners, rulebooks
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.outbox import Due
from punchcard.foundation.settings import Settings
from punchcard.programme import NEVER

from . import address, signing, sql
from .model import (
    ENDPOINTS_MAX,
    FORMER_SECRET_SECONDS,
    Dead,
    Endpoint,
    EndpointEnded,
    EndpointOff,
    NoSuchPartner,
    State,
    TooManyEndpoints,
    Wanted,
)

SEND = "webhooks.send"
"""What follows for a member at one endpoint: a reaction of its own, so that a slow endpoint keeps no other waiting."""
PAGE = 1000
FIRST = UUID(int=0)


class Shown(Struct, frozen=True):
    """An endpoint as the console sees it."""

    endpoint: Endpoint
    waiting: int
    """Of how many members something waits to be told."""
    oldest_due_at: Instant | None
    dead: int


def reaction(endpoint_id: UUID) -> str:
    return f"{SEND}/{endpoint_id}"


async def declare(
    db: Connection, config: Settings, endpoint_id: UUID, wanted: Wanted, at: Instant
) -> tuple[Endpoint, str | None]:
    """Tell what happens there from now on; a new endpoint's secret is answered with it, this once. One that was switched
    off is on again, and what waits is tried now."""
    address.check(wanted.url, config)
    if wanted.partner is not None and wanted.partner not in {each.id for each in await partners.partners(db)}:
        raise NoSuchPartner(partner=wanted.partner)
    await sql.lock(db)
    known, secret = await sql.endpoint(db, endpoint_id), None
    if known is None:
        if await sql.known_endpoints(db) >= ENDPOINTS_MAX:
            raise TooManyEndpoints(most=ENDPOINTS_MAX)
        await sql.insert_endpoint(db, endpoint_id, wanted, signing.key_id(config.secrets))
        secret = secret_of(config, await found(db, endpoint_id))
    elif known.state == "ended":
        raise EndpointEnded
    else:
        await sql.update_endpoint(db, endpoint_id, wanted)
    await rulebooks.listen(db, True)
    if known:
        waiting = await sql.hurry(db, endpoint_id)
        await outbox.put_many(db, [(member_id, Due(reaction(endpoint_id))) for member_id in waiting], at)
        if known.state != "on":
            await catch_up(db, known, at)
    return await found(db, endpoint_id), secret


async def catch_up(db: Connection, known: Endpoint, at: Instant) -> None:
    """What happened since it was switched off is told now: a day more, for what was queued then."""
    since, after = (known.failing_since or known.made_at) - DAY, FIRST
    while spans := await journal.spans(db, since, NEVER, after, PAGE):
        await outbox.put_many(db, [(each.member_id, Due(reaction(known.id))) for each in spans], at)
        after = spans[-1].member_id


async def end(db: Connection, endpoint_id: UUID, at: Instant) -> None:
    """Tell it nothing more. Its id is never given out again, so that no secret comes back."""
    await sql.lock(db)
    await found(db, endpoint_id)
    await switch_off(db, endpoint_id, "ended", "", at)
    await sql.drop_cursors(db, endpoint_id)


async def switch_off(db: Connection, endpoint_id: UUID, state: State, trouble: str, at: Instant) -> None:
    """Tell it nothing more; where nobody is left to tell, facts leave nothing behind for us."""
    await sql.set_state(db, endpoint_id, state, trouble, at)
    await rulebooks.listen(db, bool(await sql.listening(db)))


async def exchange_secret(db: Connection, config: Settings, endpoint_id: UUID, at: Instant) -> str:
    """A new secret, answered this once. For a day the former one signs beside it."""
    await sql.lock(db)
    await found(db, endpoint_id)
    await sql.set_secret(db, endpoint_id, signing.key_id(config.secrets), at + FORMER_SECRET_SECONDS)
    return secret_of(config, await found(db, endpoint_id))


def secret_of(config: Settings, endpoint: Endpoint) -> str:
    secret = signing.secret(config.secrets, endpoint.key_id, endpoint.id, endpoint.counter)
    assert secret is not None, "the key that signs is among the settings"
    return signing.shown(secret)


async def endpoints(db: Connection) -> list[Shown]:
    """Every endpoint, and how it fares."""
    depths = {each.reaction: each for each in await outbox.depths(db)}
    shown = []
    for each in await sql.endpoints(db):
        depth = depths.get(reaction(each.id))
        waiting, oldest = (depth.waiting, depth.oldest_due_at) if depth else (0, None)
        shown.append(Shown(each, waiting, oldest, await sql.dead_count(db, each.id)))
    return shown


async def dead(db: Connection, endpoint_id: UUID, limit: int) -> list[Dead]:
    """What it would not take for three days, the newest first."""
    await found(db, endpoint_id)
    return await sql.dead(db, endpoint_id, limit)


async def replay(
    db: Connection, endpoint_id: UUID, since: Instant, until: Instant, member_id: UUID | None, at: Instant
) -> int:
    """Send again what was written from `since` to before `until`, in order, under the same ids; says for how many members.
    What is older than the endpoint is sent too, if it is asked for."""
    await sql.lock(db)
    endpoint = await found(db, endpoint_id)
    if endpoint.state != "on":
        raise EndpointOff
    members, after = 0, FIRST
    while spans := await journal.spans(db, since, until, after, PAGE, member_id):
        ids = [each.member_id for each in spans]
        await begin(db, endpoint, ids)
        await sql.send_again(db, endpoint_id, ids, [each.first for each in spans], [each.last for each in spans])
        await outbox.put_many(db, [(id, Due(reaction(endpoint_id))) for id in ids], at)
        members, after = members + len(ids), ids[-1]
    return members


async def begin(db: Connection, endpoint: Endpoint, members: list[UUID]) -> None:
    """Cursors for these members, if they have none: after what was written before the endpoint was made."""
    before = await journal.arrived_before(db, members, endpoint.made_at)
    await sql.begin(db, endpoint.id, list(before), list(before.values()))


async def found(db: Connection, endpoint_id: UUID) -> Endpoint:
    """The endpoint; NotFound if it was never made, or was taken away."""
    endpoint = await sql.endpoint(db, endpoint_id)
    if endpoint is None or endpoint.state == "ended":
        raise NotFound
    return endpoint
