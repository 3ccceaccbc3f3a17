"""Images of a design from its colours: a new tier takes two lines, a partner a hue; every size as Apple wants it."""

import io
import shutil
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from punchcard.passes import apple
from punchcard.passes.apple.design import BadDesign
from punchcard.passes.apple.painting_colours import Colour, luminance, oklch, ramp, rgb

from .apple import DESIGNS

AT_2X_MAX = 60_000
GROVE = """
background = "rgb(24, 52, 84)"
foreground = "rgb(240, 246, 252)"
label = "rgb(190, 208, 226)"

[paint]
gradient = ["rgb(38, 74, 112)", "rgb(14, 34, 58)"]
tint = ["rgb(8, 20, 36)", "rgb(70, 120, 160)", "rgb(150, 196, 224)", "rgb(236, 248, 255)"]
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A designs folder with the house's art and a new tier that has nothing but its colours."""
    folder = tmp_path_factory.mktemp("designs")
    shutil.copytree(DESIGNS / "art", folder / "art")
    for name in ("layout.toml", "strings.toml", "card.toml"):
        shutil.copy(DESIGNS / name, folder / name)
    (folder / "grove.pass").mkdir()
    (folder / "grove.pass" / "design.toml").write_text(GROVE)
    (folder / "partners" / "nola").mkdir(parents=True)
    (folder / "partners" / "nola" / "paint.toml").write_text('hue = 40\nart = "../../art/cup.png"\nsoft = ""\n')
    apple.paint(folder)
    return folder


def opened(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes())).convert("RGBA")


def dot(image: Image.Image, x: int, y: int) -> Colour:
    red, green, blue, opacity = image.crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue, opacity


def near(one: Colour, other: Colour, most: int) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < most


def test_a_new_tier_takes_two_lines_of_colours(studio: Path):
    assert [str(each) for each in apple.check(studio)] == []
    assert set(apple.desk(studio).designs) == {"grove"}


@pytest.mark.parametrize("density, suffix", [(1, ""), (2, "@2x"), (3, "@3x")])
def test_every_density_has_its_size(studio: Path, density: int, suffix: str):
    tier = studio / "grove.pass"

    assert opened(tier / f"strip{suffix}.png").size == (375 * density, 144 * density)
    assert opened(tier / f"icon{suffix}.png").size == (38 * density, 38 * density)
    for folder in (tier, tier / "he.lproj", tier / "ar.lproj", tier / "ru.lproj"):
        wide, high = opened(folder / f"logo{suffix}.png").size
        assert high == 50 * density and wide <= 160 * density


def test_a_line_from_the_right_has_the_art_on_its_left(studio: Path):
    left, right = opened(studio / "grove.pass" / "strip.png"), opened(studio / "grove.pass" / "he.lproj" / "strip.png")

    assert right.transpose(Image.Transpose.FLIP_LEFT_RIGHT).tobytes() == left.tobytes()


def test_the_art_takes_the_tiers_tones_and_the_ground_its_gradient(studio: Path):
    strip = opened(studio / "grove.pass" / "strip@3x.png")
    seen = {dot(strip, x, y) for x in range(0, 1125, 5) for y in range(0, 432, 5)}

    assert not [colour for colour in seen if colour[0] > colour[2] + 12], "nothing of the pink is left"
    assert near(dot(strip, 1, 1), rgb("rgb(38, 74, 112)"), 8)
    assert near(dot(strip, 700, 431), rgb("rgb(14, 34, 58)"), 8)


def test_a_partners_strip_lets_the_tiers_ground_through_and_wears_its_hue(studio: Path):
    partner = studio / "partners" / "nola"
    strip = opened(partner / "strip@3x.png")

    assert dot(strip, 10, 200)[3] == 0
    plate = dot(strip, 620, 216)
    assert near(plate, oklch(0.55, 0.09, 40), 8)
    assert not (partner / "icon.png").exists() and (partner / "he.lproj" / "strip@2x.png").exists()


def test_the_same_colours_give_the_same_bytes(studio: Path):
    partner = studio / "partners" / "nola"
    before = {each: each.read_bytes() for each in partner.rglob("*.png")}

    apple.paint(partner)

    assert {each: each.read_bytes() for each in partner.rglob("*.png")} == before


@pytest.mark.parametrize("folder", ["bud.pass", "blossom.pass", "orchard.pass", *("partners/nola", "partners/miro")])
def test_what_the_house_ships_is_light(folder: str):
    sizes = {each: each.stat().st_size for each in (DESIGNS / folder).rglob("*@2x.png")}

    assert sizes and max(sizes.values()) < AT_2X_MAX


def test_every_partner_of_the_story_has_a_strip():
    from punchcard.demo.town import PARTNERS

    for partner in PARTNERS:
        how = tomllib.loads((DESIGNS / "partners" / partner.id / "paint.toml").read_text())
        assert (how["hue"], how["chroma"]) == (partner.hue, partner.chroma)


@pytest.mark.parametrize(
    "written, why",
    [
        ('background = "red"\nforeground = "rgb(0, 0, 0)"\nlabel = "rgb(0, 0, 0)"\n[paint]', "no colour"),
        (GROVE + 'art = "../art/none.png"', "none.png"),
        (GROVE + "shade = 1", "shade"),
        (GROVE + "gradient = 1", "design.toml"),
        (GROVE.replace("112)", "300)"), "rgb(38, 74, 300)"),
    ],
)
def test_what_cannot_be_painted_is_named_with_its_file(studio: Path, tmp_path: Path, written: str, why: str):
    tier = tmp_path / "odd.pass"
    tier.mkdir()
    (tmp_path / "art").symlink_to(studio / "art")
    (tier / "design.toml").write_text(written)

    with pytest.raises(BadDesign, match=r"odd\.pass|none\.png") as refused:
        apple.paint(tier)
    assert why in str(refused.value)


def test_a_folder_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(BadDesign, match="no folder"):
        apple.paint(tmp_path / "nowhere")


def test_colours_are_those_of_the_style_sheet():
    assert oklch(1, 0, 0) == (255, 255, 255, 255) and oklch(0, 0, 0) == (0, 0, 0, 255)
    assert oklch(0.6279, 0.2577, 29.23)[:3] == pytest.approx((255, 0, 0), abs=3)
    assert luminance(oklch(0.55, 0.4, 150)) == pytest.approx(luminance(oklch(0.55, 0.1, 150)), abs=0.06)
    assert ramp((rgb("rgb(0, 0, 0)"), rgb("rgb(100, 200, 50)")), 3)[1] == (50, 100, 25, 255)
    assert ramp((rgb("rgb(1, 2, 3)"),), 2) == [(1, 2, 3, 255)] * 2
