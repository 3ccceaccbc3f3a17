"""A pass as it is kept and as phones ask for it: its versions, who holds it, and what they are told."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant

from .model import Sheet

CARD = ""
"""The subject of the pass that is the member's card; tickets have theirs."""
EVERY = "*"
"""As an outbox key: all passes of the member are stale. Any other key names one by its subject."""
AGAIN = "again:"
"""As an outbox key: the pass did not change, but its phones should be woken. `again:<serial>` or
`again:<serial>:<device hash>`."""
REACTION = "passes.apple"


class Copy(Struct, frozen=True):
    """A pass that counts, and what its phones were told last."""

    serial: UUID
    tag: int
    """Grows with every change; phones ask what is newer than the one they know."""
    last_modified: Instant
    given_modified: Instant
    """`last_modified` of the newest copy that was downloaded by link."""


class Owner(Struct, frozen=True):
    """Whose pass a serial number names, and how new it is."""

    member_id: UUID
    serial: UUID
    subject: str
    tag: int
    last_modified: Instant
    is_void: bool


class Gone(Struct, frozen=True):
    """A pass that was made void."""

    serial: UUID
    subject: str


class Listed(Struct, frozen=True):
    """A pass on a device that asks what changed."""

    device_hash: bytes
    member_id: UUID
    serial: UUID
    tag: int
    newest_tag: int
    """Of all passes: no device can truly know a later one."""


class Phone(Struct, frozen=True):
    """A device that holds a member's pass."""

    member_id: UUID
    serial: UUID
    device_hash: bytes
    push_token: str
    registered_at: Instant
    subject: str = CARD
    tag: int = 0
    """The version that it should show."""


class Registered(Struct, frozen=True):
    """What became of a registration: the device was not known, or holds an older version than the newest."""

    is_new: bool
    is_behind: bool


class Told(Struct, frozen=True):
    """A device asked what changed since the tag `known`, and was told of this pass's tag if that is newer: it then has all up
    to the known one."""

    device_hash: bytes
    member_id: UUID
    serial: UUID
    tag: int
    known: int
    at: Instant


class Fetched(Struct, frozen=True):
    """Some phone has this version now; `shown` is what it says, None when the phone had it before."""

    member_id: UUID
    serial: UUID
    tag: int
    at: Instant
    shown: dict[str, Any] | None = None


class Changed(Struct, frozen=True, rename="camel"):
    """What a phone is told when it asks what changed. The tag is a string: a number makes the phone ignore the list."""

    serial_numbers: list[str]
    last_updated: str


class Newest(Struct, frozen=True):
    """The newest version for a phone that asked; no sheet when the phone has it."""

    member_id: UUID
    serial: UUID
    tag: int
    last_modified: Instant
    sheet: Sheet | None
