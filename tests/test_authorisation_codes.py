"""The codes of a card: told apart from each other and from a slip, good for their half minute and their till."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from punchcard import authorisation, members
from punchcard.authorisation import Shown, codes
from punchcard.authorisation.model import SessionOver
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import digest
from punchcard.members import CardMistyped, cards
from punchcard.partners import Till
from tests.town import NOON

SECRETS = ("5f0c" * 16 + "town",)
OLD = ("an older secret that is accepted still",)
TILL, OTHER = (Till(f"till-{each}", "nola-1", "nola", "Asia/Jerusalem") for each in "ab")
CARD = cards.new_code()
HASH = digest(CARD)
AT = NOON + 7
RFC_KEY = b"12345678901234567890"


def read(text: str, at: int = AT, till: Till = TILL, secrets: tuple[str, ...] = SECRETS) -> Shown:
    return authorisation.shown(secrets, text, till, at)


@pytest.mark.parametrize(
    "seconds, digits",
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_digits_are_those_of_rfc_6238(seconds: int, digits: str):
    assert codes.totp(RFC_KEY, seconds // codes.PERIOD_SECONDS) == digits


def test_the_static_code_is_a_copy_and_so_is_the_tap():
    assert read(CARD) == Shown(HASH)
    assert read(cards.grouped(CARD).lower()) == Shown(HASH)
    assert read(authorisation.tap_value(CARD)) == Shown(HASH, "tap")


@pytest.mark.parametrize(
    "late_seconds, good",
    [(-90, False), (-60, False), (-37, True), (-30, True), (0, True), (22, True), (30, True), (52, True), (53, False),
     (60, False), (90, False)],
)  # fmt: skip
def test_a_rotating_code_is_good_for_its_half_minute_and_the_ones_beside_it(late_seconds: int, good: bool):
    shown = read(authorisation.rotating(SECRETS, CARD, AT), AT + late_seconds)

    assert shown == (Shown(HASH, "rotating", AT // 30) if good else Shown(HASH, wrong=True))


def test_what_google_makes_of_the_pattern_is_what_we_read():
    """`<card>{totp_value_0}` with the key in Base16, a period of 30,000 ms and eight digits."""
    key = bytes.fromhex(authorisation.totp_key(SECRETS, CARD).hex())
    made = f"{CARD}{codes.totp(key, AT * 1000 // 30_000)}"

    assert len(key) == 20
    assert made == authorisation.rotating(SECRETS, CARD, AT) and read(made).proof == "rotating"


def test_the_digits_of_another_card_or_another_secret_are_wrong():
    other = cards.new_code()
    swapped = CARD + authorisation.rotating(SECRETS, other, AT)[-8:]

    assert read(swapped) == Shown(HASH, wrong=True)
    assert read(authorisation.rotating(OLD, CARD, AT)) == Shown(HASH, wrong=True)


def test_every_secret_that_is_accepted_still_makes_a_good_code():
    assert read(authorisation.rotating(OLD, CARD, AT), secrets=SECRETS + OLD).proof == "rotating"
    session = authorisation.session(OLD, Shown(HASH), TILL, AT)
    assert read(session, secrets=SECRETS + OLD) == Shown(HASH, until=AT + 900)


@pytest.mark.parametrize(
    "slip",
    [
        lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
        lambda code: code[:-1],
        lambda code: code + "0",
        lambda code: code + "1234567",
        lambda code: code + "1234567A",
        lambda code: code + "١٢٣٤٥٦٧٨",
        lambda code: code[1:] + code[:1] + "12345678",
        lambda code: "U" + code,
        lambda code: "U" + code + ("0" if authorisation.tap_value(code)[-1] != "0" else "1"),
        lambda code: "",
        lambda code: "ч" * 17,
    ],
)
def test_a_slip_is_told_apart_from_a_card_that_nobody_has(slip: Callable[[str], str]):
    code = "7QK4M2XVPQRS8TWY"
    while slip(code + cards.check_of(code)) == code + cards.check_of(code):
        code = code[1:] + code[:1]

    with pytest.raises(CardMistyped):
        read(slip(code + cards.check_of(code)))


@given(st.integers(0, 18), st.sampled_from(cards.ALPHABET))
def test_one_mistaken_character_of_a_tap_is_noticed(place: int, other: str):
    tap = authorisation.tap_value("7QK4M2XVPQRS8TWY" + cards.check_of("7QK4M2XVPQRS8TWY"))
    wrong = tap[:place] + other + tap[place + 1 :]

    if wrong != tap:
        with pytest.raises(CardMistyped):
            read(wrong)


@pytest.mark.parametrize(
    "shown", [Shown(HASH), Shown(HASH, "tap"), Shown(HASH, "rotating", AT // 30)], ids=lambda shown: shown.proof
)
def test_a_session_stands_for_the_card_as_it_was_shown_at_this_till_for_a_quarter_of_an_hour(shown: Shown):
    word = authorisation.session(SECRETS, shown, TILL, AT)

    assert read(word) == read(word, AT + 899) == replace(shown, until=AT + 900)
    for seconds, till in ((900, TILL), (0, OTHER)):
        with pytest.raises(SessionOver):
            read(word, AT + seconds, till)


@given(st.integers(4, 82), st.sampled_from("ABCabc012-_"))
def test_a_session_that_was_touched_is_none(place: int, other: str):
    word = authorisation.session(SECRETS, Shown(HASH, "rotating", AT // 30), TILL, AT)
    touched = word[:place] + other + word[place + 1 :]

    try:
        shown = read(touched)
    except SessionOver:
        return
    assert shown == read(word) and (touched == word or place == len(word) - 1)


@given(st.text(max_size=40) | st.text(max_size=40).map("pcs_".__add__) | st.text(max_size=40).map("U".__add__))
def test_whatever_is_scanned_is_read_or_refused(text: str):
    try:
        read(text)
    except Refused as refused:
        assert isinstance(refused, CardMistyped | SessionOver)


def test_every_code_is_printable_and_short_enough_for_its_carrier():
    words = [CARD, authorisation.rotating(SECRETS, CARD, AT), authorisation.tap_value(CARD)]
    session = authorisation.session(SECRETS, Shown(HASH, "rotating", AT // 30), TILL, AT)

    assert all(re.fullmatch(r"[!-~]{17,64}", word) for word in words), "an NFC message holds 64 bytes"
    assert re.fullmatch(r"[!-~]{1,200}", session)
    assert len({len(word) for word in [*words, session]}) == 4


def test_a_key_belongs_to_one_card_and_one_secret():
    keys = {authorisation.totp_key(secrets, card) for secrets in (SECRETS, OLD) for card in (CARD, cards.new_code())}

    assert len(keys) == 4
    assert members.scanned(CARD) == HASH
