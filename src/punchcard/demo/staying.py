"""After the story the town stays open: its addresses and keys, a tour for whoever is new, and each one-time code as it comes,
so that a browser and this terminal are all one needs."""

import asyncio
import json
import os
import re
import sys
import webbrowser
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import segno
from msgspec import Struct
from rich.console import Console
from rich.markup import escape

from .acts import Acts

LOOK_SECONDS = 0.25
QUIET_ZONE = 2
"""Modules of white around a code in the terminal: fewer than the standard's four, and every phone reads it."""


class Wishes(Struct, frozen=True):
    """What was asked for when the demo was started."""

    once: bool
    out: Path | None
    households: int
    host: str
    open: bool | None
    """True: open the browser, False: never, None: where somebody sits before a screen."""


class Letter(Struct, frozen=True):
    """A one-time code that came, and for whom."""

    to: str
    code: str


async def stay(acts: Acts, console: Console, wishes: Wishes) -> None:
    """Show the way in, then tell of every code until Ctrl-C."""
    stage = acts.stage
    card = (await acts.maya.get("/me/wallets"))["apple"].removesuffix("/card.pkpass")
    begins = stage.mailbox.stat().st_size if stage.mailbox.exists() else 0
    console.print("\n[bold]Still up[/bold]; Ctrl-C ends it.\n")
    for name, value in addresses(acts, card).items():
        console.print(f"  {name:<20} {escape(value)}", soft_wrap=True)
    if not is_here_alone(wishes.host):
        show_others_the_way(console, stage.url)
    console.print("\n[bold]A tour[/bold]")
    for number, step in enumerate(tour(stage.here, acts.nola.key), 1):
        console.print(f"  {number}  {escape(step)}", soft_wrap=True)
    console.print()
    if opens(wishes, console.is_terminal, has_screen(os.environ, sys.platform)):
        await open_pages(stage.here)
    elif wishes.open:
        console.print("No screen is to be found here: please open these addresses by hand.\n")
    async for letter in codes(stage.mailbox, begins):
        console.print(f"code for {escape(letter.to)}: [bold]{letter.code}[/bold]")


def addresses(acts: Acts, card: str) -> dict[str, str]:
    stage = acts.stage
    return {
        "the member's app": f"{stage.url}/app/",
        "the till": f"{stage.here}/till",
        "the API, to try": f"{stage.here}/docs",
        "Maya's card": card,
        "  its number": acts.card,
        "  sign in as": "maya@example.com (a code comes here)",
        "Nola's till's key": acts.nola.key,
        "the operator's key": acts.operator.key,
        "one-time codes": str(stage.mailbox),
        "logs": str(stage.folder),
    }


def tour(here: str, till_key: str) -> list[str]:
    return [
        f"Open the app: {here}/app/",
        "Join with any e-mail address, nothing is sent: the code appears here.",
        f"Open the till, in another window: {here}/till",
        f"Sign in with its key: {till_key}",
        "Hold the app's code before the camera, or type the number under it.",
        "Activate the offer in the app; add a flat white and sell it: the points arrive in the app, twice as many.",
    ]


def is_here_alone(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def show_others_the_way(console: Console, url: str) -> None:
    """The app's address as a code for a phone, and what that means."""
    app = f"{url}/app/"
    console.print("\n[bold]On a phone in the same network[/bold]")
    for line in code_lines(app):
        console.print(f"  [black on white]{line}[/black on white]", no_wrap=True, overflow="ignore", crop=False)
    console.print(f"  {app}", soft_wrap=True)
    console.print(
        "  [yellow]Everybody in this network can reach the demo as long as it is up.[/yellow] There is no https: a browser "
        "gives a page the camera and messages on this machine alone, so type the card's number at a till elsewhere."
    )


def code_lines(text: str) -> Iterator[str]:
    """A QR code, two rows of modules a line, to be shown black on white whatever the terminal's colours are."""
    rows = [bytes(row) for row in segno.make(text, micro=False).matrix_iter(border=QUIET_ZONE)]
    rows += [bytes(len(rows[0]))] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield "".join(" ▀▄█"[above + 2 * below] for above, below in zip(upper, lower, strict=True))


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    """Whether a browser could be seen."""
    return platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def opens(wishes: Wishes, is_terminal: bool, screen: bool) -> bool:
    return screen and not wishes.once and (is_terminal if wishes.open is None else wishes.open)


async def open_pages(here: str) -> None:
    """In the browser that this person uses; a browser that will not start is no reason to end."""
    for page in ("docs", "till", "app/"):
        await asyncio.to_thread(webbrowser.open, f"{here}/{page}")


async def codes(mailbox: Path, begins: int) -> AsyncIterator[Letter]:
    """Each one-time code that lands in the mailbox behind the byte where it `begins`."""
    while True:
        lines, begins = written_since(mailbox, begins)
        for line in lines:
            if letter := code_in(line):
                yield letter
        await asyncio.sleep(LOOK_SECONDS)


def written_since(mailbox: Path, begins: int) -> tuple[list[bytes], int]:
    """The whole lines behind that byte, and where the next one will begin."""
    if not mailbox.exists():
        return [], begins
    with mailbox.open("rb") as file:
        file.seek(begins)
        whole, newline, _ = file.read().rpartition(b"\n")
    return whole.splitlines() if newline else [], begins + len(whole) + len(newline)


def code_in(line: bytes) -> Letter | None:
    """The code of a letter that bears one in its subject and again in its text."""
    letter = json.loads(line)
    found = re.search(r"\b\d{6}\b", letter["subject"])
    if not found or found[0] not in letter["text"]:
        return None
    return Letter("".join(each if each.isprintable() else "?" for each in letter["to"]), found[0])
