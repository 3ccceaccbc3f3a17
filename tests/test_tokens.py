"""Access tokens, links and keys: what is ours, for how long, and what only looks like it."""

import base64
import hmac
import json
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard.foundation import tokens
from punchcard.foundation.errors import NotFound, NotSignedIn, Refused
from punchcard.foundation.settings import BadSettings

from .front import OLDER, SECRET, SETTINGS

SECRETS = SETTINGS.secrets


AT = 1_780_000_000


MEMBER, FAMILY, JTI = (UUID(int=0x70000000000080000000000000000000 + n) for n in range(3))


KID, KEY = tokens.signing(SECRETS, "access")


CLAIMS = {
    "iss": tokens.ISSUER,
    "aud": tokens.AUDIENCE,
    "sub": str(MEMBER),
    "sid": str(FAMILY),
    "jti": str(JTI),
    "iat": AT,
    "nbf": AT,
    "exp": AT + tokens.ACCESS_SECONDS,
}


def forged(
    claims: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
    key: bytes = KEY,
    alg: str = "HS256",
    without: str = "",
) -> str:
    """A token like ours but for this: what an attacker, or an older release of ours, might make."""
    heads = {"alg": alg, "typ": "at+jwt", "kid": KID} | (header or {})
    says = CLAIMS | (claims or {})
    signed = ".".join(
        in_url({name: value for name, value in part.items() if name != without}) for part in (heads, says)
    )
    hashes = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
    mac = hmac.digest(key, signed.encode(), hashes[alg]) if alg in hashes else b""
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def in_url(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def deep() -> str:
    return base64.urlsafe_b64encode(b'{"a":' * 1200 + b"1" + b"}" * 1200).decode().rstrip("=") + ".e30.AA"


ACCEPTED_BY_PYJWT = {
    "without exp": forged(without="exp"),
    "without sub": forged(without="sub"),
    "without jti": forged(without="jti"),
    "without iat": forged(without="iat"),
    "exp in the year 9999": forged({"exp": 253_370_764_800}),
    "a refresh token": forged(header={"typ": "refresh+jwt"}),
    "an untyped one": forged(header={"typ": "JWT"}),
    "several audiences": forged({"aud": [tokens.AUDIENCE, "punchcard/console"]}),
    "1 MB": forged({"more": "x" * 1_000_000}),
    "another key's id": forged(header={"kid": "../../dev/null"}),
    "no key's id": forged(without="kid"),
    "jku": forged(header={"jku": "https://evil.example/keys"}),
    "jwk": forged(header={"jwk": {"kty": "oct", "k": "AAAA"}}),
    "x5u": forged(header={"x5u": "https://evil.example/cert"}),
    "a claim of nobody's": forged({"role": "owner"}),
    "sixteen minutes": forged({"exp": AT + 960}),
    "no sign-in": forged(without="sid"),
}


REFUSED = ACCEPTED_BY_PYJWT | {
    "alg none": forged(alg="none"),
    "HS384": forged(alg="HS384"),
    "HS512": forged(alg="HS512"),
    "signed by the secret itself": forged(key=SECRET.encode()),
    "signed by a short key": forged(key=b"secret", header={"kid": KID}),
    "signed by another": forged(key=b"x" * 32),
    "for the console": forged({"aud": "punchcard/console"}),
    "an audience that begins like ours": forged({"aud": "punchcard/me/x"}),
    "by another issuer": forged({"iss": "punchcard.example"}),
    "a sub that is no id": forged({"sub": "admin"}),
    "a sub that is a number": forged({"sub": 7}),
    "a jti that is no id": forged({"jti": "1"}),
    "an iat that is text": forged({"iat": str(AT)}),
    "an exp with a fraction": forged({"exp": AT + 1.5}),
    "exp before iat": forged({"exp": AT - 1}),
    "unknown crit": forged(header={"crit": ["punchcard"]}),
    "deep JSON": deep(),
    "a long number": "eyJhIjogMX0." + base64.urlsafe_b64encode(b"9" * 5000).decode() + ".AA",
    "empty": "",
    "two parts": "a.b",
    "five parts": "a.b.c.d.e",
    "no ASCII": "ключ.от.дома",
    "a till's key": tokens.new_key(tokens.TILL),
    "no base64": "!!.!!.!!",
    "cut": forged()[:-1],
    "longer": forged() + "A",
}


def test_our_own_token_is_read() -> None:
    token = tokens.sign_access(SECRETS, MEMBER, FAMILY, JTI, AT)

    assert tokens.read_access(SECRETS, token, AT).sub == MEMBER
    assert tokens.read_access(SECRETS, forged(), AT) == tokens.read_access(SECRETS, token, AT)


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_not_quite_ours_is_refused_without_a_word_why(token: str) -> None:
    with pytest.raises(NotSignedIn) as refusal:
        tokens.read_access(SECRETS, token, AT)

    assert refusal.value.facts == {}


@pytest.mark.parametrize("token", ACCEPTED_BY_PYJWT.values(), ids=ACCEPTED_BY_PYJWT.keys())
def test_the_mutant_that_leaves_it_to_the_library_lets_these_in(token: str) -> None:
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}

    assert jwt.decode(token, KEY, ["HS256"], options, audience=tokens.AUDIENCE, issuer=tokens.ISSUER)


@pytest.mark.parametrize(
    "later, holds",
    [(-6, False), (-5, True), (0, True), (1, True), (899, True), (900, False), (901, False), (31_536_000, False)],
)
def test_a_token_holds_a_quarter_of_an_hour_by_the_time_of_the_door(later: int, holds: bool) -> None:
    token = tokens.sign_access(SECRETS, MEMBER, FAMILY, JTI, AT)

    assert is_read(token, AT + later) is holds


@pytest.mark.parametrize("nbf, holds", [(AT, True), (AT + 5, True), (AT + 6, False), (AT + 600, False)])
def test_a_token_is_not_read_before_its_time(nbf: int, holds: bool) -> None:
    assert is_read(forged({"nbf": nbf}), AT) is holds


def is_read(token: str, at: int) -> bool:
    try:
        return tokens.read_access(SECRETS, token, at).sub == MEMBER
    except NotSignedIn:
        return False


def test_a_secret_is_exchanged_without_signing_anybody_out() -> None:
    before = tokens.sign_access((OLDER,), MEMBER, FAMILY, JTI, AT)

    assert tokens.read_access((SECRET, OLDER), before, AT).sub == MEMBER
    assert jwt.get_unverified_header(tokens.sign_access((SECRET, OLDER), MEMBER, FAMILY, JTI, AT))["kid"] == KID
    with pytest.raises(NotSignedIn):
        tokens.read_access((SECRET,), before, AT)


def test_a_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(BadSettings):
        tokens.sign_access(("secret",), MEMBER, FAMILY, JTI, AT)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_whatever_comes_as_a_proof_is_refused_and_breaks_nothing(text: str) -> None:
    for read in (
        lambda: tokens.read_access(SECRETS, text, AT),
        lambda: tokens.read_access(SECRETS, f"{text}.{text}.{text}", AT),
        lambda: tokens.read_link(SECRETS, "card", text, AT),
        lambda: tokens.opened(tokens.TILL, tokens.TILL + text),
    ):
        with pytest.raises(Refused):
            read()


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_spoils_a_token_and_a_link(place: int, change: int) -> None:
    token, link = tokens.sign_access(SECRETS, MEMBER, FAMILY, JTI, AT), tokens.sign_link(SECRETS, "card", MEMBER, AT)
    assert not is_read(changed(token, place, change), AT)

    with pytest.raises(NotFound):
        tokens.read_link(SECRETS, "card", recoded(link, place, change), AT)


def changed(text: str, place: int, change: int) -> str:
    """Another ASCII character at this place, the last one excepted: its lowest bits mean nothing in base64."""
    data = bytearray(text.encode())
    place %= len(data) - 1
    data[place] = (data[place] ^ change) & 0x7F
    return data.decode() if data.decode() != text else text[:-2]


def recoded(link: str, place: int, change: int) -> str:
    data = bytearray(base64.urlsafe_b64decode(link + "=="))
    data[place % len(data)] ^= change
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "purpose, secrets, at, answer",
    [
        ("card", SECRETS, AT, MEMBER),
        ("card", SECRETS, AT + 59, MEMBER),
        ("card", SECRETS, AT + 60, tokens.LinkEnded),
        ("export", SECRETS, AT, NotFound),
        ("card", (OLDER,), AT, NotFound),
        ("card", (OLDER, SECRET), AT, MEMBER),
    ],
)
def test_a_link_is_for_one_purpose_until_its_time(purpose: str, secrets: tuple[str, ...], at: int, answer: Any) -> None:
    link = tokens.sign_link(SECRETS, "card", MEMBER, AT + 60)

    if answer is MEMBER:
        assert tokens.read_link(secrets, purpose, link, at) == MEMBER
    else:
        with pytest.raises(answer):
            tokens.read_link(secrets, purpose, link, at)


def test_a_link_fits_a_url_as_it_is() -> None:
    link = tokens.sign_link(SECRETS, "card", MEMBER, AT)

    assert len(link) < 60 and set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_key_is_256_bits_of_chance_under_a_readable_prefix() -> None:
    keys = {tokens.new_key(tokens.TILL) for _ in range(100)}

    assert len(keys) == 100
    assert all(key.startswith("pct_") and len(tokens.opened(tokens.TILL, key)) == 32 for key in keys)


def test_every_mistyped_character_of_a_key_is_told() -> None:
    key = tokens.new_key(tokens.TILL)

    for place in range(4, len(key)):
        for other in "abcdefghijklmnopqrstuvwxyz234567":
            if other != key[place]:
                with pytest.raises(tokens.KeyMistyped):
                    tokens.opened(tokens.TILL, key[:place] + other + key[place + 1 :])
        with pytest.raises((tokens.KeyMistyped, NotSignedIn)):
            tokens.opened(tokens.TILL, key[:place])
