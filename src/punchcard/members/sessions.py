"""Staying signed in: refresh tokens that change with every use, and what happens when an old one comes back.

A token is its member, family and generation with a signature over them; so the next one can be made again for an answer
that was lost, and an old one is known as truly ours. Only digests of the newest two are kept."""

import hmac
import logging
from uuid import UUID, uuid5

from punchcard.foundation import tokens
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import digest, new_id

from . import sql
from .model import Pair, Session, SessionEnded

log = logging.getLogger(__name__)

LIFE_SECONDS = 90 * DAY
GRACE_SECONDS = 10
"""How long the token before the newest still gets the same answer again: networks lose answers."""
DEVICES_MAX = 20
BODY_BYTES = 16 + 16 + 4 + 32


async def start(db: Connection, secrets: tuple[str, ...], member_id: UUID, device: str, at: Instant) -> Pair:
    """Sign a device in. Beyond twenty devices the one that was idle longest is signed out."""
    family = new_id()
    refresh = refresh_token(tokens.signing(secrets, "refresh")[1], member_id, family, 1)
    await sql.insert_session(db, member_id, family, Session(1, digest(refresh), None, at, at + LIFE_SECONDS), device)
    await sql.drop_idle_sessions(db, member_id, DEVICES_MAX)
    return pair(secrets, member_id, family, 1, refresh, at)


async def rotate(db: Connection, secrets: tuple[str, ...], token: str, at: Instant) -> Pair | SessionEnded:
    """The next pair for this refresh token. The one just before gets the same pair again within ten seconds; any older
    one signs its whole family out: two hold it, and one of them is a thief. That is written, so it is answered and not raised."""
    body = tokens.opened(tokens.REFRESH, token)
    if len(body) != BODY_BYTES:
        return SessionEnded()
    member_id, family, generation = UUID(bytes=body[:16]), UUID(bytes=body[16:32]), int.from_bytes(body[32:36])
    held = await sql.hold_session(db, member_id, family)
    if held is None or held.expires_at <= at:
        return SessionEnded()
    given = digest(token)
    if hmac.compare_digest(given, held.token_hash):
        return await renew(db, secrets, member_id, family, held, at)
    before = held.previous_hash is not None and hmac.compare_digest(given, held.previous_hash)
    if before and at - held.rotated_at <= GRACE_SECONDS and (again := newest(secrets, member_id, family, held)):
        return again
    if before or is_ours(secrets, member_id, family, generation, token):
        log.warning("an old refresh token came back: family %s of member %s is signed out", family, member_id)
        await sql.drop_session(db, member_id, family)
    return SessionEnded()


async def renew(
    db: Connection, secrets: tuple[str, ...], member_id: UUID, family: UUID, held: Session, at: Instant
) -> Pair:
    """The next generation takes the place of the newest."""
    generation = held.generation + 1
    refresh = refresh_token(tokens.signing(secrets, "refresh")[1], member_id, family, generation)
    session = Session(generation, digest(refresh), held.token_hash, at, at + LIFE_SECONDS)
    await sql.update_session(db, member_id, family, session)
    return pair(secrets, member_id, family, generation, refresh, at)


def newest(secrets: tuple[str, ...], member_id: UUID, family: UUID, held: Session) -> Pair | None:
    """The pair that was given out last, made again; None when its secret is no longer accepted."""
    for key in tokens.keys(secrets, "refresh").values():
        refresh = refresh_token(key, member_id, family, held.generation)
        if digest(refresh) == held.token_hash:
            return pair(secrets, member_id, family, held.generation, refresh, held.rotated_at)
    return None


def is_ours(secrets: tuple[str, ...], member_id: UUID, family: UUID, generation: int, token: str) -> bool:
    """Whether we gave this token out once. Who only knows the ids cannot sign anybody out."""
    mine = (refresh_token(key, member_id, family, generation) for key in tokens.keys(secrets, "refresh").values())
    return any(hmac.compare_digest(token, each) for each in mine)


def refresh_token(key: bytes, member_id: UUID, family: UUID, generation: int) -> str:
    claim = member_id.bytes + family.bytes + generation.to_bytes(4)
    return tokens.opaque(tokens.REFRESH, claim + hmac.digest(key, claim, "sha256"))


def pair(secrets: tuple[str, ...], member_id: UUID, family: UUID, generation: int, refresh: str, at: Instant) -> Pair:
    access = tokens.sign_access(secrets, member_id, family, uuid5(family, str(generation)), at)
    return Pair(access, refresh, tokens.ACCESS_SECONDS)
