"""A changed design reaches every card that is out: member after member, with at most so many handed on at a time, below
everything that somebody waits for. It can be paused, goes on after any crash where it was, and a newer design begins anew.

Each run is a row in the outbox about itself, which comes back each second until the run is over; a card is one row of a
level, so that whoever changes meanwhile goes out once. What was handed on before a pause or a stop still goes out."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Done, Due, NotBefore, Settled, Task
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings

from . import redesign_sql as sql
from .designs import fingerprint
from .google.classes import hears_of_saves
from .redesign_model import WALLETS, Run, RunIsOver, State, Wallet
from .redesign_sql import Cards, Holder

REACTION = "passes.redesign"
LOOK = f"{REACTION}/look"
NOBODY = UUID(int=0)
BULK = {"apple": Due("passes.apple/bulk", "*"), "google": Due("passes.google/bulk")}
"""What is handed on for a member. At Apple the key says that tickets are meant, too."""
STATE_AFTER: dict[str, State] = {"pause": "paused", "resume": "running", "stop": "stopped"}
AHEAD_MAX = 400
"""Cards that were handed on and are not done, at most."""
LOOKED_AT_ONCE = 4000
STEP_SECONDS = 1


async def watch(database: Database, at: Instant) -> int:
    """Each minute: let the designs folder be looked at, and each run that should be going go."""
    async with database.transaction() as db:
        await outbox.put(db, NOBODY, [Due(LOOK)], at)
        for wallet in WALLETS:
            run = await sql.latest(db, wallet)
            if run and run.state == "running":
                await outbox.put(db, run.id, [Due(REACTION)], at)
    return 0


async def work(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """The reactions `passes.redesign` (a step of each run) and `passes.redesign/look`."""
    if tasks[0].reaction == LOOK:
        return [await look(world, task, at) for task in tasks]
    return [await step(world, task, at) for task in tasks]


async def look(world: World, task: Task, at: Instant) -> Settled:
    """When the designs folder is another than that of the last run, and the same as a minute ago, a run begins."""
    found = await asyncio.to_thread(fingerprint, world.settings.designs_dir)
    async with world.database.transaction() as db:
        await sql.hold_beginnings(db)
        before = await sql.last_look(db)
        await sql.looked(db, found, at)
        for wallet in set_up(world.settings):
            latest = await sql.latest(db, wallet)
            if latest is None or (latest.design_hash != found and before == found):
                await begin(db, world.settings, wallet, found, latest, at)
    return Done(task)


def set_up(settings: Settings) -> list[Wallet]:
    google = bool(settings.google_service_account and settings.google_issuer_id)
    apple = bool(settings.apple_certificate)
    return [wallet for wallet in WALLETS if (google if wallet == "google" else apple)]


async def start(db: Connection, settings: Settings, wallets: Sequence[Wallet], at: Instant) -> list[Run]:
    """Begin a run for these wallets even if nothing changed; one that is open for the same design stays and goes on."""
    found = await asyncio.to_thread(fingerprint, settings.designs_dir)
    await sql.hold_beginnings(db)
    runs = []
    for wallet in wallets:
        latest = await sql.latest(db, wallet)
        if latest and latest.is_open and latest.design_hash == found:
            runs.append(await turned(db, latest.id, "running", at))
        else:
            runs.append(await begin(db, settings, wallet, found, latest, at))
    return runs


async def begin(
    db: Connection, settings: Settings, wallet: Wallet, design_hash: bytes, latest: Run | None, at: Instant
) -> Run:
    """A new run from the first member on. It supersedes an open one, and is paused if that was."""
    state: State = "running"
    if latest and latest.is_open:
        state = latest.state
        await sql.turn(db, latest.id, "superseded", at, at)
    cards = await counted(db, settings, wallet)
    if not cards.total:
        state = "finished"
    run = Run(
        id=new_id(),
        wallet=wallet,
        design_hash=design_hash,
        state=state,
        total=cards.total,
        held=cards.held,
        stepped_at=at,
        began_at=at,
        ended_at=None if cards.total else at,
    )
    await sql.keep(db, run)
    if state == "running":
        await outbox.put(db, run.id, [Due(REACTION)], at)
    return run


async def counted(db: Connection, settings: Settings, wallet: Wallet) -> Cards:
    if wallet == "google":
        return await sql.at_google(db, not hears_of_saves(settings))
    return await sql.at_apple(db)


async def step(world: World, task: Task, at: Instant) -> Settled:
    """Hand on as many cards as there is room for, in one transaction with how far that came."""
    async with world.database.transaction() as db:
        run = await sql.held_run(db, task.member_id)
        if run is None or run.state != "running":
            return Done(task)
        due = BULK[run.wallet]
        waiting = await sql.waiting(db, due.reaction)
        run = run.stepped(waiting, at)
        holders = await following(db, world.settings, run)
        some = until(holders, room(world.settings, run, waiting))
        wanted = [each.member_id for each in some if each.is_held]
        await outbox.put_many(db, [(member_id, due) for member_id in wanted], at)
        if some:
            skipped = run.skipped + len(some) - len(wanted)
            last = some[-1].member_id
            run = replace(run, last_member=last, handed=run.handed + len(wanted), skipped=skipped)
        await sql.step(db, run)
        if not holders and not waiting:
            await sql.turn(db, run.id, "finished", at, at)
            return Done(task)
    return NotBefore(task, at + STEP_SECONDS)


async def following(db: Connection, settings: Settings, run: Run) -> list[Holder]:
    if run.wallet == "google":
        return await sql.next_at_google(db, run.last_member, not hears_of_saves(settings), LOOKED_AT_ONCE)
    return await sql.next_at_apple(db, run.last_member, LOOKED_AT_ONCE)


def room(settings: Settings, run: Run, waiting: int) -> int:
    """How many more may be handed on in this second. At Google the shared rate paces; Apple's phones come to us."""
    free = max(0, AHEAD_MAX - waiting)
    return free if run.wallet == "google" else min(free, max(1, settings.redesign_pushes_per_second * STEP_SECONDS))


def until(holders: Sequence[Holder], most: int) -> list[Holder]:
    """The first of these, until so many of them hold a card."""
    some: list[Holder] = []
    for each in holders:
        if each.is_held:
            if not most:
                break
            most -= 1
        some.append(each)
    return some


async def turned(db: Connection, run_id: UUID, state: State, at: Instant) -> Run:
    """Pause, resume or stop a run; asking twice is as good as once. NotFound, or RunIsOver when it cannot be any more."""
    run = await sql.held_run(db, run_id)
    if run is None:
        raise NotFound()
    if run.state == state:
        return run
    if not run.is_open:
        raise RunIsOver(state=run.state)
    ended_at = at if state == "stopped" else None
    await sql.turn(db, run.id, state, at, ended_at)
    if state == "running":
        await outbox.put(db, run.id, [Due(REACTION)], at)
    return replace(run, state=state, stepped_at=at, ended_at=ended_at)


async def runs(db: Connection, limit: int = 20) -> list[Run]:
    """The runs that began last, the newest first."""
    return await sql.recent(db, limit)


def usual_rate(settings: Settings, wallet: Wallet) -> float:
    """Cards a second when nothing else is to be done."""
    return settings.google_calls_per_second if wallet == "google" else max(1.0, settings.redesign_pushes_per_second)
