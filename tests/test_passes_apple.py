"""A card becomes a signed pass: what stands on it, in every language and tier. Each goes through openssl and the phone's rules."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard.foundation.locale import LANGUAGES
from punchcard.passes.apple import Press, render
from punchcard.sandbox.authority import Authority

from .apple import AT, DESIGNS, FACE, ORCHARD, SERIAL, made, press, printed, shown

__all__ = ["made", "press"]  # fixtures


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tier", ["bud", "blossom", "orchard"])
def test_a_pass_stands_in_every_language_and_tier(press: Press, made: Authority, language, tier):
    found = printed(press, made, replace(FACE, language=language, tier=tier))

    assert found.body["serialNumber"] == str(SERIAL)
    assert set(found.strings) == set(LANGUAGES)
    assert all(set(rows) == set(found.strings["en"]) for rows in found.strings.values())


def test_the_front_says_level_balance_next_and_offer(press: Press, made: Authority):
    found = printed(press, made)

    assert shown(found, "headerFields") == [("Level", "Blossom")]
    assert shown(found, "primaryFields") == [("points", "2480")]
    assert shown(found, "secondaryFields") == [("Next: Orchard", "520 points")]
    assert shown(found, "auxiliaryFields") == [("Coffee ×2", "until 17:00"), ("Weekly table", "5/8")]


def test_the_back_says_why_what_is_under_way_and_whom_to_ask(press: Press, made: Authority):
    found = printed(press, made)

    assert shown(found, "backFields") == [
        ("Last movement", "+85 at Nola Coffee: coffee twice"),
        ("Weekly table", "3 more to go: 5 of 8 done"),
        ("Ends first", "Double points on coffee. At Nola, until 17:00."),
        ("Worth in our shops", "24.8"),
        ("Name", "Maya"),
        ("Card number", "7QK4-M2XV-8N3P-R5T0-W"),
        ("Terms", "A point for each shekel, at all three shops. Points last twelve months."),
        ("Help", "help@almond.example\n03 555 0144"),
    ]


@pytest.mark.parametrize(
    "language, next_label, next_value, until, moved",
    [
        ("en", "Next: Orchard", "520 points", "until 17:00", "+85 at Nola Coffee: coffee twice"),
        ("he", "הבא: בוסתן", "520 נקודות", "עד 17:00", "\u200e+85, קפה נולה: קפה פעמיים"),
        ("ar", "التالي: بستان", "520 نقطة", "حتى 17:00", "\u200e+85 في مقهى نولا: القهوة مرتين"),
        ("ru", "Дальше: Сад", "520 баллов", "до 17:00", "+85, Кофейня «Нола»: кофе вдвойне"),
    ],
)
def test_a_phone_in_another_language_reads_its_own(press, made, language, next_label, next_value, until, moved):
    found = printed(press, made, replace(FACE, language="ru"))

    assert shown(found, "secondaryFields", language) == [(next_label, next_value)]
    assert shown(found, "auxiliaryFields", language)[0][1] == until
    assert shown(found, "backFields", language)[0][1] == moved


@pytest.mark.parametrize(
    "points, ru, ar",
    [
        (1, "балл", "نقطة"),
        (2, "балла", "نقطتان"),
        (3, "балла", "نقاط"),
        (21, "балл", "نقطة"),
        (2480, "баллов", "نقطة"),
        (12904, "балла", "نقاط"),
    ],
)
def test_the_unit_follows_the_number_in_every_language(press: Press, made: Authority, points, ru, ar):
    found = printed(press, made, replace(FACE, points=points))

    assert shown(found, "primaryFields", "ru")[0][0] == ru
    assert shown(found, "primaryFields", "ar")[0][0] == ar


def test_what_there_is_not_is_left_out(press: Press, made: Authority):
    found = printed(press, made, replace(FACE, offer=None, challenge=None, last=None, worth=None))

    assert found.fields("auxiliaryFields") == []
    assert [field["key"] for field in found.fields("backFields")] == ["name", "number", "terms", "help"]


def test_the_highest_level_says_until_when(press: Press, made: Authority):
    until = 1_830_290_400  # 1 January 2028, 00:00 in Jerusalem
    found = printed(press, made, replace(FACE, tier="orchard", tier_name=ORCHARD, next_tier="", tier_until=until))

    assert shown(found, "secondaryFields") == [("Highest level", "until 31 Dec 2027")]
    assert shown(found, "secondaryFields", "he") == [("הדרגה הגבוהה ביותר", "עד 31.12.2027")]


def test_an_offer_that_ends_another_day_says_which(press: Press, made: Authority):
    assert FACE.offer
    found = printed(press, made, replace(FACE, offer=replace(FACE.offer, until=AT + 9 * 86400)))

    assert shown(found, "auxiliaryFields")[0] == ("Coffee ×2", "until 1 December")


def test_an_offer_without_a_short_name_stands_with_its_own(press: Press, made: Authority):
    assert FACE.offer
    found = printed(press, made, replace(FACE, offer=replace(FACE.offer, short={})))

    assert shown(found, "auxiliaryFields", "ru")[0] == ("Двойные баллы за кофе", "до 17:00")


def test_a_sentence_in_arabic_has_arabic_commas(press: Press, made: Authority):
    found = printed(press, made)

    assert ("ينتهي أولًا", "نقاط مضاعفة على القهوة. في نولا، حتى 17:00.") in shown(found, "backFields", "ar")


def test_only_the_balance_announces_its_change(press: Press, made: Authority):
    found = printed(press, made)

    announced = {
        field["key"]: field["changeMessage"]
        for group in found.body["storeCard"]
        for field in found.fields(group)
        if "changeMessage" in field
    }

    assert announced == {"points": "New balance: %@"}


def test_the_code_is_a_qr_with_its_number_beneath_and_an_aztec_for_whoever_shows_no_qr(press: Press, made: Authority):
    found = printed(press, made)

    assert found.body["barcodes"] == [
        {
            "format": f"PKBarcodeFormat{name}",
            "message": "7QK4M2XV8N3PR5T0W",
            "messageEncoding": "iso-8859-1",
            "altText": "7QK4-M2XV-8N3P-R5T0-W",
        }
        for name in ("QR", "Aztec")
    ]


@pytest.mark.parametrize("language, folder", [("en", ""), ("ru", "ru.lproj"), ("he", "he.lproj"), ("ar", "ar.lproj")])
def test_a_member_gets_their_own_direction_and_logo_and_nobody_elses(press: Press, made: Authority, language, folder):
    found = printed(press, made, replace(FACE, language=language))

    own = DESIGNS / "blossom.pass" / folder
    assert found.files["logo@2x.png"] == (own / "logo@2x.png").read_bytes()
    strip = own if (own / "strip@2x.png").exists() else DESIGNS / "blossom.pass"
    assert found.files["strip@2x.png"] == (strip / "strip@2x.png").read_bytes()
    assert not [name for name in found.files if name.endswith(".png") and "/" in name]


@pytest.mark.parametrize("text_", ['Say "hello"', "back\\slash", "two\nlines", "%@ {name} <b>", "‏מימין‎"])
def test_any_text_survives_the_strings_file(press: Press, made: Authority, text_):
    found = printed(press, made, replace(FACE, tier_name=dict.fromkeys(LANGUAGES, text_)))

    assert shown(found, "headerFields", "he")[0][1] == text_


def test_the_token_is_the_passes_own_and_old_secrets_still_open(press: Press):
    old, new = "a" * 64, "b" * 64

    mine = render.token(old, "pass.type", str(SERIAL))

    assert len(mine) == 64
    assert render.holds((new, old), "pass.type", str(SERIAL), mine)
    assert not render.holds((new,), "pass.type", str(SERIAL), mine)
    assert not render.holds((old,), "pass.type", str(UUID(int=2)), mine)
    assert not render.holds((old,), "pass.type", str(SERIAL), "é" * 64)
