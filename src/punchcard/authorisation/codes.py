"""The codes that stand for a card: static, rotating, tapped, and the word that a quote gives for the card as shown.

All are printable ASCII. A static code is 17 characters, a rotating one those and eight digits (RFC 6238, SHA-1, half a
minute), so that `<card>{totp_value_0}` is its pattern on a Google pass; a tap is `U`, the 17 and a check character; a
session begins with `pcs_` and is at most 200 characters long. No clock but ours is asked."""

import base64
import hmac

from punchcard import members
from punchcard.foundation import tokens
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.members import CardMistyped
from punchcard.partners import Till

from .model import Proof, SessionOver, Shown

PERIOD_SECONDS, DIGITS = 30, 8
KEY_BYTES = 20
STEPS_EITHER_WAY = 1
TAP, TAP_CHECKED_AS = "U", "T"
"""What a tap begins with, which no card's alphabet holds, and the character under which it is checked."""
SESSION = "pcs_"
SESSION_SECONDS = 15 * MINUTE
PROOFS: tuple[Proof, ...] = ("static", "rotating", "tap")
"""What a till can be shown; a session says which by its place here."""
CODE_HASH_BYTES, MAC_BYTES = 32, 16
CLAIM_BYTES = CODE_HASH_BYTES + 1 + 5 + 5
DIGITS_AS_TYPED = str.maketrans("OoIiLl", "001111")


def shown(secrets: tuple[str, ...], text: str, till: Till, at: Instant) -> Shown:
    """What was scanned or typed: a static code, a rotating one, a tap, or the session of an earlier quote at this till.

    CardMistyped for a slip, SessionOver for a session that is no longer one here. It asks no database."""
    if text.startswith(SESSION):
        return opened(secrets, text, till, at)
    bare = text.replace(" ", "").replace("-", "")
    if bare[:1] in (TAP, TAP.lower()):
        return tapped(bare.upper())
    if len(bare) == members.CARD_LENGTH + DIGITS:
        return rotated(secrets, bare, at)
    return Shown(members.scanned(text))


def rotated(secrets: tuple[str, ...], bare: str, at: Instant) -> Shown:
    """A card's code and eight digits, which are right if they are of this half minute or one beside it."""
    code = members.read_card(bare[: members.CARD_LENGTH])
    digits = bare[members.CARD_LENGTH :].translate(DIGITS_AS_TYPED)
    if not (digits.isascii() and digits.isdigit()):
        raise CardMistyped
    now = at // PERIOD_SECONDS
    keys = [card_key(key, code) for key in tokens.keys(secrets, "card-totp").values()]
    for step in sorted(range(now - STEPS_EITHER_WAY, now + STEPS_EITHER_WAY + 1), key=lambda each: abs(each - now)):
        if any(hmac.compare_digest(totp(key, step), digits) for key in keys):
            return Shown(members.scanned(code), "rotating", step)
    return Shown(members.scanned(code), wrong=True)


def is_of_now(shown: Shown, at: Instant) -> bool:
    """Whether our clock says so, whatever time the code was read by."""
    return abs(shown.step - at // PERIOD_SECONDS) <= STEPS_EITHER_WAY


def tapped(bare: str) -> Shown:
    code, check = bare[1:-1], bare[-1:]
    if len(code) != members.CARD_LENGTH or not bare.isascii():
        raise CardMistyped
    code = members.read_card(code)
    if members.check_of(code + TAP_CHECKED_AS) != check:
        raise CardMistyped
    return Shown(members.scanned(code), "tap")


def rotating(secrets: tuple[str, ...], card_code: str, at: Instant) -> str:
    """What the card shows in this half minute: its code (17 characters, without groups) and eight digits."""
    return card_code + totp(totp_key(secrets, card_code), at // PERIOD_SECONDS)


def tap_value(card_code: str) -> str:
    """What the card tells a reader (NFC, Smart Tap): 19 characters, which nobody takes for a code that was typed."""
    return TAP + card_code + members.check_of(card_code + TAP_CHECKED_AS)


def totp_key(secrets: tuple[str, ...], card_code: str) -> bytes:
    """The 20 bytes from which the card's rotating codes follow. They are kept nowhere: secret and code make them again."""
    _, key = tokens.signing(secrets, "card-totp")
    return card_key(key, card_code)


def card_key(key: bytes, card_code: str) -> bytes:
    return hmac.digest(key, card_code.encode(), "sha256")[:KEY_BYTES]


def totp(key: bytes, step: int) -> str:
    """RFC 6238 with SHA-1 and eight digits: 59 s of the RFC's key is 94287082."""
    mac = hmac.digest(key, step.to_bytes(8), "sha1")
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def session(secrets: tuple[str, ...], shown: Shown, till: Till, at: Instant) -> str:
    """A word that stands for this card as it was shown, at this till, for a quarter of an hour; what another session showed
    goes on until that one's end."""
    assert not shown.wrong
    _, key = tokens.signing(secrets, "till-session")
    claim = (
        shown.code_hash
        + PROOFS.index(shown.proof).to_bytes()
        + shown.step.to_bytes(5)
        + (shown.until or at + SESSION_SECONDS).to_bytes(5)
    )
    return SESSION + base64.urlsafe_b64encode(claim + session_mac(key, claim, till)).decode().rstrip("=")


def opened(secrets: tuple[str, ...], text: str, till: Till, at: Instant) -> Shown:
    """The card as it was shown when the session began; SessionOver without a word why."""
    word = text.removeprefix(SESSION)
    try:
        data = base64.b64decode(word + "=" * (-len(word) % 4), b"-_", validate=True)
    except ValueError:
        raise SessionOver from None
    claim, mac = data[:CLAIM_BYTES], data[CLAIM_BYTES:]
    ours = (session_mac(key, claim, till) for key in tokens.keys(secrets, "till-session").values())
    if len(data) != CLAIM_BYTES + MAC_BYTES or not any(hmac.compare_digest(mac, each) for each in ours):
        raise SessionOver
    proof, step, until = claim[CODE_HASH_BYTES], claim[-10:-5], int.from_bytes(claim[-5:])
    if at >= until:
        raise SessionOver
    return Shown(claim[:CODE_HASH_BYTES], PROOFS[proof], int.from_bytes(step), until=until)


def session_mac(key: bytes, claim: bytes, till: Till) -> bytes:
    return hmac.digest(key, till.id.encode() + b"\0" + claim, "sha256")[:MAC_BYTES]
