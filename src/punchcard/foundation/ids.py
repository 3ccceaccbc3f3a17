"""Identifiers that are made here: time-ordered, so that rows that come together lie together (UUIDv7, RFC 9562)."""

import hashlib
import secrets
import time
from uuid import UUID

BUCKETS = 64


def new_id() -> UUID:
    """A UUIDv7 of this millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    number = (
        (milliseconds & 0xFFFFFFFFFFFF) << 80
        | 0x7 << 76
        | secrets.randbits(12) << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )
    return UUID(int=number)


def bucket_of(member_id: UUID) -> int:
    """Which of the 64 shares of members this one belongs to; a worker owns whole buckets."""
    return member_id.bytes[15] % BUCKETS


def digest(secret: str) -> bytes:
    """What is kept of a key, code or token that was given out: enough to know it again."""
    return hashlib.sha256(secret.encode()).digest()
