"""Passes as pictures: `punchcard pass preview` draws what a phone would show, `punchcard pass paint` makes a design's images."""

import argparse
import asyncio
import os
from html import escape
from pathlib import Path
from typing import Any

from punchcard.foundation import settings
from punchcard.foundation.locale import LANGUAGES, RIGHT_TO_LEFT
from punchcard.foundation.settings import BadSettings, Settings

from .ground import migrated, opened, standing_database

PREVIEW = """\
Close to what an iPhone shows, front and back beside each other, as one SVG that any browser opens. CARD is a member's card as its
holder reads it. --design draws a folder such as passes/blossom.pass with a sample card, without database or certificate;
--all draws every design in every language into a folder, with a page that shows them side by side."""

PAINT = """\
DIR is a design (passes/blossom.pass), a partner's folder (passes/partners/nola) or all of them (passes). How it is painted
stands in [paint] of design.toml, or in the partner's paint.toml; the layers that a designer drew lie in passes/art."""


def preview(words: argparse.Namespace) -> int:
    """`punchcard pass preview`."""
    if sum(map(bool, (words.card, words.design, words.all))) != 1:
        raise BadSettings("say what to draw: a card, --design DIR or --all")
    if words.all:
        sheet = draw_all(settings.read(os.environ).designs_dir, words.out or Path("previews"))
        print(f"{sheet}: every design in every language")
        return 0
    if words.design:
        drawn = draw_design(words.design, words.language or "en")
    else:
        with standing_database() as config:
            asyncio.run(migrated(config))
            drawn = asyncio.run(draw_card(config, words.card, words.language))
    out = words.out or Path("card.svg")
    written(out, drawn)
    print(out)
    return 0


def draw_design(folder: Path, language: str) -> str:
    from punchcard import passes
    from punchcard.foundation.clock import Clock

    folder = folder.resolve()
    return passes.apple.sample(passes.apple.desk(folder.parent), folder.stem, language, Clock().now())


async def draw_card(config: Settings, card: str, language: str | None) -> str:
    from punchcard import passes

    async with opened(config) as (database, at), database.transaction() as db:
        return await passes.apple.card_picture(db, config, card, language, at)


def draw_all(designs: Path, folder: Path) -> Path:
    """Every design × language, and a page with all; its path."""
    from punchcard import passes
    from punchcard.foundation.clock import Clock

    making, at = passes.apple.desk(designs), Clock().now()
    for name in making.designs:
        for language in LANGUAGES:
            written(folder / f"{name}.{language}.svg", passes.apple.sample(making, name, language, at))
    written(folder / "index.html", contact_sheet(list(making.designs)))
    return folder / "index.html"


def contact_sheet(names: list[str]) -> str:
    def shown(name: str, language: str) -> str:
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        source = escape(f"{name}.{language}.svg")
        return f'<figure dir="{direction}"><img src="{source}" alt="{source}" loading="lazy"></figure>'

    rows = "".join(
        f"<h2>{escape(name)}</h2><div>{''.join(shown(name, language) for language in LANGUAGES)}</div>"
        for name in names
    )
    style = "body{background:#dfe3e6;font-family:system-ui;margin:2rem}div{display:flex;flex-wrap:wrap}figure{margin:0}"
    return f"<!doctype html><meta charset=utf-8><title>Passes</title><style>{style}img{{width:592px}}</style>{rows}"


def written(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    except OSError as error:
        raise BadSettings(f"{path}: {error}") from None


def paint(words: argparse.Namespace) -> int:
    """`punchcard pass paint`."""
    from punchcard import passes

    made = passes.apple.paint(words.folder)
    print(f"{words.folder}: {len(made)} images, {sum(each.stat().st_size for each in made) / 1000:.0f} kB")
    return 0


PREVIEW_COMMANDS = (
    ("pass preview", preview, "Draw a pass as a phone shows it: a member's card, a design, or all of them.", PREVIEW),
    ("pass paint", paint, "Make a design's images at every density from its colours and a designer's layers.", PAINT),
)

PREVIEW_ARGUMENTS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "pass preview": (
        ("card", {"nargs": "?", "metavar": "CARD", "help": "a member's card: 7QK4-M2XV-…, in groups or not"}),
        ("--design", {"type": Path, "metavar": "DIR", "help": "this design with a sample card"}),
        ("--all", {"action": "store_true", "help": "every design in every language, into a folder"}),
        ("--language", {"choices": LANGUAGES, "help": "the phone's (default: the member's; of a design English)"}),
        ("--out", {"type": Path, "metavar": "PATH", "help": "default card.svg; with --all a folder, previews"}),
    ),
    "pass paint": (
        ("folder", {"type": Path, "metavar": "DIR", "help": "a design, a partner's folder, or all of them"}),
    ),
}
