"""The console's desk for re-designs: how far each is, when it will be through, and who may hold it up."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, owners_only

from . import redesign
from .redesign_model import WALLETS, Run, State, Wallet


class StartRedesign(Struct, frozen=True, forbid_unknown_fields=True):
    """For which wallet; without it, for each that is set up."""

    wallet: Wallet | None = None


class RedesignView(Struct, frozen=True, kw_only=True):
    """A run that brings every card of a wallet up to a changed design."""

    id: UUID
    wallet: Wallet
    design: str
    """The first of its hash."""
    state: State
    total: int
    """Cards of this wallet when it began."""
    held: int
    """Those that somebody held then: the ones to be done."""
    done: int
    skipped: int
    """Cards that nobody holds."""
    per_second: float
    """As fast as it lately went."""
    ends_at: datetime | None
    """When it will be through, if it runs."""
    began_at: datetime
    ended_at: datetime | None


@get("/console/passes/redesigns")
async def list_redesigns(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> list[RedesignView]:
    """The runs that began last, the newest first."""
    async with database.reading() as db:
        return [view(each, settings, at) for each in await redesign.runs(db)]


@post("/console/passes/redesigns", status_code=200)
async def start_redesign(
    data: JSONBody[StartRedesign],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> list[RedesignView]:
    """Bring every card up to the design as it is now, even if nothing changed. A run that is open for it goes on."""
    owners_only(operator)
    wanted = [each for each in WALLETS if data.wallet in (None, each)]
    async with database.transaction() as db:
        wallets = [each for each in redesign.set_up(settings) if each in wanted]
        return [view(each, settings, at) for each in await redesign.start(db, settings, wallets, at)]


@post("/console/passes/redesigns/{run_id:uuid}/{verb:str}", status_code=200)
async def turn_redesign(
    run_id: FromPath[UUID],
    verb: FromPath[Literal["pause", "resume", "stop"]],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> RedesignView:
    """Pause a run, let it go on, or stop it for good. Asking twice is as good as once."""
    owners_only(operator)
    async with database.transaction() as db:
        return view(await redesign.turned(db, run_id, redesign.STATE_AFTER[verb], at), settings, at)


def view(run: Run, settings: Settings, at: Instant) -> RedesignView:
    ends_at = run.ends_at(at, redesign.usual_rate(settings, run.wallet))
    return RedesignView(
        id=run.id,
        wallet=run.wallet,
        design=run.design_hash.hex()[:12],
        state=run.state,
        total=run.total,
        held=run.held,
        done=run.done,
        skipped=run.skipped,
        per_second=round(run.per_second, 2),
        ends_at=moment(ends_at) if ends_at else None,
        began_at=moment(run.began_at),
        ended_at=moment(run.ended_at) if run.ended_at else None,
    )


routes = [list_redesigns, start_redesign, turn_redesign]
