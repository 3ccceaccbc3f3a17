"""The merchants: their shops, their tills, and the operators who run the programme. Their keys are shown once and kept
as digests; `foundation.identity` asks here whose key it holds."""

from .catalogue import Catalogue, catalogue
from .hours import NEVER, Hours
from .hours_routes import routes as hours_routes
from .model import NoSuchOperator, Operator, OwnersOnly, Partner, Role, Shop, Till
from .operations import (
    add_operator,
    add_partner,
    add_shop,
    add_till,
    new_till_key,
    operator_by_key,
    operator_named,
    partners,
    products,
    revoke_till_key,
    set_products,
    shops,
    till,
    till_by_key,
    tills,
)
from .products import Product
from .products_routes import routes as products_routes
from .routes import owners_only
from .routes import routes as desk_routes

routes = [*desk_routes, *hours_routes, *products_routes]

__all__ = [
    "NEVER",
    "Catalogue",
    "Hours",
    "NoSuchOperator",
    "Operator",
    "OwnersOnly",
    "Partner",
    "Product",
    "Role",
    "Shop",
    "Till",
    "add_operator",
    "add_partner",
    "add_shop",
    "add_till",
    "catalogue",
    "new_till_key",
    "operator_by_key",
    "operator_named",
    "owners_only",
    "partners",
    "products",
    "revoke_till_key",
    "routes",
    "set_products",
    "shops",
    "till",
    "till_by_key",
    "tills",
]
