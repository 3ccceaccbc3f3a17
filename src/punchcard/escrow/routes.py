"""Spend tokens as the member's app makes them, and the keys by which tills know them."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings

from . import operations, signing
from .model import PublicKey, SpendTokenMade

KEPT = "private, max-age=3600, stale-if-error=604800"
"""A till asks every hour, and goes on with what it knows while it has no network."""
ANSWERS = {200: ResponseSpec(SpendTokenMade, description="The token; the same bytes whenever it is asked for again.")}


class TokenRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """To pay in this shop, for so much (minor units)."""

    shop: Annotated[str, Meta(min_length=1, max_length=40)]
    worth: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class PublicKeys(Struct, frozen=True):
    """Every key that a token may be signed by just now."""

    keys: list[PublicKey]


@put("/me/spend-tokens/{token_id:uuid}", responses=ANSWERS)
async def make_spend_token(
    token_id: FromPath[UUID],
    data: JSONBody[TokenRequest],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Set points aside for a shop whose tills may be without a network. It ends by time and cannot be taken back, since a
    till may have taken it: what was not spent is free again 72 hours after its end."""
    made = await operations.set_aside(database, settings, member_id, token_id, data.shop, data.worth, at)
    return answered(made.receipt, made.repeated)


@get("/till/keys")
async def list_keys(settings: NamedDependency[Settings]) -> Response[PublicKeys]:
    """The public keys by which a till without a network knows a spend token (a JWK set)."""
    return Response(PublicKeys(signing.public_keys(settings.secrets)), headers={"Cache-Control": KEPT})


routes = [make_spend_token, list_keys]
