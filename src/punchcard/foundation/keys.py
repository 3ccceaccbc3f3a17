"""The header Idempotency-Key, under which a POST that moves money is asked once, however often it comes.

Whoever asks makes the key: a UUID, or a ULID, which stands for the UUID of the same 128 bits."""

import re
from typing import Annotated
from uuid import UUID

from litestar.params import HeaderParameter

from .errors import KeyMissing, Malformed

HEADER = "Idempotency-Key"
AS_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
AS_ULID = re.compile(f"[0-7][{CROCKFORD}]{{25}}", re.IGNORECASE | re.ASCII)


def idempotency_key(
    key: Annotated[
        str | None,
        HeaderParameter(name=HEADER, description="A UUID or ULID of your own making, the same whenever you ask again."),
    ] = None,
) -> UUID:
    """The key under which this is asked. Raises KeyMissing; Malformed where it is neither UUID nor ULID."""
    if not key:
        raise KeyMissing
    return read(key)


def read(key: str) -> UUID:
    """A key as it was sent, between quotation marks (RFC 8941) or without."""
    plain = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if AS_UUID.fullmatch(plain):
        return UUID(plain)
    if AS_ULID.fullmatch(plain):
        return UUID(int=sum(CROCKFORD.index(letter) << 5 * place for place, letter in enumerate(plain.upper()[::-1])))
    raise Malformed(pointer=HEADER, why="neither a UUID nor a ULID")
