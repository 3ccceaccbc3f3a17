"""Where a person can be reached, in one normal form: a plain-ASCII e-mail address in lower case, or E.164 (+4915…).

Only ASCII: a look-alike letter must not lead to somebody else's membership."""

import hashlib
import re

from punchcard.foundation.errors import Malformed

EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
CHARACTERS_MAX = 254


def normal(text: str) -> str:
    """The contact in its normal form; Malformed when it is neither an e-mail address nor an international number."""
    plain = text.strip().lower() if text.isascii() else ""  # lower() makes a plain k of the Kelvin sign
    number = re.sub(r"[ ().-]", "", plain)
    if PHONE.fullmatch(number):
        return number
    if len(plain) <= CHARACTERS_MAX and EMAIL.fullmatch(plain):
        return plain
    raise Malformed(pointer="/contact", why="an e-mail address, or a phone number that begins with + and its country")


def is_phone(contact: str) -> bool:
    return contact.startswith("+")


def hashed(contact: str) -> bytes:
    """What the look-up is keyed by. A hash without a secret, so that secrets can be exchanged; the contact itself stands
    in `person` anyway, and both are erased together."""
    return hashlib.sha256(b"punchcard/contact\0" + contact.encode()).digest()
