"""Who is in the programme, how they want to be spoken to, and the ways in which they are let in or not."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.errors import Refused

Language = Literal["en", "he", "ar", "ru"]
State = Literal["active", "frozen", "erased"]
Purpose = Literal["marketing", "personalisation", "location"]
Text = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*(?![\s\S])"
"""No control characters, no line ends, nothing that turns the writing direction of what follows."""
Name = Annotated[str, Meta(max_length=80, pattern=Text)]
Birthday = Annotated[int, Meta(ge=101, le=1231)]
"""Month * 100 + day: whoever gives presents needs no year."""
BIRTHDAY_KEPT_SECONDS = 365 * DAY
"""How long a birthday stays as it was said, so that nobody has one a week."""
Topic = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,47}(?![\s\S])")]
DeviceName = Annotated[str, Meta(max_length=60, pattern=Text)]


class Member(Struct, frozen=True):
    """A member. The name is empty when none was given; e-mail and phone are masked (m…@example.org, …123)."""

    id: UUID
    state: State
    name: str
    language: Language
    zone: str
    joined_at: Instant
    consents: dict[str, bool]
    quiet_from: int
    """Minutes of the local day from which no message comes; the same as `quiet_until` for no quiet hours."""
    quiet_until: int
    messages_a_week: int
    birthday: Birthday | None = None
    birthday_set_at: Instant | None = None
    """When it was last said, whether or not it was taken back since."""
    email: str | None = None
    phone: str | None = None
    languages: tuple[Language, ...] = ()
    """In which messages may come, the one liked best first; none: in `language`."""
    muted: frozenset[str] = frozenset()
    """Topics of which no message shall come."""

    @property
    def spoken(self) -> tuple[str, ...]:
        """Every language to try for a text, the one liked best first."""
        return tuple(dict.fromkeys((*self.languages, self.language)))


class Scanned(Struct, frozen=True):
    """Whose card a scanned code is: as much of the member as a till needs to know."""

    id: UUID
    state: State
    name: str
    language: Language


class Shown(Struct, frozen=True):
    """As much of a member as their card shows."""

    id: UUID
    state: State
    name: str
    language: Language
    zone: str
    card_code: str


class CardHolder(Struct, frozen=True):
    """Whose card a code is, and whether the code still counts."""

    member_id: UUID
    counts: bool


class Arrival(Struct, frozen=True):
    """What somebody who joins says of themselves. It counts for a new member only."""

    name: str
    language: Language
    zone: str
    consents: dict[str, bool]
    device: str


class Pair(Struct, frozen=True):
    """What keeps a device signed in: a token for 15 minutes, and one that fetches the next pair."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds that the access token lives."""


class SignedIn(Struct, frozen=True):
    """Somebody was let in; `new` when they joined just now."""

    member_id: UUID
    access_token: str
    refresh_token: str
    expires_in: int
    new: bool


class Session(Struct, frozen=True):
    """A sign-in as it is kept: a family of refresh tokens, of which only the newest is good."""

    generation: int
    token_hash: bytes
    previous_hash: bytes | None
    rotated_at: Instant
    expires_at: Instant


class OpenCode(Struct, frozen=True):
    """The code that is open for a contact, as it is kept."""

    signed_by: str
    nonce: bytes
    expires_at: Instant


class Joined(Struct, frozen=True):
    """A member joined."""


class ProfileChanged(Struct, frozen=True):
    """A member changed name, language, zone, consents or quiet hours."""


class CardReplaced(Struct, frozen=True):
    """A member's card has another code; the one before is worth nothing."""


class CodeWrong(Refused):
    """This code is not right or its time is over."""

    status = 401
    words = "members"


class SessionEnded(Refused):
    """This device was signed out."""

    status = 401
    words = "members"


class CardMistyped(Refused):
    """This card number has a typing mistake."""

    status = 400
    words = "members"


class MembershipClosed(Refused):
    """This membership is closed."""

    status = 403
    words = "members"


class BirthdaySettled(Refused):
    """A birthday can be said once a year."""

    words = "members"


def settle_birthday(member: Member, birthday: Birthday | None, at: Instant) -> Instant | None:
    """When the birthday was last said, if it is this one from now on. It may be taken back at any time; another one is
    refused for a year, also after it was taken back."""
    if birthday is None or birthday == member.birthday:
        return member.birthday_set_at
    again_at = at if member.birthday_set_at is None else member.birthday_set_at + BIRTHDAY_KEPT_SECONDS
    if again_at > at:
        raise BirthdaySettled(again_at=moment(again_at))
    return at
