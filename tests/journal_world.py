"""What the tests of the journal share: a rulebook put into the database as it is, and members who have just come."""

from typing import Any, get_args
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation import news
from punchcard.foundation.database import Connection
from punchcard.foundation.outbox import Due
from punchcard.programme import AnyFact, News, Rulebook, StandingMoved
from punchcard.rulebooks import operations, sql
from punchcard.rulebooks.model import EditionBody, Head

CARDS = [Due("passes.apple"), Due("passes.google")]


def install_news() -> None:
    """Every piece of news is one row of the outbox that bears its name; a moved standing makes both cards stale."""
    table: dict[type[Any], Any] = dict.fromkeys(get_args(News), tell)
    news.install({**table, StandingMoved: lambda _: CARDS})


def tell(each: Any) -> list[Due]:
    return [Due("heard", type(each).__name__)]


async def promise(db: Connection, rulebook: Rulebook) -> None:
    """Everything in the rulebook stands published, with its own windows."""
    head = Head(rulebook.name, rulebook.zone, rulebook.week_starts, rulebook.currency, rulebook.point_value)
    for number, frame in enumerate(rulebook.frames, 1):
        await sql.add_edition(db, number, frame.since, "", operations.written(EditionBody(head, frame)))
    for place, each in enumerate(rulebook.terms + rulebook.challenges + rulebook.rewards):
        await sql.add(db, operations.kind_of(each), each.id, 1, place, each.since, operations.written(each))
    await sql.bump(db, operations.fresh())


def of_member(fact: AnyFact, member_id: UUID) -> AnyFact:
    """The fact under ids that no other member's journal holds."""
    mark = str(member_id)[-6:]
    changes: dict[str, Any] = {"id": mark + fact.id}
    if deal := getattr(fact, "deal", ""):
        changes["deal"] = mark + deal
    if vouchers := getattr(fact, "vouchers", ()):
        changes["vouchers"] = tuple(mark + voucher for voucher in vouchers)
    return replace(fact, **changes)
