"""A sale that should not have been: all that is left of it comes back."""

from uuid import UUID

from punchcard import journal, staff
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.errors import OtherBody
from punchcard.journal import Recorded
from punchcard.programme import Deal, Return, Sale

from . import guests
from .doors import left_of, paid_by
from .model import Counter, Voided
from .refusals import NothingLeft, SaleUnknown, VoidTooLate
from .writing import asked, back_to, bring_back

VOID_SECONDS = DAY


async def void(counter: Counter, sale_id: UUID, back: Voided) -> Recorded:
    """Goods, points, stored value and rewards come back, within a day, to any till of the partner that sold them. The void
    of a sale is one, whoever asks how often: it bears the sale's id."""
    if not counter.offline:
        await staff.listed(counter.database, counter.till, back.cashier)
    void_id, wanted = f"{sale_id}/void", asked(counter.till, str(sale_id), back)
    happened_at = journal.happened(back.at, counter.at) if counter.offline else counter.at
    async with counter.database.reading() as db:
        if known := await journal.remembered(db, void_id, wanted):
            return known
        if await journal.whose(db, void_id):
            raise OtherBody(id=void_id)
        sold = await journal.whose(db, str(sale_id))
    if sold is None:
        return await guests.void(counter, sale_id, back, happened_at, wanted)

    def fact(deal: Deal | None, _: str) -> Return:
        in_time(counter, str(sale_id), deal, happened_at)
        assert deal is not None, "what is void in time was sold"
        goods, refunds = left_of(deal), dict(+paid_by(deal))
        if not goods and not refunds:
            raise NothingLeft(sale=str(sale_id))
        return back_to(counter, void_id, str(sale_id), happened_at, sold.at, goods, refunds, back)

    return await bring_back(counter, sold.member_id, str(sale_id), fact, wanted, back.reason)


def in_time(counter: Counter, sale_id: str, deal: Deal | None, happened_at: Instant) -> None:
    """Refuse what this partner never sold, and what it sold more than a day before."""
    if deal is None or not isinstance(deal.fact, Sale) or deal.fact.partner != counter.till.partner_id:
        raise SaleUnknown(sale=sale_id)
    if happened_at > deal.fact.at + VOID_SECONDS:
        raise VoidTooLate(sale=sale_id, until=moment(deal.fact.at + VOID_SECONDS))
