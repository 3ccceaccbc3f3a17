"""For whoever helps members: what a card shows right now, and a leaked one made void."""

import argparse
import asyncio
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from punchcard.foundation.settings import Settings

from .ground import migrated, opened, standing_database

if TYPE_CHECKING:
    from punchcard.passes import CardNow, Voided

WIDTH_PIPED = 140


def show_card(words: argparse.Namespace) -> int:
    """`punchcard pass show`."""
    with standing_database() as config:
        asyncio.run(migrated(config))
        found = asyncio.run(looked(config, words.card))
    if words.json:
        print(msgspec.json.encode(found).decode())
    else:
        draw(found)
    return 0


async def looked(config: Settings, card: str) -> "CardNow":
    from punchcard import passes

    async with opened(config) as (database, at), database.transaction() as db:
        return await passes.card_now(db, card, at)


def draw(found: "CardNow") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.width = console.width if console.is_terminal else WIDTH_PIPED
    should = found.should_say
    replaced = "" if found.named_card_counts else "; the card that was named has been replaced"
    console.print(f"Member {found.member_id}, card …{found.card_ends}{replaced}", markup=False)
    void = ", and is void" if should.void else ""
    offer = f", offer {should.offer}" if should.offer else ""
    console.print(
        f"The card should say {should.points} points, {should.tier}{offer}{void}. The app does.", markup=False
    )
    table = Table(box=None, pad_edge=False)
    for name in ("where", "version", "says", "since", "pushed", "asked", "behind since"):
        table.add_column(name, overflow="fold")
    for row in rows(found):
        table.add_row(*row)
    console.print(table)


def rows(found: "CardNow") -> list[tuple[str, ...]]:
    """One line for each pass and each phone that holds it, and one for Google."""
    made: list[tuple[str, ...]] = []
    for each in found.apple.passes:
        name = (each.subject or "card") + (f", void since {when(each.voided_at)}" if each.voided_at else "")
        made.append((f"Apple: {name}", str(each.version), "", when(each.changed_at), "", "", ""))
        for device in each.devices:
            pushed = f"{when(device.pushed_at)} {device.push_answer}".strip()
            repairs = f" ({device.repairs} repairs)" if device.repairs and device.behind_since else ""
            version = "?" if device.version is None else str(device.version)
            since, asked = when(device.version_at), when(device.asked_at)
            behind = when(device.behind_since) + repairs
            made.append((f"  {device.device}", version, said(device.says), since, pushed, asked, behind))
    if not found.apple.passes:
        made.append(("Apple", "", "never added", "", "", "", ""))
    if line := found.google:
        holder = "held by somebody" if line.held else "held by nobody, as far as we heard"
        points = (line.says or {}).get("loyaltyPoints", {}).get("balance", {}).get("int")
        says = "unknown" if line.says is None else f"{points} points"
        waits = f"{when(line.waits_until)} {line.waits_for}".strip()
        made.append((f"Google: {holder}", "", says, when(line.sent_at), "", "", waits))
    else:
        made.append(("Google", "", "never added", "", "", "", ""))
    return made


def said(shown: dict[str, Any] | None) -> str:
    if not shown:
        return "not known"
    if shown.get("void"):
        return "void"
    parts = [f"{shown.get('points')} points", shown.get("tier"), shown.get("offer"), shown.get("ticket")]
    return ", ".join(str(part) for part in parts if part)


def when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def a_reason(text: str) -> str:
    """Words that still say something to those who ask later, as the console asks for them."""
    if not 3 <= len(text.strip()) <= 200:
        raise argparse.ArgumentTypeError("say why in 3 to 200 characters")
    return text.strip()


def void_card(words: argparse.Namespace) -> int:
    """`punchcard pass void`."""
    with standing_database() as config:
        asyncio.run(migrated(config))
        done = asyncio.run(voided(config, words.card, words.because))
    if done.was_void:
        print(f"This card was made void on {when(done.replaced_at)} already. Nothing was done now.")
    else:
        print("The card is void: its code sells no more, phones that hold it are told. The member keeps the balance.")
    print(f"The member, and nobody else, finds the new card here for a day:\n{done.card_page}", flush=True)
    print("A worker must run for phones to be told.", file=sys.stderr)
    return 0


async def voided(config: Settings, card: str, because: str) -> "Voided":
    from punchcard import passes
    from punchcard.foundation import news
    from punchcard.reactions import REACTIONS

    news.install(REACTIONS)
    async with opened(config) as (database, at), database.transaction() as db:
        return await passes.void(db, config, card, because, at)
