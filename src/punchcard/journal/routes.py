"""What members read of their own journal: the card, the activity with its reasons, and events as they happen."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from punchcard import members, partners
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Malformed
from punchcard.foundation.looks import Look, look_of
from punchcard.foundation.money import Money
from punchcard.programme import NEVER, Program, Reason

from . import expiries, operations, rules, sql
from .views import CardView, Line

PAGE = 30
SENTENCES_MAX = 4096
OF_NOTHING = {"spent": "points-spent", "given-back": "points-given-back"}
"""What is said where no promise stands behind it: points paid at a till."""
BETWEEN_MEMBERS = frozenset({"transferred", "received"})


class Expiring(Struct, frozen=True):
    """The points that expire first."""

    points: int
    at: datetime


class Projected(Struct, frozen=True):
    id: str
    name: str


class TierShown(Struct, frozen=True):
    """The tier that the member holds, and until when at least; nobody loses the first.

    `projected` is the tier after that if nothing more comes, and `to_stay` what it takes to keep this one: 0 where it is
    safe, or where nothing would help. `look` is how its card looks."""

    id: str
    name: str
    until: datetime | None
    projected: Projected
    to_stay: int
    look: Look


class NextTier(Struct, frozen=True):
    """The tier above, how many points are missing to it in this season, and how many of its `threshold` are `done`."""

    id: str
    name: str
    missing: int
    threshold: int
    done: int


class Card(Struct, frozen=True, kw_only=True):
    """The card: what it holds now and what comes next. `version` rises with every change; events bear the same number."""

    code: str
    """What the till scans, as it stands in the code on the card."""
    version: int
    points: int
    """What can be spent of the programme's first currency, be it points or stamps."""
    unit: str
    """What that currency is called; empty where it is simply points."""
    worth: Money
    """What the points are worth at a till."""
    pending: int
    """Earned; can be spent later."""
    owed: int
    """Spent beyond what was there after a return; the next points pay it."""
    visits: int
    tier: TierShown
    next_tier: NextTier | None
    next_change_at: datetime | None
    """Nothing changes by time alone before it."""
    expiring: Expiring | None


class Why(Struct, frozen=True):
    """What one promise did: `verdict` is a word for machines, `sentence` for people."""

    term: str
    name: str
    verdict: str
    points: int
    sentence: str


class ActivityLine(Struct, frozen=True, kw_only=True):
    """A line of the statement. `id` is empty where time moved the points."""

    id: str
    at: datetime
    day: str
    """The local day in words."""
    kind: str
    points: int
    pending: int
    shop: str
    """The shop's name; empty where there was none."""
    amount: Money | None
    reasons: list[Why]
    """Whatever moved points or might have."""


class Activity(Struct, frozen=True):
    """A page of the statement; `before` asks for the next one, None at the end."""

    lines: list[ActivityLine]
    before: str | None


@get("/me/card")
async def show_card(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> Card:
    """What the member's card says now."""
    async with database.reading() as db:
        code = await members.code_of(db, member_id)
        return shown(await operations.card(db, member_id, at), code, language)


def shown(card: CardView, code: str, language: str) -> Card:
    return Card(
        code=code,
        version=card.version,
        points=card.points,
        unit=locale.of(card.unit, language),
        worth=card.worth,
        pending=card.pending,
        owed=card.owed,
        visits=card.visits,
        tier=TierShown(
            card.tier,
            locale.of(card.tier_name, language) or card.tier,
            moment(card.tier_until) if card.tier_until else None,
            Projected(card.projected_tier, locale.of(card.projected_tier_name, language) or card.projected_tier),
            card.to_stay,
            look_of(card.tier),
        ),
        next_tier=way_up(card, card.next_tier, language) if card.next_tier else None,
        next_change_at=moment(card.next_change_at) if card.next_change_at < NEVER else None,
        expiring=Expiring(card.expiring.points, moment(card.expiring.at)) if card.expiring else None,
    )


def way_up(card: CardView, tier: str, language: str) -> NextTier:
    """How far it is to the tier above: what is done is never less than nothing, whatever a return took."""
    done = max(0, card.next_threshold - card.missing)
    return NextTier(tier, locale.of(card.next_tier_name, language) or tier, card.missing, card.next_threshold, done)


@get("/me/activity")
async def show_activity(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    before: Annotated[str | None, QueryParameter(max_length=120)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = PAGE,
) -> Activity:
    """What moved the member's points, the newest first, and why."""
    async with database.reading() as db:
        lines = await operations.statement(db, member_id, position_of(before) if before else None, limit)
        program = await rules.latest(db)
        names = {shop.id: shop.name for shop in await partners.shops(db)}
    told = [line_shown(line, program, names.get(line.shop, ""), language) for line in lines]
    return Activity(told, f"{lines[-1].at}~{lines[-1].id}" if len(lines) == limit else None)


def position_of(before: str) -> sql.Position:
    at, mark, id = before.partition("~")
    if not mark or not at.isascii() or not at.isdecimal() or int(at) > NEVER:
        raise Malformed(pointer="/before", why="take it from the page before")
    return int(at), id


def line_shown(line: Line, program: Program, shop: str, language: str) -> ActivityLine:
    return ActivityLine(
        id=line.id,
        at=moment(line.at),
        day=locale.day(line.at, program.rulebook.zone, language),
        kind=line.kind,
        points=line.points,
        pending=line.pending,
        shop=shop,
        amount=Money(line.amount, program.rulebook.currency) if line.amount is not None else None,
        reasons=[why(reason, program, language) for reason in line.reasons],
    )


def why(reason: Reason, program: Program, language: str) -> Why:
    """The reason in the reader's language. Whose journal points went to or came from is nobody else's to know."""
    term = "" if reason.verdict in BETWEEN_MEMBERS else reason.term
    promise = program.promise(term)
    name = (locale.of(promise.name, language) if promise else "") or term
    return Why(term, name, reason.verdict, reason.points, sentence(reason.verdict, name, language))


@lru_cache(SENTENCES_MAX)
def sentence(verdict: str, name: str, language: str) -> str:
    """A till's receipts say the same few sentences again and again."""
    row = verdict if name else OF_NOTHING.get(verdict, verdict)
    return locale.say(f"programme.{row}", language, term=name)


routes = [show_card, *expiries.routes, show_activity]
