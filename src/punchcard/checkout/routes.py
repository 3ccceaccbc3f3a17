"""What a till asks: a quote, a sale, a return. The till makes the ids, so that it may ask again whenever it is in doubt."""

from uuid import UUID

from litestar import Response, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from punchcard.foundation.answers import answered

from . import operations
from .model import Basket, BroughtBack, Counter, Quote, Receipt

ANSWERS = {200: ResponseSpec(Receipt, description="The receipt; the same bytes whenever it is asked for again.")}


@post("/till/quotes", status_code=200)
async def request_quote(
    data: JSONBody[Basket],
    counter: NamedDependency[Counter],
) -> Quote:
    """Scan a card and say what this basket would earn and could spend."""
    return await operations.quote(counter, data)


@put("/till/sales/{sale_id:uuid}", responses=ANSWERS)
async def put_sale(
    sale_id: FromPath[UUID],
    data: JSONBody[Basket],
    counter: NamedDependency[Counter],
) -> Response[bytes]:
    """Sell. The same id and body give the same receipt and move nothing twice; another body gives 422."""
    recorded = await operations.sell(counter, sale_id, data)
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


routes = [request_quote, put_sale, put_return]
