"""A changed design reaches every card that is out, below everything else, and never loses its place."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.outbox import Done, Settled, Task
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings
from punchcard.passes import redesign, redesign_sql
from punchcard.passes.designs import Newest, fingerprint, seen
from punchcard.passes.google.design import design
from punchcard.passes.redesign_model import Run, RunIsOver
from tests.doubles import Apns, Fcm, GoogleWallet, Sender
from tests.town import NOON, Town

DESIGN = b"d" * 32


class Desk:
    """A house with so many cards at Google, and a worker's hands for re-designs."""

    def __init__(self, database: Database, settings: Settings):
        self.settings = settings
        self.world = World(database, settings, Apns(), GoogleWallet(), Fcm(), Sender())
        self.at: Instant = NOON

    async def cards(self, held: int, unheld: int = 0) -> None:
        """Cards at Google, those that nobody holds among the others."""
        async with self.world.database.transaction() as db:
            await db.execute(
                """
                insert into google_object (member_id, object_id, class_id, held, sent_at)
                select gen_random_uuid(), 'o' || n, 'c', n <= $1::int, now() from generate_series(1, $1::int + $2::int) as n
                """,
                held,
                unheld,
            )

    async def start(self) -> Run:
        async with self.world.database.transaction() as db:
            (run,) = await redesign.start(db, self.settings, ["google"], self.at)
        return run

    async def turn(self, run: Run, state: Any) -> Run:
        async with self.world.database.transaction() as db:
            return await redesign.turned(db, run.id, state, self.at)

    async def run(self) -> Run:
        async with self.world.database.reading() as db:
            return (await redesign.runs(db))[0]

    async def due(self, reaction: str) -> list[Task]:
        async with self.world.database.reading() as db:
            tasks = await outbox.due(db, range(BUCKETS), self.at, limit=100_000)
        return [task for task in tasks if task.reaction == reaction]

    async def step(self) -> list[Settled]:
        """What a worker does with the run in this second."""
        settled = await redesign.work(self.world, await self.due(redesign.REACTION), self.at)
        async with self.world.database.transaction() as db:
            await outbox.settle(db, settled, self.at)
        self.at += 1
        return settled

    async def sent(self, most: int = 10_000) -> list[UUID]:
        """Google takes so many of the cards that were handed on."""
        tasks = (await self.due("passes.google/bulk"))[:most]
        async with self.world.database.transaction() as db:
            await outbox.finish(db, tasks)
        return [task.member_id for task in tasks]

    async def through(self) -> list[UUID]:
        """Step until the run is over; whom it reached, in the order in which Google took them."""
        reached: list[UUID] = []
        while (await self.run()).is_open:
            await self.step()
            reached += await self.sent()
        return reached

    async def holders(self) -> list[UUID]:
        async with self.world.database.reading() as db:
            return [row["member_id"] for row in await db.fetch("select member_id from google_object where held")]


@pytest.fixture
def designs(tmp_path: Path, papers: Settings) -> Path:
    """A designs folder that a test may change."""
    folder = tmp_path / "designs"
    folder.mkdir()
    (folder / "card.toml").write_text("name = 'Almond'")
    return folder


@pytest.fixture
def desk(house: Database, papers: Settings, designs: Path) -> Desk:
    """Google tells of saves, so that it is known who holds a card; Apple is not set up."""
    settings = msgspec.structs.replace(
        papers, designs_dir=designs, public_url="https://cards.example", apple_certificate=None
    )
    return Desk(house, settings)


async def test_everybody_who_holds_a_card_is_reached_once_and_nobody_else(desk: Desk) -> None:
    await desk.cards(held=1100, unheld=2500)
    await desk.start()

    reached = await desk.through()
    run = await desk.run()

    assert sorted(reached) == sorted(await desk.holders()) and len(set(reached)) == 1100
    assert (run.state, run.total, run.held, run.done, run.skipped) == ("finished", 3600, 1100, 1100, 2500)


async def test_at_most_four_hundred_cards_are_handed_on_ahead(desk: Desk) -> None:
    await desk.cards(held=1500)
    await desk.start()
    most = 0

    for _ in range(6):
        await desk.step()
        most = max(most, len(await desk.due("passes.google/bulk")))
        await desk.sent(90)

    assert most == redesign.AHEAD_MAX


class Killed(Exception):
    """What a kill -9 looks like from inside: nothing after it happens."""


@pytest.mark.parametrize(("room", "verb"), [(redesign_sql, "step"), (outbox, "put_many")])
async def test_a_worker_that_is_killed_within_a_chunk_leaves_nobody_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room: Any, verb: str
) -> None:
    """It dies as it hands a chunk on, or as it keeps how far it came: both are undone, or both stand."""
    await desk.cards(held=1300)
    await desk.start()
    await desk.step()
    reached = await desk.sent()

    async def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(room, verb, dies)
        with pytest.raises(Killed):
            await desk.step()
    handed_on_by_the_dead = await desk.due("passes.google/bulk")
    reached += await desk.through()

    assert handed_on_by_the_dead == []
    assert sorted(reached) == sorted(await desk.holders())


async def test_a_run_whose_own_row_was_lost_goes_on_within_a_minute(desk: Desk) -> None:
    await desk.cards(held=10)
    await desk.start()
    async with desk.world.database.transaction() as db:
        await db.execute("delete from outbox")

    await redesign.watch(desk.world.database, desk.at)

    assert len(await desk.through()) == 10


async def test_a_paused_run_hands_nothing_on_until_it_goes_on(desk: Desk) -> None:
    await desk.cards(held=900)
    run = await desk.start()
    await desk.step()
    await desk.sent()

    paused = [await desk.turn(run, "paused") for _ in range(2)]
    await desk.step()
    waiting = await desk.due("passes.google/bulk")
    await redesign.watch(desk.world.database, desk.at)
    still = await desk.due(redesign.REACTION)
    await desk.turn(run, "running")
    rest = await desk.through()

    assert [each.state for each in paused] == ["paused", "paused"] and waiting == [] and still == []
    assert len(rest) == 500 and (await desk.run()).state == "finished"


async def test_a_stopped_run_is_over_for_good(desk: Desk) -> None:
    await desk.cards(held=900)
    run = await desk.start()
    await desk.step()

    stopped = [await desk.turn(run, "stopped") for _ in range(2)]
    settled = await desk.step()

    assert [each.state for each in stopped] == ["stopped", "stopped"] and isinstance(settled[0], Done)
    with pytest.raises(RunIsOver):
        await desk.turn(run, "running")


async def test_starting_what_runs_already_starts_nothing(desk: Desk) -> None:
    await desk.cards(held=3)

    first, again = await desk.start(), await desk.start()

    assert first.id == again.id


async def looks(desk: Desk, times: int = 1) -> None:
    for _ in range(times):
        await redesign.watch(desk.world.database, desk.at)
        tasks = await desk.due(redesign.LOOK)
        async with desk.world.database.transaction() as db:
            await outbox.settle(db, [Done(task) for task in tasks], desk.at)
        await redesign.work(desk.world, tasks, desk.at)
        desk.at += 60


async def test_a_house_without_cards_has_nothing_to_bring_up_to_date(desk: Desk) -> None:
    await looks(desk, 2)
    await desk.cards(held=5)
    await looks(desk, 2)

    run = await desk.run()

    assert run.state == "finished" and run.total == 0


async def test_a_changed_folder_begins_a_run_when_it_has_looked_the_same_for_a_minute(
    desk: Desk, designs: Path
) -> None:
    await looks(desk)
    await desk.cards(held=5)
    (designs / "card.toml").write_text("name = 'Pistachio'")

    await looks(desk)
    at_first = (await desk.run()).total
    await looks(desk)
    begun = await desk.run()
    await looks(desk, 2)

    assert at_first == 0 and begun.state == "running" and begun.held == 5
    assert (await desk.run()).id == begun.id


@pytest.mark.parametrize("state", ["running", "paused"])
async def test_a_newer_design_during_a_run_takes_its_place(desk: Desk, designs: Path, state: str) -> None:
    """From the first member on; and a run that somebody paused is followed by a paused one."""
    await looks(desk)
    await desk.cards(held=900)
    first = await desk.start()
    await desk.step()
    if state == "paused":
        await desk.turn(first, "paused")
    (designs / "card.toml").write_text("name = 'Pistachio'")

    await looks(desk, 2)
    second = await desk.run()
    async with desk.world.database.reading() as db:
        states = {run.id: run.state for run in await redesign.runs(db)}

    assert second.id != first.id and states[first.id] == "superseded" and second.state == state
    assert second.last_member == UUID(int=0)


async def test_what_was_stopped_does_not_begin_again_by_itself(desk: Desk) -> None:
    await looks(desk)
    await desk.cards(held=5)
    await desk.turn(await desk.start(), "stopped")

    await looks(desk, 3)

    assert (await desk.run()).state == "stopped"


def test_the_folder_is_known_by_its_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "a.pass"
    folder.mkdir()
    (folder / "icon.png").write_bytes(b"1")
    (tmp_path / ".swp").write_bytes(b"an editor's")
    first = fingerprint(tmp_path)
    (tmp_path / ".swp").unlink()
    same = fingerprint(tmp_path)
    (folder / "icon.png").rename(folder / "icon@2x.png")

    assert first == same != fingerprint(tmp_path)


def test_a_changed_design_is_read_again_and_an_unfit_one_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text("1")
    newest = Newest(lambda designs: int((designs / "number").read_text()))

    def after(text: str) -> int:
        file.write_text(text)
        seen.clear()
        return newest(tmp_path)

    assert [newest(tmp_path), after("22"), after("half of a fi"), after("333")] == [1, 22, 22, 333]


def run_of(**more: Any) -> Run:
    usual = {"id": new_id(), "wallet": "google", "design_hash": DESIGN, "state": "running", "total": 10, "held": 10}
    return Run(**{**usual, "stepped_at": NOON, "began_at": NOON, **more})


@pytest.mark.parametrize(
    ("total", "held", "done", "per_second", "seconds"),
    [
        (1_000_000, 300_000, 0, 0.0, 16_667),
        (1_000_000, 300_000, 150_000, 18.0, 8_333),
        (1_000_000, 300_000, 300_000, 18.0, 0),
        (1_000_000, 1_000_000, 0, 18.0, 55_556),
        (10, 10, 12, 18.0, 0),
    ],
)
def test_when_it_will_be_through(total: int, held: int, done: int, per_second: float, seconds: int) -> None:
    """A million members of whom 30 % hold the card: four hours and 38 minutes."""
    run = run_of(total=total, held=held, done=done, handed=done, per_second=per_second)

    assert run.ends_at(NOON, 18.0) == NOON + seconds


def test_the_rate_is_what_left_the_outbox_of_late() -> None:
    run = run_of(held=10_000)
    for second in range(1, 200):
        run = msgspec.structs.replace(run, handed=18 * second + 400).stepped(400, NOON + second)

    assert run.per_second == pytest.approx(18.0) and run.done == 18 * 199


async def test_the_console_starts_pauses_and_stops(town: Town) -> None:
    async def ask(method: str, path: str = "", body: Any = None) -> Any:
        return (await town.ask(method, f"/console/passes/redesigns{path}", body, town.operator_key)).json()

    await town.follow()
    async with town.outside.world.database.transaction() as db:
        await db.execute(
            """
            insert into google_object (member_id, object_id, class_id, held, sent_at)
            select gen_random_uuid(), 'o' || n, 'c', true, now() from generate_series(1, 10) as n
            """
        )

    (started,) = await ask("POST", body={"wallet": "google"})
    paused = [await ask("POST", f"/{started['id']}/pause") for _ in range(2)]
    resumed = await ask("POST", f"/{started['id']}/resume")
    stopped = await ask("POST", f"/{started['id']}/stop")
    over = await town.ask("POST", f"/console/passes/redesigns/{started['id']}/resume", None, town.operator_key)

    assert started["state"] == "running" and started["held"] == 10 and started["ends_at"]
    assert [each["state"] for each in (*paused, resumed, stopped)] == ["paused", "paused", "running", "stopped"]
    assert over.status_code == 409 and over.json()["type"] == "urn:punchcard:run-is-over"
    assert (await ask("GET"))[0]["id"] == started["id"]


async def test_apples_side_is_paced_by_the_phones_that_come(town: Town, papers: Settings) -> None:
    settings = msgspec.structs.replace(papers, redesign_pushes_per_second=7)

    assert redesign.room(settings, run_of(wallet="apple"), 0) == 7
    assert redesign.room(settings, run_of(wallet="apple"), 396) == 4
    assert redesign.room(settings, run_of(wallet="google"), 396) == 4


def test_what_google_is_shown_follows_the_folder(tmp_path: Path, papers: Settings) -> None:
    """A worker that runs needs no restart."""
    folder = Path(shutil.copytree(papers.designs_dir, tmp_path / "passes"))
    file = folder / "member.google.json"
    before = design(folder).tier("bud").colour
    file.write_text(file.read_text().replace(before, "#123456"))
    seen.clear()

    assert (before != "#123456", design(folder).tier("bud").colour) == (True, "#123456")
