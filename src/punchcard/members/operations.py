"""Join, be recognised by the card, say how one wants to be spoken to, sign out everywhere."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation import news, zones
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import digest, new_id
from punchcard.foundation.settings import Settings

from . import cards, cards_sql, codes, contacts, sessions, sql
from .model import (
    Arrival,
    Birthday,
    CardHolder,
    CardReplaced,
    CodeWrong,
    Joined,
    Language,
    Member,
    MembershipClosed,
    Pair,
    ProfileChanged,
    Scanned,
    SessionEnded,
    Shown,
    SignedIn,
    settle_birthday,
)


async def request_code(db: Connection, settings: Settings, contact: str, language: str, at: Instant) -> None:
    """Let a one-time code be sent to this e-mail address or phone number; the same for members and strangers."""
    await codes.request(db, settings.secrets, contacts.normal(contact), language, at)


async def join(
    db: Connection, settings: Settings, contact: str, code: str, arrival: Arrival, at: Instant
) -> SignedIn | CodeWrong:
    """With the right code: the member of this contact, new if there was none, and a session on this device. A wrong code
    counts as a try and must be committed: it is answered and not raised. Two who join at once are one member."""
    contact = contacts.normal(contact)
    zones.check(arrival.zone)
    if not await codes.accept(db, settings.secrets, contact, code, at):
        return CodeWrong()
    member_id, new = await member_of(db, contact, arrival, at)
    if not new and (await member(db, member_id)).state != "active":
        raise MembershipClosed(programme=settings.programme_name)
    pair = await sessions.start(db, settings.secrets, member_id, arrival.device, at)
    return SignedIn(member_id, pair.access_token, pair.refresh_token, pair.expires_in, new)


async def member_of(db: Connection, contact: str, arrival: Arrival, at: Instant) -> tuple[UUID, bool]:
    """Whose contact this is, and whether that is new."""
    contact_hash, member_id = contacts.hashed(contact), new_id()
    if not await sql.take_contact(db, contact_hash, member_id):
        return await sql.member_of_contact(db, contact_hash), False
    code = cards.new_code()
    await sql.insert_member(db, member_id, arrival, code, at)
    email, phone = (None, contact) if contacts.is_phone(contact) else (contact, None)
    await sql.insert_person(db, member_id, arrival.name, email, phone)
    await cards_sql.insert_card_code(db, digest(code), member_id)
    await news.tell(db, member_id, [Joined()], at)
    return member_id, True


async def refresh(db: Connection, settings: Settings, token: str, at: Instant) -> Pair | SessionEnded:
    """The next pair of tokens; SessionEnded is answered and not raised, because a family that ends must be committed."""
    return await sessions.rotate(db, settings.secrets, token, at)


async def session_lives(db: Connection, member_id: UUID, family: UUID) -> bool:
    """Whether this sign-in has not been ended. The guard asks with every access token."""
    return await sql.session_lives(db, member_id, family)


async def sign_out_everywhere(db: Connection, member_id: UUID) -> None:
    """End every sign-in: refresh tokens at once, access tokens within a second."""
    await sql.drop_sessions(db, member_id)


async def member(db: Connection, member_id: UUID) -> Member:
    """The member; NotFound when there is none."""
    if found := await sql.by_ids(db, [member_id]):
        return found[0]
    raise NotFound


async def by_ids(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, Member]:
    """These members, without those that there are not."""
    return {member.id: member for member in await sql.by_ids(db, member_ids)}


async def email_of(db: Connection, member_id: UUID) -> str | None:
    """Where letters reach the member, if anywhere: for whoever sends one, never for an answer."""
    return await sql.email_of(db, member_id)


def scanned(text: str) -> bytes:
    """What is kept of the code that was scanned or typed; CardMistyped for a slip."""
    return digest(cards.read(text))


async def by_cards(db: Connection, code_hashes: Sequence[bytes]) -> dict[bytes, Scanned]:
    """Whose cards these are; without those that were never given out or are replaced."""
    return await sql.by_cards(db, code_hashes)


async def by_cards_then(db: Connection, shown: Sequence[tuple[bytes, Instant]]) -> dict[tuple[bytes, Instant], Scanned]:
    """The same for cards that were shown at some time: one that was replaced since still counts for what happened before."""
    return await cards_sql.by_cards_then(db, shown)


async def birthdays(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, Birthday]:
    """When these members have their birthday; without those who did not say."""
    return await sql.birthdays(db, member_ids)


async def code_of(db: Connection, member_id: UUID) -> str:
    """The code that the member's card shows: 17 characters without groups."""
    found = await cards_sql.code_of(db, member_id)
    if found is None:
        raise NotFound
    return found


async def shown(db: Connection, member_ids: Sequence[UUID]) -> dict[UUID, Shown]:
    """What the cards of these members show of them, without those that there are not."""
    return {member.id: member for member in await cards_sql.shown(db, member_ids)}


async def holder_of_code(db: Connection, code_hash: bytes) -> CardHolder | None:
    """Whose card bears this code or once did, before it was replaced."""
    return await cards_sql.holder_of_code(db, code_hash)


async def replace_card(db: Connection, member_id: UUID, because: str, at: Instant) -> None:
    """Give the member's card another code; those before count no more, nor does what was quoted or asked by them. Points and
    sign-ins stay. Whoever calls holds the member (`hold`)."""
    code = cards.new_code()
    await cards_sql.replace_codes(db, member_id, because, at)
    await cards_sql.insert_card_code(db, digest(code), member_id)
    await cards_sql.set_code(db, member_id, code)
    await news.tell(db, member_id, [CardReplaced()], at)


async def hold(db: Connection, member_id: UUID) -> None:
    """Nobody else changes the member's profile or card until this transaction ends."""
    await sql.hold(db, member_id)


async def last_replaced(db: Connection, member_id: UUID) -> Instant:
    """When a card of the member's was last replaced; 0 for never."""
    return await cards_sql.last_replaced(db, member_id)


async def change_profile(
    db: Connection, member_id: UUID, name: str, language: Language, zone: str, birthday: Birthday | None, at: Instant
) -> Member:
    """Be called and spoken to otherwise; refuses a second birthday within a year."""
    zones.check(zone)
    await sql.hold(db, member_id)
    set_at = settle_birthday(await member(db, member_id), birthday, at)
    await sql.update_member(db, member_id, language, zone)
    await sql.update_person(db, member_id, name, birthday, set_at)
    await news.tell(db, member_id, [ProfileChanged()], at)
    return await member(db, member_id)


async def change_preferences(
    db: Connection,
    member_id: UUID,
    quiet: tuple[int, int],
    consents: dict[str, bool],
    messages_a_week: int,
    at: Instant,
    languages: Sequence[Language] | None = None,
    muted: Sequence[str] | None = None,
) -> Member:
    """Say when, in which languages and for what one may be spoken to; `quiet` is from and until in minutes of the local
    day. Languages and muted topics that are None stay as they are."""
    spoken = None if languages is None else list(dict.fromkeys(languages))
    unheard = None if muted is None else sorted(set(muted))
    await sql.update_preferences(db, member_id, quiet, consents, messages_a_week, spoken, unheard)
    if not consents.get("location"):
        await sql.drop_place(db, member_id)
    await news.tell(db, member_id, [ProfileChanged()], at)
    return await member(db, member_id)


async def forget_codes(database: Database, at: Instant) -> int:
    """Throw away one-time codes that are over; says how many. The clock calls it, so it opens its own transaction."""
    async with database.transaction() as db:
        return await sql.drop_codes_over(db, at)
