"""Set points aside for one shop under a token, so that a till without a network may take it."""

from uuid import UUID

from msgspec import Struct, json

from punchcard import authorisation, journal, members, partners, rulebooks
from punchcard.authorisation import Shown, Spending
from punchcard.foundation.clock import HOUR, MINUTE, Instant, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody, Refused
from punchcard.foundation.money import Money
from punchcard.foundation.settings import Settings
from punchcard.journal import NotSpendable, Recorded
from punchcard.partners import Shop
from punchcard.programme import Hold, Program, Ruling, Standing, balance

from . import sql
from .model import NotThatMany, SpendTokenMade, TokenOpen, WorthTooLittle, WorthTooMuch
from .signing import signed

BRING_SECONDS = 72 * HOUR
"""How long after its end a till may bring what it took the token for; then the points are the member's again."""


IN_THE_APP = "app"
"""At which till a token is made."""
SET_ASIDE_FOR = "token:"
"""What stands before the partner in the purpose of a token's hold: only the token captures it, and nobody sets it free."""


class Terms(Struct, frozen=True):
    """What is set aside for whom, as the member asked for it."""

    shop: Shop
    card: bytes
    points: int
    currency: str
    worth: int


async def set_aside(
    database: Database, config: Settings, member_id: UUID, token_id: UUID, shop_id: str, worth: int, at: Instant
) -> Recorded:
    """Points to that worth in the shop, and the token for them. Asking twice sets aside once and answers the same bytes:
    `SpendTokenMade` as JSON. A member has one token at a time, and nobody takes it back: it ends."""
    asked = json.encode(("spend-token", member_id, shop_id, worth))
    async with database.reading() as db:
        if known := await journal.remembered(db, str(token_id), asked):
            return known
        if await journal.whose(db, str(token_id)):
            raise OtherBody(id=str(token_id))
        terms = await terms_of(db, config, member_id, shop_id, worth)
        enough(await journal.standing(db, member_id, at), terms.currency, terms.points)
    until = at + config.spend_token_minutes * MINUTE
    async with database.transaction() as db:
        if not await sql.open_token(db, member_id, token_id, until, at):
            raise TokenOpen(until=moment(await sql.open_until(db, member_id)))
    try:
        await authorisation.permit(
            database, Spending(member_id, Shown(terms.card, "app"), str(token_id), shop_id, IN_THE_APP, terms.worth, at)
        )
        return await hold(database, config.secrets, member_id, token_id, terms, until, at, asked)
    except Refused:
        async with database.transaction() as db:
            if await journal.whose(db, str(token_id)) is None:
                await sql.drop_token(db, member_id, token_id)
        raise


def enough(standing: Standing, currency: str, points: int) -> None:
    if (there := balance(standing, currency)) < points:
        raise NotThatMany(balance=there, wanted=points)


async def terms_of(db: Connection, config: Settings, member_id: UUID, shop_id: str, worth: int) -> Terms:
    """Whole points of what the card shows, in the multiples in which they pay, to no more than that worth."""
    shop = next((shop for shop in await partners.shops(db) if shop.id == shop_id), None)
    if shop is None:
        raise NotFound(shop=shop_id)
    program = await rulebooks.program(db)
    known = program.currencies[program.main]
    if not known.value:
        raise NotSpendable(currency=known.id)
    if worth > config.spend_token_worth:
        raise WorthTooMuch(most=Money(config.spend_token_worth, program.rulebook.currency))
    points = worth // known.value
    points -= points % max(1, known.payment.multiple)
    if points < max(1, known.payment.minimum):
        raise WorthTooLittle
    card = members.scanned(await members.code_of(db, member_id))
    return Terms(shop, card, points, known.id, points * known.value)


async def hold(
    database: Database,
    secrets: tuple[str, ...],
    member_id: UUID,
    token_id: UUID,
    terms: Terms,
    until: Instant,
    at: Instant,
    asked: bytes,
) -> Recorded:
    """The hold in the member's own journal; what the member is answered is kept with it."""
    shop = terms.shop
    token = signed(
        secrets, token_id, terms.card, terms.points, terms.worth, at, until, shop.id, terms.currency
    )  # fmt: skip
    fact = Hold(
        id=str(token_id),
        at=at,
        points=terms.points,
        until=until + BRING_SECONDS,
        currency=terms.currency,
        purpose=f"{SET_ASIDE_FOR}{shop.partner_id}",
    )

    def door(before: Standing, _ruling: Ruling, _program: Program) -> None:
        enough(before, fact.currency, fact.points)

    def receipt(_before: Standing, ruling: Ruling, _program: Program) -> bytes:
        made = SpendTokenMade(
            id=fact.id,
            token=token,
            shop=shop.id,
            points=fact.points,
            currency=fact.currency,
            worth=terms.worth,
            until=moment(until),
            balance=balance(ruling.standing, fact.currency),
        )
        return json.encode(made)

    return await journal.submit(database, member_id, fact, at, door=door, receipt=receipt, asked=asked)
