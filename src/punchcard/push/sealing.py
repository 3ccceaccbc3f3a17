"""What a browser is sent, sealed so that its push service cannot read it (RFC 8291 over RFC 8188, one record)."""

import base64
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT_BYTES, AUTH_BYTES, SALT_BYTES = 65, 16, 16
RECORD_BYTES = 4096
HEAD_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES
LAST = b"\x02"
"""Stands behind the text in the last record; nothing after it pads."""
PLAIN_BYTES_MAX = RECORD_BYTES - HEAD_BYTES - len(LAST) - 16
"""What push services take at most, less our part of it: 3,993 bytes."""


class NotSealable(ValueError):
    """The browser's keys are no keys, or the text is too long."""


def seal(
    plain: bytes, p256dh: str, auth: str, ours: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """The body of a message that only the browser with these keys (base64url) can open. `ours` and `salt` are new for each
    message; a test may give them. Raises NotSealable."""
    if len(plain) > PLAIN_BYTES_MAX:
        raise NotSealable(f"{len(plain)} bytes are more than {PLAIN_BYTES_MAX}")
    theirs, secret = opened_keys(p256dh, auth)
    ours, salt = ours or ec.generate_private_key(CURVE), salt or secrets.token_bytes(SALT_BYTES)
    point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key, nonce = derived(ours.exchange(ec.ECDH(), theirs), secret, unpadded(p256dh), point, salt)
    head = salt + RECORD_BYTES.to_bytes(4) + bytes([POINT_BYTES]) + point
    return head + AESGCM(key).encrypt(nonce, plain + LAST, None)


def derived(shared: bytes, auth: bytes, theirs: bytes, ours: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The key and the nonce of a message, the same for who seals (`ours` the sealer's point) and who opens it."""
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\0" + theirs + ours).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    return key, HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)


@lru_cache(maxsize=1024)
def opened_keys(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """The browser's point and secret. Raises NotSealable for what is none."""
    try:
        point, secret = unpadded(p256dh), unpadded(auth)
        if len(point) != POINT_BYTES or len(secret) != AUTH_BYTES:
            raise NotSealable("p256dh has 65 bytes and auth 16")
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point), secret
    except ValueError as error:
        raise NotSealable(str(error)) from None


def unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def written(data: bytes) -> str:
    """As browsers write bytes: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
