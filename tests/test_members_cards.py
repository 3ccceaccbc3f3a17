"""The code on the card, scanned or typed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard import members
from punchcard.foundation import locale
from punchcard.foundation.database import Connection
from punchcard.members import cards
from punchcard.members.model import CardMistyped

from . import people
from .people import joined

quiet_news = people.quiet_news


async def test_a_card_is_recognised_however_its_code_is_typed(db: Connection) -> None:
    member_id = (await joined(db)).member_id
    code = await members.code_of(db, member_id)
    typed = [
        code,
        members.grouped(code),
        members.grouped(code).lower(),
        " ".join(code),
        code.replace("0", "O").replace("1", "I"),
        code.lower().replace("0", "o").replace("1", "l"),
    ]

    for text in typed:
        (found,) = (await members.by_cards(db, [members.scanned(text)])).values()
        assert found.id == member_id
    assert len(code) == 17 and len(members.grouped(code)) == 21


async def test_a_code_that_was_never_given_out_is_nobodys(db: Connection) -> None:
    assert await members.by_cards(db, [members.scanned(cards.new_code())]) == {}


def test_every_single_mistake_in_a_card_number_is_told() -> None:
    for code in (cards.new_code() for _ in range(20)):
        for place in range(cards.LENGTH):
            for other in set(cards.ALPHABET) - {code[place]}:
                with pytest.raises(CardMistyped):
                    cards.read(code[:place] + other + code[place + 1 :])


def test_any_two_characters_of_a_card_number_that_changed_places_are_told() -> None:
    for code in (cards.new_code() for _ in range(50)):
        for first in range(cards.LENGTH):
            for second in range(first + 1, cards.LENGTH):
                if code[first] != code[second]:
                    swapped = list(code)
                    swapped[first], swapped[second] = code[second], code[first]
                    with pytest.raises(CardMistyped):
                        cards.read("".join(swapped))


def test_the_mutant_that_only_adds_up_misses_two_that_changed_places() -> None:
    def summed(code: str) -> str:
        return cards.ALPHABET[sum(map(cards.ALPHABET.index, code)) % 32]

    assert summed("0123456789ABCDEF") == summed("1023456789ABCDEF")
    assert cards.check_of("0123456789ABCDEF") != cards.check_of("1023456789ABCDEF")


@pytest.mark.parametrize(
    "text", ["", "7", "7QK4", "U" * 17, "0" * 16, "0" * 18, "٠" * 17, "ß" * 17, "A" * 60, "\x00" * 17]
)
def test_what_is_no_card_number_is_told(text: str) -> None:
    with pytest.raises(CardMistyped):
        cards.read(text)


@given(st.text(max_size=80) | st.text(string.ascii_letters + string.digits + "- ", max_size=24))
def test_whatever_is_scanned_breaks_nothing(text: str) -> None:
    try:
        assert cards.read(cards.read(text)) == cards.read(text)
    except CardMistyped as refusal:
        assert all(refusal.sentence(language) for language in locale.LANGUAGES)


def test_card_codes_are_chance_in_every_place() -> None:
    made = [cards.new_code() for _ in range(2000)]

    assert len(set(made)) == 2000
    assert all(len({code[place] for code in made}) == 32 for place in range(cards.LENGTH))
