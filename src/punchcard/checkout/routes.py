"""What a till asks: a quote, a sale, a return, a void. The till makes the ids, so that it may ask again whenever it is in
doubt. And a member claims the receipt of a basket that was sold without a card."""

from uuid import UUID

from litestar import Response, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings

from . import guests, operations, voids
from .answers import GuestReceipt, Quote, Receipt
from .model import Basket, BroughtBack, Counter, ReceiptClaim, Voided

ANSWERS = {200: ResponseSpec(Receipt, description="The receipt; the same bytes whenever it is asked for again.")}
SOLD = {
    200: ResponseSpec(
        Receipt | GuestReceipt,
        description="The receipt; of a basket without a card what it would give. The same bytes whenever it is asked for again.",
    )
}


@post("/till/quotes", status_code=200)
async def request_quote(
    data: JSONBody[Basket],
    counter: NamedDependency[Counter],
) -> Quote:
    """Scan a card and say what this basket would earn and could spend, in the language of Accept-Language; without one, in
    the member's, as a receipt is."""
    return await operations.quote(counter, data)


@put("/till/sales/{sale_id:uuid}", responses=SOLD)
async def put_sale(
    sale_id: FromPath[UUID],
    data: JSONBody[Basket],
    counter: NamedDependency[Counter],
) -> Response[bytes]:
    """Sell. The same id and body give the same receipt and move nothing twice; another body gives 422."""
    recorded = await operations.sell(counter, sale_id, data)
    return answered(recorded.receipt, recorded.repeated)


@post("/till/sales", status_code=200, responses=SOLD)
async def post_sale(
    data: JSONBody[Basket],
    counter: NamedDependency[Counter],
    idempotency_key: NamedDependency[UUID],
) -> Response[bytes]:
    """Sell, for tills that only POST: the header Idempotency-Key is the sale's id."""
    recorded = await operations.sell(counter, idempotency_key, data)
    return answered(recorded.receipt, recorded.repeated)


@put("/till/sales/{sale_id:uuid}/returns/{return_id:uuid}", responses=ANSWERS)
async def put_return(
    sale_id: FromPath[UUID],
    return_id: FromPath[UUID],
    data: JSONBody[BroughtBack],
    counter: NamedDependency[Counter],
) -> Response[bytes]:
    """Take goods back, at any till of the partner that sold them. Asking again is harmless, as with a sale."""
    recorded = await operations.take_back(counter, sale_id, return_id, data)
    return answered(recorded.receipt, recorded.repeated)


@put("/till/sales/{sale_id:uuid}/void", responses=SOLD)
async def put_void(
    sale_id: FromPath[UUID],
    data: JSONBody[Voided],
    counter: NamedDependency[Counter],
) -> Response[bytes]:
    """Make a sale void within a day: all that is left of it comes back, points and rewards included."""
    recorded = await voids.void(counter, sale_id, data)
    return answered(recorded.receipt, recorded.repeated)


@put("/me/receipts/{claim_id:uuid}", responses=ANSWERS)
async def put_receipt(
    claim_id: FromPath[UUID],
    data: JSONBody[ReceiptClaim],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Claim a receipt that was printed without your card: it counts as your sale, on its own day."""
    recorded = await guests.claim(database, settings, member_id, claim_id, data, at)
    return answered(recorded.receipt, recorded.repeated)


routes = [request_quote, put_sale, post_sale, put_return, put_void, put_receipt]
