"""The house rules about what browsers load: modules that fit in the eye, words that exist and are used, drawings that exist,
style sheets that work in both directions, and libraries that are the ones which were released."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from punchcard.foundation.locale import WORDS
from punchcard.surfaces.web import catalogue, static

FOLDER = static.FOLDER
VENDOR = FOLDER / "vendor"
FOLDERS = {"app": ("core", "app"), "till": ("core", "till")}
"""The modules that each face is made of."""
MODULES = sorted(each for folder in ("core", "app", "till") for each in (FOLDER / folder).glob("*.js"))
SHEETS = sorted(FOLDER.glob("*.css"))
LINES_MAX = 300
WORD = re.compile(r"\b(?:t|text|has)\(\s*(?:'([\w.-]+)'|`([\w.-]+)\$\{)")
BEGUN = re.compile(r"`([a-z]+\.[a-z0-9-]+-)\$\{")
QUOTED = re.compile(r"'([a-z]+\.[a-z0-9-]+)'")
ICON = re.compile(r"\bicon\(\s*(?:'([\w-]+)'|([^)]*))")
FORBIDDEN = {
    "innerHTML": "text becomes markup",
    "outerHTML": "text becomes markup",
    "insertAdjacentHTML": "text becomes markup",
    "dangerouslySetInnerHTML": "text becomes markup",
    "document.write": "text becomes markup",
    "eval(": "text becomes a program",
    "new Function": "text becomes a program",
    "console.log": "left behind",
    "alert(": "nobody can style or translate it",
}
PHYSICAL = re.compile(
    r"(?<![\w-])(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)"
)
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
each_sheet = pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)


@each_module
def test_a_module_fits_in_the_eye(path: Path):
    lines = path.read_text().splitlines()

    assert len(lines) <= LINES_MAX
    assert lines[0].startswith("// "), "its first line says what it is"


@each_module
def test_no_text_becomes_markup_or_a_program(path: Path):
    text = path.read_text()

    assert {name: why for name, why in FORBIDDEN.items() if name in text} == {}
    assert not re.search(r"<[a-z]+[^>]*\sstyle=[\"'][^$]", text), "the policy lets no style stand in the markup"


def words_of(face: str) -> set[str]:
    return {key for key, _ in catalogue.rows_of(face)}


def asked_by(face: str) -> tuple[set[str], set[str]]:
    """The keys that the face's modules name, and the beginnings of those that they put together."""
    text = "\n".join(path.read_text() for path in MODULES if path.parent.name in FOLDERS[face])
    found = WORD.findall(text)
    families = {path.stem for path in MODULES} | {key.partition(".")[0] for key in words_of(face)}
    quoted = {f"{key}\0" for key in QUOTED.findall(text) if key.partition(".")[0] in families}
    begun = {begun for _, begun in found if begun} | set(BEGUN.findall(text))
    return {whole for whole, _ in found if whole}, begun | quoted


@pytest.mark.parametrize("face", FOLDERS)
def test_every_text_that_a_module_asks_for_is_written(face: str):
    whole, begun = asked_by(face)
    known = words_of(face)

    assert sorted(whole - known) == []
    assert (
        sorted(each for each in begun if not each.endswith("\0") and not any(key.startswith(each) for key in known))
        == []
    )


@pytest.mark.parametrize("face", FOLDERS)
def test_every_text_is_asked_for(face: str):
    whole, begun = asked_by(face)
    mine = {key for key in words_of(face) if face_of(key, face)}

    unused = {
        key
        for key in mine
        if key not in whole and f"{key}\0" not in begun and not any(key.startswith(each) for each in begun)
    }
    assert sorted(unused) == []


def face_of(key: str, face: str) -> bool:
    """Whether the row is this face's alone; what both may say need not be said by each."""
    shared = {each.stem.removeprefix("web_") for each in WORDS.glob("web_*.toml")}
    return key.partition(".")[0] not in shared


def symbols() -> set[str]:
    file = re.findall(r'<symbol[^>]*\bid="([\w-]+)"', (FOLDER / "icons.svg").read_text())
    page = re.findall(r"^  '([\w-]+)': 'M", (FOLDER / "core/around.js").read_text(), re.M)
    assert page and not set(file) & set(page), "an icon is drawn in one place"
    return {*file, *page}


@each_module
def test_every_icon_that_is_named_is_drawn(path: Path):
    named = {name for name, _ in ICON.findall(path.read_text()) if name}

    assert sorted(named - symbols()) == []


def test_every_icon_that_is_drawn_is_used():
    """By its name, or beside `-fill` of a name: what nobody shows, nobody shall load."""
    text = "\n".join(path.read_text() for path in MODULES if path.name != "around.js")
    text += "\n".join(path.read_text() for path in Path("src/punchcard").rglob("*.toml"))

    assert (
        sorted(name for name in symbols() if not re.search(rf"['\"]{name.removesuffix('-fill')}(-fill)?['\"]", text))
        == []
    )


@each_sheet
def test_a_style_sheet_knows_no_left_and_right(path: Path):
    assert PHYSICAL.findall(path.read_text()) == []


@pytest.mark.parametrize("folder", [VENDOR], ids=["vendor"])
def test_what_others_wrote_is_what_they_released(folder: Path):
    papers = json.loads((folder / "vendor.json").read_text())
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.suffix in (".js", ".wasm")
    }
    licences = (folder / "LICENCES.txt").read_text()

    assert found == papers["sha256"]
    for package in papers["packages"]:
        assert f"{package['name']} {package['version']} ({package['licence']})" in licences
