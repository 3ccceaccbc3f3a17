"""The painter's hand: layers composed at 3x with Pillow, scaled down, and cut to 256 colours so that a pass stays light."""

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageOps

from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT

from .images import BadDesign
from .painting import Painted
from .painting_colours import Colour, luminance, ramp

DENSITIES = {3: "@3x", 2: "@2x", 1: ""}
STRIP, ICON, LOGO_HIGH, LOGO_MOST = (1125, 432), 114, 150, 480
LOW = (0, 69, 1125, 363)
"""What is kept of an event ticket's strip."""
MARK_IN_ICON = 0.72
SOFT_ON_DARK, SOFT_ON_LIGHT, SOFT_ON_ANY = 0.05, 0.28, 0.07
LIGHT_FROM = 0.5
PLATE, WIDER = 276, 348
COLOURS = 256


def images(painted: Painted) -> Iterator[tuple[Path, bytes]]:
    """Every image of this folder by its path."""
    for file, strip in in_densities("strip", strip_of(painted)):
        yield painted.folder / file, png(strip)
        mirrored = png(ImageOps.mirror(strip))
        for language in sorted(RIGHT_TO_LEFT):
            yield painted.folder / f"{language}.lproj" / file, mirrored
    if painted.background and painted.mark:
        for file, icon in in_densities("icon", icon_of(painted, painted.background, painted.mark)):
            yield painted.folder / file, png(icon)
        for language in LANGUAGES:
            folder = painted.folder if language == "en" else painted.folder / f"{language}.lproj"
            logo = logo_of(painted, language)
            for file, each in in_densities("logo", logo) if logo else ():
                yield folder / file, png(each)


def strip_of(painted: Painted) -> Image.Image:
    """The ground, a pale shape where the text stands, and the art at the end side of a line from the left."""
    how = painted.paint
    strip = ground_of(painted.ground)
    if how.soft:
        soft = placed(opened(painted.folder, how.soft), 0, at_end=False)
        opacity = how.soft_opacity if how.soft_opacity is not None else softness(painted.ground)
        strip.alpha_composite(faded(soft, opacity))
    if how.art:
        art = opened(painted.folder, how.art)
        if painted.plate:
            plates(strip, STRIP[0] - art.width // 2 + 3 * how.overhang, painted.plate)
        art = tinted(art, painted.tint) if painted.tint else art
        strip.alpha_composite(placed(art, 3 * how.overhang, at_end=True))
    return strip.crop(LOW) if painted.is_low else strip


def plates(strip: Image.Image, middle: int, colour: Colour) -> None:
    """Two discs below the art, the wider one pale: everything on the table is round."""
    for radius, opacity in ((WIDER, 0.4), (PLATE, 1.0)):
        disc = Image.new("L", (4 * radius, 4 * radius))
        ImageDraw.Draw(disc).ellipse((0, 0, 4 * radius - 1, 4 * radius - 1), fill=round(255 * opacity))
        layer = Image.new("RGBA", STRIP, colour)
        mask = Image.new("L", STRIP)
        mask.paste(
            disc.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS), (middle - radius, STRIP[1] // 2 - radius)
        )
        layer.putalpha(mask)
        strip.alpha_composite(layer)


def faded(layer: Image.Image, opacity: float) -> Image.Image:
    made = layer.copy()
    made.putalpha(layer.getchannel("A").point(lambda alpha: round(alpha * opacity)))
    return made


def softness(ground: tuple[Colour, ...]) -> float:
    if not ground or ground[0][3] < 255:
        return SOFT_ON_ANY
    return SOFT_ON_LIGHT if luminance(ground[0]) > LIGHT_FROM else SOFT_ON_DARK


def ground_of(stops: tuple[Colour, ...]) -> Image.Image:
    """Even across: a gradient to the side would cost twice the bytes."""
    if not stops:
        return Image.new("RGBA", STRIP)
    column = Image.new("RGBA", (1, STRIP[1]))
    for y, colour in enumerate(ramp(stops, STRIP[1])):
        column.putpixel((0, y), colour)
    return column.resize(STRIP)


def placed(layer: Image.Image, overhang: int, *, at_end: bool) -> Image.Image:
    """The layer on a sheet of the strip's size: in the middle of its height, at one side."""
    if layer.size == STRIP:
        return layer
    sheet = Image.new("RGBA", STRIP)
    x = STRIP[0] - layer.width + overhang if at_end else -overhang
    sheet.paste(layer, (x, (STRIP[1] - layer.height) // 2))
    return sheet


def tinted(layer: Image.Image, tones: tuple[Colour, ...]) -> Image.Image:
    """The layer's own light and shade in these tones: its darkest spot takes the first, its lightest the last."""
    alpha = layer.getchannel("A")
    shade = ImageOps.autocontrast(layer.convert("L"), mask=alpha)
    table = ramp(tones, 256)
    parts = [shade.point([colour[part] for colour in table]) for part in range(3)]
    return Image.merge("RGBA", [*parts, alpha])


def filled(shape: Image.Image, colour: Colour) -> Image.Image:
    """The shape of a layer in one colour."""
    made = Image.new("RGBA", shape.size, colour)
    made.putalpha(ImageChops.multiply(shape.getchannel("A"), made.getchannel("A")))
    return made


def icon_of(painted: Painted, background: Colour, mark: Colour) -> Image.Image:
    """The programme's own, else the mark on the card's colour; the phone rounds the corners."""
    if (painted.folder / "../art/icon.png").exists():
        return ImageOps.fit(opened(painted.folder, "../art/icon.png"), (ICON, ICON), Image.Resampling.LANCZOS)
    icon = Image.new("RGBA", (ICON, ICON), background)
    shape = opened(painted.folder, "../art/mark.png")
    shape = shape.crop(shape.getbbox())
    side = round(ICON * MARK_IN_ICON)
    shape = ImageOps.contain(shape, (side, side), Image.Resampling.LANCZOS)
    icon.alpha_composite(filled(shape, mark), ((ICON - shape.width) // 2, (ICON - shape.height) // 2))
    return icon


def logo_of(painted: Painted, language: str) -> Image.Image | None:
    """Mark and word in reading order; none where nobody drew this language's word."""
    own = "../art/word.png" if language == "en" else f"../art/{language}.lproj/word.png"
    if not (painted.folder / own).exists() or not painted.mark or not painted.foreground:
        return None
    mark = filled(opened(painted.folder, "../art/mark.png"), painted.mark)
    word = filled(opened(painted.folder, own), painted.foreground)
    pair = [word, turned(mark)] if language in RIGHT_TO_LEFT else [mark, word]
    logo = Image.new("RGBA", (sum(each.width for each in pair), LOGO_HIGH))
    logo.paste(pair[0], (0, 0))
    logo.paste(pair[1], (pair[0].width, 0))
    if logo.width > LOGO_MOST:
        raise BadDesign(f"{painted.folder / own}: mark and word are {logo.width} wide together; at most {LOGO_MOST}")
    return logo


def turned(mark: Image.Image) -> Image.Image:
    """The same mark with its margins exchanged: what was before it is behind it."""
    left, _, right, _ = mark.getbbox() or (0, 0, mark.width, 0)
    made = Image.new("RGBA", mark.size)
    made.paste(mark.crop((left, 0, right, mark.height)), (mark.width - right, 0))
    return made


def opened(folder: Path, name: str) -> Image.Image:
    path = (folder / name).resolve()
    try:
        with Image.open(path, formats=["PNG"]) as found:
            return found.convert("RGBA")
    except OSError as error:
        raise BadDesign(f"{path}: {error}") from None


def in_densities(name: str, image: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """The image at each density under its file's name."""
    for density, suffix in DENSITIES.items():
        size = (round(image.width * density / 3), round(image.height * density / 3))
        scaled = image if density == 3 else image.resize(size, Image.Resampling.LANCZOS)
        yield f"{name}{suffix}.png", few(scaled)


def few(image: Image.Image) -> Image.Image:
    """In at most 256 colours; without transparency where there is none."""
    if image.getchannel("A").getextrema()[0] == 255:
        return image.convert("RGB").quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    return image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()
