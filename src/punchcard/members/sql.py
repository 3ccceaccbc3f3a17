"""Members, their contacts, cards, sessions and open codes in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Arrival, Member, OpenCode, Scanned, Session


async def take_contact(db: Connection, contact_hash: bytes, member_id: UUID) -> bool:
    """Let the contact be this member's, if it is nobody's; waits for another who takes it at the same moment."""
    return bool(
        await execute(
            db,
            "insert into contact (contact_hash, member_id) values ($1, $2) on conflict (contact_hash) do nothing",
            contact_hash,
            member_id,
        )
    )


async def member_of_contact(db: Connection, contact_hash: bytes) -> UUID:
    """Whose contact this is."""
    found = await value(db, "select member_id from contact where contact_hash = $1", contact_hash)
    assert isinstance(found, UUID)
    return found


async def insert_member(db: Connection, member_id: UUID, arrival: Arrival, card_code: str, at: Instant) -> None:
    """Keep a new member, apart from personal data."""
    await execute(
        db,
        """
        insert into member (member_id, language, zone, consents, card_code, joined_at) values ($1, $2, $3, $4, $5, $6)
        """,
        member_id,
        arrival.language,
        arrival.zone,
        arrival.consents,
        card_code,
        at,
    )


async def insert_person(db: Connection, member_id: UUID, name: str, email: str | None, phone: str | None) -> None:
    """Keep a new member's personal data."""
    await execute(
        db,
        "insert into person (member_id, name, email, phone) values ($1, $2, $3, $4)",
        member_id,
        name,
        email,
        phone,
    )


async def by_ids(db: Connection, member_ids: Sequence[UUID]) -> list[Member]:
    """Those among these members that there are; contacts leave the database masked."""
    return await many(
        db,
        Member,
        """
        select member.member_id as id, state, coalesce(name, '') as name, language, zone, joined_at, consents,
               quiet_from, quiet_until, messages_a_week, birthday, birthday_set_at, languages, muted,
               left(email, 1) || '…' || substring(email from '@.*$') as email, '…' || right(phone, 3) as phone
          from member left join person on person.member_id = member.member_id
         where member.member_id = any($1::uuid[])
        """,
        member_ids,
    )


async def email_of(db: Connection, member_id: UUID) -> str | None:
    """Where letters reach the member, if anywhere."""
    found: str | None = await value(db, "select email from person where member_id = $1", member_id)
    return found


async def by_cards(db: Connection, code_hashes: Sequence[bytes]) -> dict[bytes, Scanned]:
    """Whose cards these codes are, if they were given out and not replaced."""
    rows = await db.fetch(
        """
        select code_hash, member.member_id as id, member.state, coalesce(name, '') as name, language
          from card_code join member on member.member_id = card_code.member_id
          left join person on person.member_id = member.member_id
         where code_hash = any($1::bytea[]) and card_code.state = 'active'
        """,
        code_hashes,
    )
    return {row["code_hash"]: Scanned(row["id"], row["state"], row["name"], row["language"]) for row in rows}


async def birthdays(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The birthdays of those who said theirs."""
    rows = await db.fetch(
        "select member_id, birthday from person where member_id = any($1::uuid[]) and birthday is not null", member_ids
    )
    return {row["member_id"]: row["birthday"] for row in rows}


async def hold(db: Connection, member_id: UUID) -> None:
    """Keep the member's row until this transaction ends."""
    await execute(db, "select from member where member_id = $1 for update", member_id)


async def update_member(db: Connection, member_id: UUID, language: str, zone: str) -> None:
    """Speak another language, or live elsewhere."""
    await execute(db, "update member set language = $2, zone = $3 where member_id = $1", member_id, language, zone)


async def update_person(
    db: Connection, member_id: UUID, name: str, birthday: int | None, set_at: Instant | None
) -> None:
    """Bear another name, and have said one's birthday."""
    await execute(
        db,
        "update person set name = $2, birthday = $3, birthday_set_at = $4 where member_id = $1",
        member_id,
        name,
        birthday,
        set_at,
    )


async def update_preferences(
    db: Connection,
    member_id: UUID,
    quiet: tuple[int, int],
    consents: dict[str, bool],
    messages_a_week: int,
    languages: Sequence[str] | None,
    muted: Sequence[str] | None,
) -> None:
    """Be spoken to at other times, for other purposes, more or less often, in other languages, of other topics."""
    await execute(
        db,
        """
        update member set quiet_from = $2, quiet_until = $3, consents = $4, messages_a_week = $5,
               languages = coalesce($6, languages), muted = coalesce($7, muted)
         where member_id = $1
        """,
        member_id,
        *quiet,
        consents,
        messages_a_week,
        languages,
        muted,
    )


async def drop_place(db: Connection, member_id: UUID) -> int:
    """Forget where the member was; 0 where nothing was known of it."""
    return await execute(db, "delete from place where member_id = $1", member_id)


async def insert_session(db: Connection, member_id: UUID, family: UUID, session: Session, device: str) -> None:
    """Keep a new sign-in."""
    await execute(
        db,
        """
        insert into session (member_id, family, generation, token_hash, device, rotated_at, expires_at, since)
        values ($1, $2, $3, $4, $5, $6, $7, $6)
        """,
        member_id,
        family,
        session.generation,
        session.token_hash,
        device,
        session.rotated_at,
        session.expires_at,
    )


async def drop_idle_sessions(db: Connection, member_id: UUID, most: int) -> None:
    """Leave the member the sign-ins that were used last."""
    await execute(
        db,
        """
        delete from session where member_id = $1 and family not in
               (select family from session where member_id = $1 order by rotated_at desc, family desc limit $2)
        """,
        member_id,
        most,
    )


async def hold_session(db: Connection, member_id: UUID, family: UUID) -> Session | None:
    """The sign-in, held until this transaction ends."""
    return await maybe(
        db,
        Session,
        """
        select generation, token_hash, previous_hash, rotated_at, expires_at from session
         where member_id = $1 and family = $2 for update
        """,
        member_id,
        family,
    )


async def update_session(db: Connection, member_id: UUID, family: UUID, session: Session) -> None:
    """Keep the next generation of its tokens."""
    await execute(
        db,
        """
        update session set generation = $3, token_hash = $4, previous_hash = $5, rotated_at = $6, expires_at = $7
         where member_id = $1 and family = $2
        """,
        member_id,
        family,
        session.generation,
        session.token_hash,
        session.previous_hash,
        session.rotated_at,
        session.expires_at,
    )


async def session_lives(db: Connection, member_id: UUID, family: UUID) -> bool:
    """Whether there still is this sign-in."""
    return bool(
        await value(db, "select exists (select from session where member_id = $1 and family = $2)", member_id, family)
    )


async def drop_session(db: Connection, member_id: UUID, family: UUID) -> None:
    """End a sign-in."""
    await execute(db, "delete from session where member_id = $1 and family = $2", member_id, family)


async def drop_sessions(db: Connection, member_id: UUID) -> None:
    """End every sign-in of the member."""
    await execute(db, "delete from session where member_id = $1", member_id)


async def open_code(db: Connection, contact_hash: bytes, code: OpenCode) -> None:
    """Keep the code that is open for a contact, in place of an older one."""
    await execute(
        db,
        """
        insert into one_time_code (contact_hash, signed_by, nonce, expires_at) values ($1, $2, $3, $4)
            on conflict (contact_hash) do update
           set signed_by = excluded.signed_by, nonce = excluded.nonce, expires_at = excluded.expires_at, tries = 0
        """,
        contact_hash,
        code.signed_by,
        code.nonce,
        code.expires_at,
    )


async def open_code_of(db: Connection, contact_hash: bytes, at: Instant) -> OpenCode | None:
    """The code that is open for the contact at `at`."""
    return await maybe(
        db,
        OpenCode,
        "select signed_by, nonce, expires_at from one_time_code where contact_hash = $1 and expires_at > $2",
        contact_hash,
        at,
    )


async def try_code(db: Connection, contact_hash: bytes, at: Instant, tries_max: int) -> OpenCode | None:
    """Count a try, and give the code to compare with while there are tries left. One at a time: the row is held."""
    return await maybe(
        db,
        OpenCode,
        """
        update one_time_code set tries = tries + 1 where contact_hash = $1 and expires_at > $2 and tries < $3
        returning signed_by, nonce, expires_at
        """,
        contact_hash,
        at,
        tries_max,
    )


async def close_code(db: Connection, contact_hash: bytes) -> None:
    """The code was used."""
    await execute(db, "delete from one_time_code where contact_hash = $1", contact_hash)


async def drop_codes_over(db: Connection, at: Instant) -> int:
    """Codes whose time is over."""
    return await execute(db, "delete from one_time_code where expires_at <= $1", at)
