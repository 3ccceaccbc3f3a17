"""The buttons of a partner's tills in PostgreSQL."""

from collections.abc import Sequence

from punchcard.foundation.database import Connection, execute, many

from .products import Product


async def replace(db: Connection, partner_id: str, products: Sequence[Product]) -> None:
    """These and no others. Whoever calls holds the partner."""
    await execute(db, "delete from product where partner_id = $1", partner_id)
    await execute(
        db,
        """
        insert into product (partner_id, position, sku, name, category, brand, amount, art)
        select $1, position, sku, name, category, brand, amount, art
          from unnest($2::text[], $3::jsonb[], $4::text[], $5::text[], $6::bigint[], $7::text[])
               with ordinality as listed (sku, name, category, brand, amount, art, position)
        """,
        partner_id,
        [each.sku for each in products],
        [each.name for each in products],
        [each.category for each in products],
        [each.brand for each in products],
        [each.amount for each in products],
        [each.art for each in products],
    )


async def products(db: Connection, partner_id: str) -> list[Product]:
    """In the order of the buttons."""
    return await many(
        db,
        Product,
        "select sku, name, category, amount, brand, art from product where partner_id = $1 order by position",
        partner_id,
    )
