"""Maya's story, from joining to a changed card, told step by step with what was expected and what was seen.

Time is an argument: the story's clock begins on the next quiet morning and runs ahead where an offer must end or a night
must pass, so that the story is right at whatever hour it is started."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from punchcard.foundation import database as databases
from punchcard.foundation.clock import DAY, Instant
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import IPhone
from punchcard.sandbox.server import serve
from punchcard.sandbox.webhooks import Receiver

from . import baskets, journey, street, town
from .acts import Acts
from .evidence import Evidence, write_lines
from .people import Caller, MemberApp, TillApp
from .promotions import STAYS_ON, this_afternoon
from .stage import PORT, NotReady, Stage, raised
from .staying import Wishes, stay

MORNING_HOUR = 10
DAYS_OF_STORY = 14


def play(wishes: Wishes, data_dir: Path) -> int:
    """Tell the story; 0 when every step was as expected. Stays up afterwards unless it was wished for once."""
    console = Console(highlight=False)
    if wishes.out:
        wishes.out.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(told(console, wishes, data_dir.absolute()))
    except NotReady as trouble:
        console.print(f"[red]✗[/red] {escape(str(trouble))}")
        return 1


async def told(console: Console, wishes: Wishes, data_dir: Path) -> int:
    evidence = Evidence(console)
    console.print("[bold]Punchcard[/bold] · raising PostgreSQL, Apple's and Google's stand-ins, API, worker …")
    began = time.monotonic()
    async with raised(data_dir / "demo", host=wishes.host, port=PORT) as stage:
        console.print(f"  ready after {time.monotonic() - began:.1f} s at {stage.url}")
        stage.clock.run_ahead(first_morning(stage.clock.now()) - stage.clock.now())
        keys = await merchants(stage)
        await the_street(stage, keys, wishes.households, evidence)
        merchant = Receiver("", stage.clock.now)
        async with serve(merchant.answer) as address:
            acts = await cast(stage, keys, evidence, merchant, address)
            try:
                for act in acts.all():
                    await act
                await the_audit(stage, evidence)
                if wishes.out:
                    await write_evidence(acts, wishes.out)
                return await farewell(acts, console, wishes)
            finally:
                await acts.close()


def first_morning(now: Instant) -> Instant:
    """The next day at ten, or the first of a month where the story would cross into another: challenges end with it."""
    here = datetime.fromtimestamp(now, ZoneInfo(town.ZONE)).replace(
        hour=MORNING_HOUR, minute=0, second=0, microsecond=0
    )
    start = here + timedelta(days=1)
    if (start + timedelta(days=DAYS_OF_STORY)).month != start.month:
        start = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return int(start.timestamp())


async def merchants(stage: Stage) -> town.Town:
    database = await databases.connect(str(stage.config.database_url), connections_max=2)
    try:
        return await town.settle(database, stage.clock.now() - 300 * DAY)
    finally:
        await database.close()


async def the_street(stage: Stage, keys: town.Town, households: int, evidence: Evidence) -> None:
    evidence.chapter("The street on ordinary days")
    if not households or not journey.installed():
        evidence.console.print("  [dim]no real baskets: install the extra 'journey', or ask for households[/dim]")
        return
    played = await asyncio.to_thread(baskets.load, households, stage.clock.now(), town.ZONE)
    expected = {"households": households, "sales": len(played), "members_with_points": households}
    await evidence.step(
        f"The last eight weeks of {households} real households, through the till's HTTP API",
        expected,
        lambda: street.ring_up(stage, keys.till_keys, played, evidence.console),
    )


async def cast(stage: Stage, keys: town.Town, evidence: Evidence, merchant: Receiver, merchant_url: str) -> Acts:
    operator = Caller(stage.url, keys.operator_key)
    opened = await operator.post("/console/shops/nola-1/tills", {"name": "Till 2"})
    return Acts(
        stage=stage,
        evidence=evidence,
        maya=MemberApp(stage.url),
        operator=operator,
        nola=TillApp(stage.url, keys.till_keys["nola"]),
        second_till=TillApp(stage.url, opened["key"]),
        rayhan=TillApp(stage.url, keys.till_keys["rayhan"]),
        iphone=IPhone(stage.apns, stage.authority.root, http_allowed=True),
        android=Android(stage.google),
        merchant=merchant,
        merchant_url=merchant_url,
    )


async def the_audit(stage: Stage, evidence: Evidence) -> None:
    await evidence.step(
        "punchcard audit replays every member and proves every ledger",
        {"exit": 0, "says": "every invariant holds"},
        lambda: asyncio.to_thread(audited, stage),
    )


def audited(stage: Stage) -> dict[str, Any]:
    said = subprocess.run(
        [sys.executable, "-m", "punchcard", "audit"],
        env={**os.environ, **stage.variables},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (said.stdout + said.stderr).strip().splitlines()
    return {"exit": said.returncode, "says": lines[-1] if lines else ""}


async def write_evidence(acts: Acts, out: Path) -> None:
    """Everything that somebody else may want to check with tools of their own."""
    stage = acts.stage
    (out / "authority.pem").write_bytes(stage.authority.root.read_bytes())
    (out / "card-before.pkpass").write_bytes(acts.card_before)
    (out / "card-after.pkpass").write_bytes(acts.iphone.card.package if acts.iphone.card else b"")
    (out / "save-link.txt").write_text(acts.save_link + "\n")
    write_lines(out / "google.jsonl", stage.google.wallet.requests)
    write_lines(out / "fcm.jsonl", stage.google.fcm.requests)
    write_lines(out / "web.jsonl", stage.web.requests)
    for name, drawn in acts.pictures.items():
        (out / name).write_text(drawn)
    openapi = await acts.maya.http.get("/docs/openapi.json")
    (out / "openapi.json").write_bytes(openapi.content)
    acts.evidence.write(out)


async def farewell(acts: Acts, console: Console, wishes: Wishes) -> int:
    failed = acts.evidence.failed
    steps = len(acts.evidence.steps)
    console.print(f"\n[bold]{steps - len(failed)} of {steps} steps were as expected.[/bold]")
    for step in failed:
        console.print(f"  [red]✗[/red] {step.name}")
    if wishes.out:
        console.print(f"Evidence in {wishes.out}")
    if not wishes.once:
        await acts.operator.put(f"/console/offers/{STAYS_ON}", this_afternoon(acts.stage.clock.now()))
        with contextlib.suppress(asyncio.CancelledError):  # Ctrl-C
            await stay(acts, console, wishes)
        console.print("\nGood-bye.")
    return 1 if failed else 0
