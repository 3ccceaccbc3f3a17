"""A sale that a customer comes back with: found by its id or by what is printed on its receipt, as it stands now."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import UNSET, Struct, json

from punchcard import journal, members, partners
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import Refused
from punchcard.programme import Deal, Line, Sale

from . import sql
from .answers import LineDiscount, SoldLine, SoldSale, SoldTender
from .desk import UNKEPT
from .doors import left_of, paid_by
from .model import Basket, BasketLine, Counter
from .quotes import first_name
from .refusals import NoCardYet, NothingLeft, ReceiptTwice, ReceiptUnknown, SaleSettled, SaleUnknown
from .sql import GuestBasket
from .voids import VOID_SECONDS

WORD = r"^[^\x00-\x1f\x7f-\x9f]+(?![\s\S])"


class Told(Struct, frozen=True):
    """What a receipt says that the journal does not need: what was taken off which line."""

    discounts: list[LineDiscount] = []


class Seen(Struct, frozen=True, kw_only=True):
    """A sale, of a member or of a guest."""

    id: str
    at: Instant
    shop: str
    number: str
    cashier: str
    lines: Sequence[Line | BasketLine]
    tenders: list[SoldTender]
    discounts: dict[int, int]
    member: str = ""
    returned: dict[int, int] = {}
    refundable: dict[str, int] = {}
    voided: bool
    why_not: Refused | None
    """Why nothing of it can be taken back by a return."""


async def numbered(counter: Counter, day: str, number: str, shop_id: str) -> str:
    """The id of the sale with this receipt: of this till first, else of the one till of the shop that printed it."""
    unknown = ReceiptUnknown(number=number, day=day)
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise unknown from None
    async with counter.database.reading() as db:
        shops = (await partners.catalogue(db)).shops
        ours = any(shop.id == shop_id and shop.partner_id == counter.till.partner_id for shop in shops)
        found = await journal.sales_numbered(db, shop_id, on, number) if ours else []
    mine = [each for each in found if each.till_id == counter.till.id] or found
    if not mine:
        raise unknown
    if len(mine) > 1:
        raise ReceiptTwice(number=number, day=day)
    return mine[0].fact_id


async def sold(counter: Counter, sale_id: str, language: str) -> SoldSale:
    """The sale with this id; SaleUnknown where none is this partner's."""
    async with counter.database.transaction() as db:
        whose = await journal.whose(db, sale_id)
        if whose is None:
            seen = of_a_guest(counter, sale_id, await sql.basket(db, UUID(sale_id)))
        else:
            deal = await journal.deal(db, whose.member_id, sale_id)
            if deal is None or not isinstance(deal.fact, Sale) or deal.fact.partner != counter.till.partner_id:
                raise SaleUnknown(sale=sale_id)
            seen = await of_a_member(db, whose.member_id, deal, deal.fact)
        known = await partners.products(db, counter.till.partner_id)
        shops = (await partners.catalogue(db)).shops
    names = {each.sku: locale.of(each.name, language) for each in known}
    return shown(seen, names, next(each.name for each in shops if each.id == seen.shop), language)


async def of_a_member(db: Connection, member_id: UUID, deal: Deal, sale: Sale) -> Seen:
    told = json.decode(await journal.answered(db, sale.id) or b"{}", type=Told)
    member = (await members.by_ids(db, [member_id])).get(member_id)
    refundable = dict(+paid_by(deal))
    return Seen(
        id=sale.id,
        at=sale.at,
        shop=sale.shop,
        number=sale.receipt,
        cashier=sale.cashier,
        lines=sale.lines,
        tenders=[
            SoldTender(each.kind, each.amount, each.points, each.currency if each.points else "")
            for each in sale.tenders
        ],
        discounts={each.line: each.amount for each in told.discounts},
        member=first_name(member.name) if member else "",
        returned=deal.returned,
        refundable=refundable,
        voided=await journal.whose(db, f"{sale.id}/void") is not None,
        why_not=None if left_of(deal) or refundable else NothingLeft(sale=sale.id),
    )


def of_a_guest(counter: Counter, sale_id: str, basket: GuestBasket | None) -> Seen:
    """Without a card, for all that is known now: it can be made void, and nothing of it be returned."""
    if basket is None or basket.partner_id != counter.till.partner_id:
        raise SaleUnknown(sale=sale_id)
    body, voided = json.decode(basket.body, type=Basket), basket.void_answer is not None
    return Seen(
        id=sale_id,
        at=basket.at,
        shop=basket.shop_id,
        number=basket.number,
        cashier=basket.cashier,
        lines=body.lines,
        tenders=[SoldTender(each.kind, each.amount, 0, "") for each in body.tenders],
        discounts={i: line.discount for i, line in enumerate(body.lines) if line.discount},
        returned={i: line.quantity for i, line in enumerate(body.lines)} if voided else {},
        voided=voided,
        why_not=NothingLeft(sale=sale_id) if voided else NoCardYet(sale=sale_id),
    )


def shown(seen: Seen, names: dict[str, str], shop_name: str, language: str) -> SoldSale:
    return SoldSale(
        id=seen.id,
        at=moment(seen.at),
        shop=seen.shop,
        shop_name=shop_name,
        receipt_number=seen.number,
        cashier=seen.cashier,
        total=sum(line.amount for line in seen.lines),
        member=seen.member or None,
        lines=[
            SoldLine(
                line=i,
                sku=line.sku,
                name=names.get(line.sku, UNSET),
                category=line.category,
                quantity=line.quantity,
                returned=seen.returned.get(i, 0),
                amount=line.amount,
                discount=seen.discounts.get(i, 0),
            )
            for i, line in enumerate(seen.lines)
        ],
        tenders=seen.tenders,
        refundable=seen.refundable,
        voided=seen.voided,
        void_until=moment(seen.at + VOID_SECONDS),
        returnable=seen.why_not is None,
        detail=seen.why_not.sentence(language) if seen.why_not else "",
    )


@get("/till/sales/{sale_id:uuid}")
async def show_sale(
    sale_id: FromPath[UUID], counter: NamedDependency[Counter], language: NamedDependency[str]
) -> Response[SoldSale]:
    """A sale of this partner as it stands now, for whoever takes goods back or makes it void."""
    return Response(await sold(counter, str(sale_id), language), headers=UNKEPT)


@get("/till/receipts")
async def find_receipt(
    counter: NamedDependency[Counter],
    language: NamedDependency[str],
    day: Annotated[str, QueryParameter(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\s\S])")],
    number: Annotated[str, QueryParameter(max_length=64, pattern=WORD)],
    shop: Annotated[str | None, QueryParameter(max_length=40, pattern=WORD)] = None,
) -> Response[SoldSale]:
    """The same sale, found by what is printed on its receipt: the day as the shop's calendar had it, the number, and the
    shop where it is another one of this partner's than this till's."""
    id = await numbered(counter, day, number, shop or counter.till.shop_id)
    try:
        return Response(await sold(counter, id, language), headers=UNKEPT)
    except SaleUnknown:
        raise SaleSettled(sale=id) from None


routes = [show_sale, find_receipt]
