"""What happens at a till: a card is scanned, a basket is quoted, sold, and sometimes brought back."""

import collections
from uuid import UUID

from punchcard import authorisation, granting, journal
from punchcard.foundation.errors import Malformed, Refused
from punchcard.journal import Recorded
from punchcard.programme import Deal, Program, Return, Ruling, Standing

from . import guests, shortfalls
from .answers import Quote
from .doors import covered
from .model import Basket, BroughtBack, Counter
from .offered import before_offers, named, proposed, taken_in_full
from .quotes import may_spend, quote_of
from .scanning import at_the_till, permitted, spending_of
from .tenders import spends
from .writing import asked, back_to, bring_back, write

NO_ID = "quote"


async def quote(counter: Counter, basket: Basket) -> Quote:
    """What this basket would earn and could spend; refuses what the sale would refuse, but for what the member may still
    approve. In the till's language, where it says one."""
    database, at = counter.database, counter.at
    ready = await at_the_till(counter, NO_ID, basket, shown_now=True)
    await authorisation.presented(database, ready.shown, counter.till, at)
    whole = before_offers(ready.sale, basket, ready.mine)
    sale = await granting.offered(database, ready.member.id, whole, ready.terms, at)
    language = counter.language or ready.member.language
    found = proposed(await journal.quote_at_once(database, ready.member.id, sale, at), sale, ready.mine, language)
    covered(found.sale, found.trial.before, found.trial.program, ready.pays)
    allowed = await may_spend(database, spending_of(counter, ready, 0), found.sale, found.trial, language)
    session = authorisation.session(counter.secrets, ready.shown, counter.till, at)
    return quote_of(found, ready.member.name, session, allowed, language)


async def sell(counter: Counter, sale_id: UUID, basket: Basket) -> Recorded:
    """Write the sale into the member's journal. Asking twice with the same basket gives the same receipt, whatever has
    become of the card since."""
    if not basket.card:
        return await guests.keep(counter, sale_id, basket)
    wanted = asked(counter.till, str(sale_id), basket)
    try:
        ready = await at_the_till(counter, str(sale_id), basket)
        if counter.offline and spends(basket):
            return await shortfalls.sell(counter, ready, wanted)
        await permitted(counter, ready)
        sale = await granting.reserved(counter.database, ready.member.id, ready.sale, ready.terms, counter.at)
    except Refused:
        async with counter.database.reading() as db:
            if known := await journal.remembered(db, str(sale_id), wanted):
                return known
        raise

    def door(before: Standing, ruling: Ruling, program: Program) -> None:
        covered(sale, before, program, ready.pays)
        if basket.offers and not counter.offline:
            taken_in_full(sale, named(basket), ruling, program)

    return await write(counter, ready, sale, wanted, door)


async def take_back(counter: Counter, sale_id: UUID, return_id: UUID, back: BroughtBack) -> Recorded:
    """Goods of a sale come back, to any till of the partner that sold them. Asking twice gives the same receipt."""
    quantities: collections.Counter[int] = collections.Counter()
    for each in back.quantities:
        quantities[each.line] += each.quantity
    if not quantities and not back.points and not any((back.refunds or {}).values()):
        raise Malformed(pointer="/quantities", why="something must come back")
    async with counter.database.reading() as db:
        sold = await journal.whose(db, str(sale_id))
        if sold is None:
            raise await guests.no_such_sale(db, counter.till, sale_id)
    happened_at = journal.happened(back.at, counter.at)

    def fact(deal: Deal | None, main: str) -> Return:
        refunds = collections.Counter(back.refunds or {})
        refunds[main] += back.points
        return back_to(
            counter, str(return_id), str(sale_id), happened_at, sold.at, dict(quantities), dict(+refunds), back
        )

    return await bring_back(counter, sold.member_id, str(sale_id), fact, asked(counter.till, str(sale_id), back))
