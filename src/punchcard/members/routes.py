"""The front door of the member's app: join with a one-time code, stay signed in, profile and preferences."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct, structs

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed, Refused
from punchcard.foundation.settings import Settings
from punchcard.foundation.zones import Zone

from . import codes, devices, operations, places_routes, traits
from .model import Arrival, Birthday, DeviceName, Language, Member, Name, Pair, SignedIn, Topic
from .traits import BornYear, Said, Traits

ContactText = Annotated[str, Meta(min_length=3, max_length=254)]
Digits = Annotated[str, Meta(pattern=r"^[0-9]{6}(?![\s\S])")]
RefreshToken = Annotated[str, Meta(min_length=20, max_length=300)]
HourOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?![\s\S])")]
MonthAndDay = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])", description="MM-DD")]
MessagesAWeek = Annotated[int, Meta(ge=0, le=50)]
LEAP_YEAR = 2000


class CodeRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a one-time code shall go: an e-mail address or an international phone number."""

    contact: ContactText
    language: Language | None = None


class CodeSent(Struct, frozen=True):
    """A code is on its way, whoever asked."""

    expires_in: int


class Consents(Struct, frozen=True, forbid_unknown_fields=True):
    """What a member may be spoken to for; nothing without a yes."""

    marketing: bool = False
    personalisation: bool = False
    location: bool = False


class JoinRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The code that came, and what a new member says of themselves; a member who comes back keeps their profile."""

    contact: ContactText
    code: Digits
    name: Name = ""
    language: Language | None = None
    zone: Zone = "UTC"
    consents: Consents = Consents()
    device: DeviceName = ""


class RefreshRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The refresh token that was given last."""

    refresh_token: RefreshToken


class Profile(Struct, frozen=True):
    """How a member is called and reached; contacts are masked."""

    member_id: UUID
    name: str
    language: Language
    zone: str
    birthday: str | None
    """Month and day, MM-DD."""
    email: str | None
    phone: str | None
    joined_at: datetime
    born_year: int | None
    traits: dict[str, str]
    """What I said of household and the like, or the programme knows of me."""


class NewProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """How a member wants to be called and spoken to."""

    name: Name
    language: Language
    zone: Zone
    birthday: MonthAndDay | None = None
    """Without a year; it can be said once a year."""
    born_year: BornYear | None = None
    """Apart from the birthday, by who wants to; it can be said once a year, too."""
    traits: Traits | None = None
    """Household and the like, by names of one's own choice; left out, they stay as they are."""


class NewPreferences(Struct, frozen=True, forbid_unknown_fields=True):
    """When, for what and how often a member may be spoken to. Quiet hours are local; the same hour twice means none.
    Languages (the one liked best first; none: the profile's) and muted topics stay as they are where they are left out."""

    quiet_from: HourOfDay
    quiet_until: HourOfDay
    consents: Consents
    messages_a_week: MessagesAWeek
    languages: Annotated[tuple[Language, ...], Meta(max_length=4)] | None = None
    muted: Annotated[tuple[Topic, ...], Meta(max_length=50)] | None = None
    told_this_week: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """What was read may be sent back: it changes nothing."""


class Preferences(Struct, frozen=True):
    """When, in which languages, for what and how often a member may be spoken to. `GET /me/topics` names the topics."""

    quiet_from: str
    quiet_until: str
    consents: Consents
    messages_a_week: int
    languages: tuple[Language, ...]
    muted: tuple[str, ...]
    told_this_week: int
    """So many offers made a phone sound in the last seven days: what `messages_a_week` is compared with."""


ToldThisWeek = Callable[[Connection, UUID, Instant], Awaitable[int]]


@post("/join/codes", status_code=202)
async def request_code(
    data: JSONBody[CodeRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> CodeSent:
    """Ask for a one-time code. The answer is the same for members and strangers."""
    async with database.transaction() as db:
        await operations.request_code(db, settings, data.contact, data.language or language, at)
    return CodeSent(codes.LIFE_SECONDS)


@post("/join/sessions")
async def join(
    data: JSONBody[JoinRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    language: NamedDependency[Language],
    at: NamedDependency[Instant],
) -> SignedIn:
    """Come in with the code: join, or sign in on another device."""
    arrival = Arrival(data.name, data.language or language, data.zone, structs.asdict(data.consents), data.device)
    async with database.transaction() as db:
        answer = await operations.join(db, settings, data.contact, data.code, arrival, at)
    if isinstance(answer, Refused):
        raise answer
    return answer


@post("/join/tokens")
async def refresh(
    data: JSONBody[RefreshRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Pair:
    """Exchange the refresh token for the next pair. Each is good once; an old one signs its device out."""
    async with database.transaction() as db:
        answer = await operations.refresh(db, settings, data.refresh_token, at)
    if isinstance(answer, Refused):
        raise answer
    return answer


@delete("/me/sessions")
async def sign_out_everywhere(database: NamedDependency[Database], member_id: NamedDependency[UUID]) -> None:
    """Sign out on every device, this one too."""
    async with database.transaction() as db:
        await operations.sign_out_everywhere(db, member_id)


@get("/me/profile")
async def read_profile(database: NamedDependency[Database], member_id: NamedDependency[UUID]) -> Profile:
    """How I am called and reached."""
    async with database.reading() as db:
        return profile_of(await operations.member(db, member_id), await traits.said(db, member_id))


@put("/me/profile")
async def change_profile(
    data: JSONBody[NewProfile],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Profile:
    """Be called and spoken to otherwise; what is left out is forgotten, but for traits."""
    born = month_and_day(data.birthday) if data.birthday else None
    async with database.transaction() as db:
        member = await operations.change_profile(db, member_id, data.name, data.language, data.zone, born, at)
        return profile_of(member, await traits.say(db, member_id, data.born_year, data.traits, at))


@get("/me/preferences")
async def read_preferences(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    told: NamedDependency[ToldThisWeek],
) -> Preferences:
    """When, for what and how often I may be spoken to."""
    async with database.reading() as db:
        return preferences_of(await operations.member(db, member_id), await told(db, member_id, at))


@put("/me/preferences")
async def change_preferences(
    data: JSONBody[NewPreferences],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    told: NamedDependency[ToldThisWeek],
) -> Preferences:
    """Say when, for what and how often I may be spoken to."""
    quiet, consents = (minutes(data.quiet_from), minutes(data.quiet_until)), structs.asdict(data.consents)
    async with database.transaction() as db:
        member = await operations.change_preferences(
            db, member_id, quiet, consents, data.messages_a_week, at, data.languages, data.muted
        )
        return preferences_of(member, await told(db, member_id, at))


def profile_of(member: Member, said: Said) -> Profile:
    return Profile(
        member.id,
        member.name,
        member.language,
        member.zone,
        f"{member.birthday // 100:02}-{member.birthday % 100:02}" if member.birthday else None,
        member.email,
        member.phone,
        moment(member.joined_at),
        said.born_year,
        said.traits,
    )


def preferences_of(member: Member, told: int) -> Preferences:
    return Preferences(
        hour(member.quiet_from),
        hour(member.quiet_until),
        Consents(**member.consents),
        member.messages_a_week,
        member.languages,
        tuple(sorted(member.muted)),
        told,
    )


def month_and_day(said: str) -> Birthday:
    """Month * 100 + day of a day that some year has."""
    try:
        day = date.fromisoformat(f"{LEAP_YEAR}-{said}")
    except ValueError:
        raise Malformed(pointer="/birthday", why="no such day") from None
    return day.month * 100 + day.day


def minutes(hour_of_day: str) -> int:
    hours, _, rest = hour_of_day.partition(":")
    return int(hours) * 60 + int(rest)


def hour(minutes_of_day: int) -> str:
    return f"{minutes_of_day // 60:02}:{minutes_of_day % 60:02}"


routes = [
    request_code,
    join,
    refresh,
    sign_out_everywhere,
    read_profile,
    change_profile,
    read_preferences,
    change_preferences,
    *places_routes.routes,
    *devices.routes,
]
