"""Partners, shops, tills and operators in PostgreSQL: small catalogue tables, the same on every shard."""

from uuid import UUID

from punchcard.foundation.database import Connection, execute, many, maybe, value

from .model import Operator, Partner, Shop, Till, TillState


async def insert_partner(db: Connection, partner: Partner) -> bool:
    """Keep a new partner; False when the id is taken."""
    return bool(
        await execute(
            db,
            "insert into partner (id, name, hue, chroma) values ($1, $2, $3, $4) on conflict (id) do nothing",
            partner.id,
            partner.name,
            partner.hue,
            partner.chroma,
        )
    )


async def update_partner(db: Connection, partner: Partner) -> bool:
    """Change its name and colour; False when there is no such partner."""
    return bool(
        await execute(
            db,
            "update partner set name = $2, hue = $3, chroma = $4 where id = $1",
            partner.id,
            partner.name,
            partner.hue,
            partner.chroma,
        )
    )


async def all_partners(db: Connection) -> list[Partner]:
    """Every partner."""
    return await many(db, Partner, "select id, name, hue, chroma from partner order by id")


async def partner(db: Connection, partner_id: str) -> Partner | None:
    """The partner with this id."""
    return await maybe(db, Partner, "select id, name, hue, chroma from partner where id = $1", partner_id)


async def hold_partner(db: Connection, partner_id: str) -> bool:
    """Nobody else changes what is the partner's until the transaction ends; False when there is no such partner."""
    return bool(await value(db, "select true from partner where id = $1 for no key update", partner_id))


async def insert_shop(db: Connection, shop: Shop) -> bool:
    """Keep a new shop; False when the id is taken."""
    return bool(
        await execute(
            db,
            """
            insert into shop (id, partner_id, name, zone, floor_limit, latitude, longitude)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing
            """,
            shop.id,
            shop.partner_id,
            shop.name,
            shop.zone,
            shop.floor_limit,
            shop.latitude,
            shop.longitude,
        )
    )


async def update_shop(
    db: Connection, shop_id: str, name: str, floor_limit: int, latitude: float | None, longitude: float | None
) -> Shop | None:
    """Change what may change of it; None when there is no such shop."""
    return await maybe(
        db,
        Shop,
        """
        update shop set name = $2, floor_limit = $3, latitude = $4, longitude = $5 where id = $1
        returning id, partner_id, name, zone, floor_limit, latitude, longitude
        """,
        shop_id,
        name,
        floor_limit,
        latitude,
        longitude,
    )


async def all_shops(db: Connection) -> list[Shop]:
    """Every shop of every partner."""
    return await many(
        db,
        Shop,
        "select id, partner_id, name, zone, floor_limit, latitude, longitude from shop order by partner_id, id",
    )


async def shop(db: Connection, shop_id: str) -> Shop | None:
    """The shop with this id."""
    return await maybe(
        db,
        Shop,
        "select id, partner_id, name, zone, floor_limit, latitude, longitude from shop where id = $1",
        shop_id,
    )


async def version(db: Connection) -> int:
    """Which state of all partners and shops this is."""
    return int(await value(db, "select version from partner_version"))


async def bump(db: Connection, fresh: int) -> None:
    """A version that was never there before."""
    await execute(db, "update partner_version set version = greatest(version + 1, $1::bigint)", fresh)


async def insert_till(db: Connection, till: Till, key_hash: bytes) -> None:
    """Keep a new till and the digest of its key."""
    await execute(
        db,
        "insert into till (id, shop_id, name, key_hash) values ($1, $2, $3, $4)",
        till.id,
        till.shop_id,
        till.name,
        key_hash,
    )


async def tills_of(db: Connection, shop_id: str) -> list[TillState]:
    """The tills of a shop."""
    return await many(
        db,
        TillState,
        "select id, name, key_hash is not null as keyed from till where shop_id = $1 order by created_at, id",
        shop_id,
    )


async def till(db: Connection, till_id: str) -> Till | None:
    """The till with this id."""
    return await maybe(
        db,
        Till,
        """
        select till.id, shop.id as shop_id, shop.partner_id, shop.zone, till.name
          from till join shop on shop.id = till.shop_id where till.id = $1
        """,
        till_id,
    )


async def till_by_key(db: Connection, key_hash: bytes) -> Till | None:
    """The till that holds this key."""
    return await maybe(
        db,
        Till,
        """
        select till.id, shop.id as shop_id, shop.partner_id, shop.zone, till.name
          from till join shop on shop.id = till.shop_id where till.key_hash = $1
        """,
        key_hash,
    )


async def set_till_key(db: Connection, till_id: str, key_hash: bytes | None) -> bool:
    """Give the till another key, or none; False when there is no such till."""
    return bool(await execute(db, "update till set key_hash = $2 where id = $1", till_id, key_hash))


async def insert_operator(db: Connection, operator: Operator, key_hash: bytes) -> None:
    """Keep a new operator and the digest of the key."""
    await execute(
        db,
        "insert into operator (id, name, role, key_hash) values ($1, $2, $3, $4)",
        operator.id,
        operator.name,
        operator.role,
        key_hash,
    )


async def operator_by_key(db: Connection, key_hash: bytes) -> Operator | None:
    """The operator who holds this key."""
    return await maybe(db, Operator, "select id, name, role from operator where key_hash = $1", key_hash)


async def all_operators(db: Connection) -> list[Operator]:
    """Every operator who holds a key."""
    return await many(db, Operator, "select id, name, role from operator where key_hash is not null order by id")


async def drop_operator_key(db: Connection, operator_id: UUID) -> bool:
    """Let the operator in no more; False when there is no such operator."""
    return bool(await execute(db, "update operator set key_hash = null where id = $1", operator_id))
