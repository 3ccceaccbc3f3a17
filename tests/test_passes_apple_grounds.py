"""What passes share is made once: nobody sees another's, and what is kept has an end."""

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation.money import Money
from punchcard.passes import Face, Movement, ShownChallenge
from punchcard.passes.apple import Press
from punchcard.passes.apple.bindings import Shown
from punchcard.passes.apple.grounds import KEPT
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.plate import Issuer, Plate
from punchcard.passes.apple.render import template

from .apple import AT, FACE, ORCHARD, SERIAL, SHOPS, made, press, text

__all__ = ["made", "press"]

ISSUER = Issuer("pass.example", "TEAM", "https://loyalty.example/wallet")
OTHERS: list[dict[str, Any]] = [
    {},
    {"points": 3, "worth": Money(3, "ILS"), "unit": text("coins", "מטבעות", "عملات", "монеты")},
    {"worth": None, "missing": 7, "next_tier": "", "next_tier_name": {}},
    {"tier_name": ORCHARD, "tier_until": AT + 10**7},
    {"offer": None},
    {"zone": "Europe/London", "places": SHOPS[:1]},
    {"challenge": None},
    {"challenge": ShownChallenge("streak", FACE.challenge.name, 6, 8)} if FACE.challenge else {},
    {"last": None},
    {"last": Movement(-20, AT)},
    {"places": SHOPS},
    {"places": SHOPS[::-1]},
    {"name": "Дана", "card_code": "0" * 17, "why_url": "https://loyalty.example/c/1/why?a=1&b=2"},
    {"is_open": False},
]


@dataclass
class Printing:
    """A plate, and a way to read what it prints."""

    plate: Plate

    def __call__(self, face: Face) -> dict[str, bytes]:
        shown = Shown(face, None, self.plate.said, not face.is_open, AT)
        return {each.name: each.content for each in self.plate.printed(shown, str(SERIAL), "token")}


def plate_of(press: Press) -> Plate:
    return Plate(press.designs["blossom"], press.common.said, ISSUER, "en")


def test_a_plate_that_printed_for_others_says_what_a_new_one_says(press: Press) -> None:
    faces = [replace(FACE, **own) for own in OTHERS]
    used = Printing(plate_of(press))
    for each in faces:
        used(each)

    for each in faces:
        assert used(each) == Printing(plate_of(press))(each)


def test_a_text_that_stands_twice_on_a_pass_has_one_line(press: Press) -> None:
    named_alike = replace(FACE, unit=FACE.tier_name, next_tier_name=FACE.tier_name)

    files = Printing(plate_of(press))(named_alike)

    assert files["he.lproj/pass.strings"].count(b'\n"Blossom" = ') == 1


def test_hashes_and_checksums_are_those_of_the_whole_file(press: Press) -> None:
    shown = Shown(FACE, None, press.common.said, False, AT)
    for each in plate_of(press).printed(shown, str(SERIAL), "token"):
        assert (each.sha1, each.crc) == (hashlib.sha1(each.content).hexdigest(), zlib.crc32(each.content))


def test_what_is_kept_has_an_end(press: Press) -> None:
    plate = plate_of(press)
    for done in range(KEPT + 10):
        Printing(plate)(replace(FACE, challenge=ShownChallenge("streak", FACE.tier_name, done, 10**6)))

    assert len(plate.whole.kept) <= KEPT


@pytest.mark.parametrize("is_open", [True, False])
def test_a_void_pass_wears_the_programmes_own_strip(press: Press, is_open: bool) -> None:
    design = press.designs["blossom"]
    face = replace(FACE, partner=next(name for _, name in design.templates if name), is_open=is_open)

    assert template(Sheet(face, SERIAL, "token", is_void=is_open), design) is design.template("en")
