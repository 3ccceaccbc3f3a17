"""What `punchcard pass check` says of a designs folder: each mistake names its file and key; nothing unfit is printed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from punchcard.__main__ import parser
from punchcard.passes.apple.bindings import CATALOGUE
from punchcard.passes.apple.design import BadDesign, check, load
from punchcard.passes.apple.layout import FieldSpec, Layout

from .apple import DESIGNS

Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A designs folder with one card that is right."""
    for each in ("layout.toml", "strings.toml", "card.toml"):
        shutil.copy(DESIGNS / each, tmp_path / each)
    shutil.copytree(DESIGNS / "bud.pass", tmp_path / "bud.pass")
    return tmp_path


def put(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return change


def field(group: str, lines: str) -> Change:
    """One more field in a group."""
    return lambda folder: (folder / "layout.toml").write_text(
        f'{(folder / "layout.toml").read_text()}\n[[{group}]]\nkey = "mine"\n{lines}\n'
    )


def text(row: str) -> Change:
    return lambda folder: (folder / "strings.toml").write_text((folder / "strings.toml").read_text() + row)


def both(*changes: Change) -> Change:
    return lambda folder: [change(folder) for change in changes]


def resized(name: str, other: str) -> Change:
    return lambda folder: shutil.copy(folder / "bud.pass" / other, folder / "bud.pass" / name)


MISTAKES: dict[str, tuple[Change, str, str]] = {
    "an unknown binding": (
        field("back", 'value = "{pionts}"'),
        "layout.toml",
        "mine: value: there is no binding {pionts}",
    ),
    "an unknown text": (field("back", 'value = "welcome"'), "layout.toml", '"welcome" is no text of strings.toml'),
    "an unknown key": (field("back", 'value = "terms"\ncolour = "red"'), "layout.toml", "there is no key `colour`"),
    "a front that is full": (
        both(field("secondary", 'value = "{tier}"'), put("layout.toml", 'key = "worth"', 'key = "worth-2"')),
        "layout.toml",
        "share a row of 4: move void to the back",
    ),
    "two primary fields": (
        field("primary", 'value = "{tier}"'),
        "layout.toml",
        "[[primary]] has room for 1: move mine",
    ),
    "alignment of the primary field": (
        put("layout.toml", 'value = "{points}"', 'value = "{points}"\nalign = "left"'),
        "layout.toml",
        "[[primary]] points: align is not for primary fields",
    ),
    "alignment on the back": (field("back", 'value = "terms"\nalign = "left"'), "layout.toml", "align is not for back"),
    "an announcement without the value in one language": (
        both(
            put("layout.toml", 'change = "new-balance"', 'change = "mine"'),
            text('\n[mine]\nen = "Now %@"\nhe = "%@"\nar = "%@"\nru = "Новый"\n'),
        ),
        "layout.toml",
        "points: change must hold %@ for the new value in every language: not in ru",
    ),
    "an announcement with bindings": (
        put("layout.toml", 'change = "new-balance"', 'change = "{tier}"'),
        "layout.toml",
        "change holds bindings",
    ),
    "a currency with a number style": (
        put("layout.toml", 'value = "{worth}"', 'value = "{worth}"\nnumber = "decimal"'),
        "layout.toml",
        "worth: a currency has no number style",
    ),
    "a number style of a text": (
        field("back", 'value = "{tier}"\nnumber = "decimal"'),
        "layout.toml",
        "number needs a number",
    ),
    "a date style of a text": (
        field("back", 'value = "{tier}"\ndate = "short"'),
        "layout.toml",
        "date and time need an instant",
    ),
    "an instant without a style": (field("back", 'value = "{offer-ends}"'), "layout.toml", "an instant needs a style"),
    "relative, of a text": (field("back", 'value = "{tier}"\nrelative = true'), "layout.toml", "need an instant"),
    "a link that is no address": (
        field("back", 'value = "terms"\nlink = "{tier}"'),
        "layout.toml",
        "link needs an address",
    ),
    "detectors on the front": (
        field("header", 'value = "{tier}"\ndetect = ["link"]'),
        "layout.toml",
        "for the back alone",
    ),
    "a row on a card": (
        field("auxiliary", 'value = "{tier}"\nrow = 1'),
        "layout.toml",
        "row is for the auxiliary fields",
    ),
    "a label that lacks a language": (
        both(field("back", 'value = "{tier}"\nlabel = "mine"'), text('\n[mine]\nen = "A"\nhe = "B"\nar = "C"\n')),
        "layout.toml",
        "mine: label: the text is missing in ru",
    ),
    "a language that nobody reads": (
        both(field("back", 'value = "mine"'), text('\n[mine]\nen="A"\nhe="B"\nar="C"\nru="D"\nfr="E"\n')),
        "layout.toml",
        "fr: the languages are",
    ),
    "plural forms without a number": (
        both(field("back", 'value = "mine"'), text('\n[mine]\nen={other="A"}\nhe="B"\nar="C"\nru="D"\n')),
        "layout.toml",
        "must hold a number",
    ),
    "plural forms without other": (
        both(field("back", 'value = "mine"'), text('\n[mine]\nen={one="{points}"}\nhe="B"\nar="C"\nru="D"\n')),
        "layout.toml",
        "other must be among them",
    ),
    "a key twice": (
        put("layout.toml", 'key = "terms"', 'key = "help"'),
        "layout.toml",
        "key help stands there 2 times",
    ),
    "a barcode format twice": (put("layout.toml", '["QR", "Aztec"]', '["QR", "QR"]'), "layout.toml", "[code] formats"),
    "a barcode of nothing": (
        put("layout.toml", '"{card-code}"', '"{code}"'),
        "layout.toml",
        "[code] message: there is no",
    ),
    "no layout": (
        lambda folder: (folder / "layout.toml").unlink(),
        "layout.toml",
        "is missing: it says what stands where",
    ),
    "a colour that is none": (
        put("bud.pass/design.toml", 'label = "rgb(60, 75, 68)"', 'label = "#3c4b44"'),
        "bud.pass/design.toml",
        'label = "#3c4b44" is no colour: write "rgb(243, 205, 208)"',
    ),
    "a colour beyond 255": (
        put("bud.pass/design.toml", "rgb(60, 75, 68)", "rgb(60, 75, 268)"),
        "bud.pass/design.toml",
        "each 0 to 255",
    ),
    "a style that there is not": (
        put("bud.pass/design.toml", "background", 'style = "boardingPass"\nbackground'),
        "bud.pass/design.toml",
        "boardingPass",
    ),
    "no icon": (
        lambda folder: (folder / "bud.pass/icon.png").unlink(),
        "bud.pass/icon.png",
        "a phone refuses the pass",
    ),
    "an icon of another size": (
        resized("icon@2x.png", "icon.png"),
        "bud.pass/icon@2x.png",
        "is 38×38; it must be 76×76",
    ),
    "a strip of another size": (resized("strip.png", "logo.png"), "bud.pass/strip.png", "it must be 375×144"),
    "a logo that is too large": (resized("logo.png", "strip.png"), "bud.pass/logo.png", "at most 160×50"),
    "an image that is none": (resized("logo.png", "design.toml"), "bud.pass/logo.png", "is no PNG"),
    "no card": (lambda folder: shutil.rmtree(folder / "bud.pass"), "", "holds no card"),
}

WARNINGS: dict[str, tuple[Change, str, str]] = {
    "a density that is missing": (
        lambda folder: (folder / "bud.pass/strip@3x.png").unlink(),
        "bud.pass/strip@3x.png",
        "is missing: draw it, 1125×432",
    ),
    "texts that few can read": (
        put("bud.pass/design.toml", "rgb(60, 75, 68)", "rgb(220, 180, 190)"),
        "bud.pass/design.toml",
        "label on background has a contrast of 1.3",
    ),
    "an image that nobody sees": (
        lambda folder: shutil.copy(folder / "bud.pass/icon.png", folder / "bud.pass/stripe.png"),
        "bud.pass/stripe.png",
        "shows icon.png, logo.png, strip.png alone",
    ),
    "a language folder that nobody gets": (
        lambda folder: (folder / "bud.pass/fr.lproj").mkdir(),
        "bud.pass/fr.lproj",
        "the languages are",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_file_and_nothing_is_printed(folder: Path, mistake: str) -> None:
    change, file, why = MISTAKES[mistake]

    change(folder)

    found = [each for each in check(folder) if not each.warning]
    assert [each for each in found if each.file == folder / file and why in each.reason], found
    with pytest.raises(BadDesign):
        load(folder)


@pytest.mark.parametrize("warning", WARNINGS)
def test_what_is_weak_is_warned_of_and_printed_all_the_same(folder: Path, warning: str) -> None:
    change, file, why = WARNINGS[warning]

    change(folder)

    (found,) = check(folder)
    assert (found.file, found.warning) == (folder / file, True)
    assert why in found.reason
    assert list(load(folder)) == ["bud"]


def test_our_own_designs_are_without_a_mistake() -> None:
    assert check(DESIGNS, ["bud", "blossom", "orchard"]) == []


def test_a_tier_that_nobody_has_drawn_is_warned_of(folder: Path) -> None:
    (found,) = check(folder, ["bud", "forest"])

    assert (found.file, found.warning) == (folder / "forest.pass", True)


def test_the_command_says_all_that_is_wrong_and_exits_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = parser().parse_args(["pass", "check", str(folder)])

    good = words.run(words)
    (folder / "bud.pass" / "icon.png").unlink()
    field("back", 'value = "{pionts}"')(folder)
    bad = words.run(words)

    said = capsys.readouterr().out.splitlines()
    assert (good, bad) == (0, 1)
    assert said[0] == f"{folder}: good"
    assert any(each.startswith(f"{folder / 'bud.pass' / 'icon.png'}: is missing") for each in said)
    assert said[-1] == f"{folder}: 2 mistakes, 0 warnings"


def test_the_command_explains_every_key_and_binding(capsys: pytest.CaptureFixture[str]) -> None:
    words = parser().parse_args(["pass", "check", "--explain"])

    words.run(words)

    said = capsys.readouterr().out
    assert [name for name in CATALOGUE if f"| `{{{name}}}` |" not in said] == []
    assert [key for key in (*FieldSpec.__struct_fields__, *Layout.__struct_fields__) if key not in said] == []
