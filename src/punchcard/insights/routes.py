"""The operator asks what an offer really brought."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from punchcard.foundation.database import Database

from . import lift_measuring, lift_table
from .lift_model import Lift

OfferId = Annotated[str, PathParameter(pattern=r"^[a-z0-9][a-z0-9-]{1,47}(?![\s\S])")]


@get("/console/offers/{offer_id:str}/lift")
async def show_lift(offer_id: OfferId, database: NamedDependency[Database], language: NamedDependency[str]) -> Lift:
    """What an offer brought: those who have it beside those who are held out. One may look as often as one likes: the
    intervals of a measure are all right together with 95 %."""
    async with database.transaction() as db:
        return await lift_measuring.brought(db, offer_id, language)


@get("/console/offers/{offer_id:str}/lift.csv", media_type="text/csv")
async def export_lift(
    offer_id: OfferId, database: NamedDependency[Database], language: NamedDependency[str]
) -> Response[str]:
    """The same as a table for a spreadsheet, which reckons none of its cells."""
    async with database.transaction() as db:
        found = await lift_measuring.brought(db, offer_id, language)
    return Response(
        lift_table.as_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="lift-{found.offer}.csv"'},
    )


routes = [show_lift, export_lift]
