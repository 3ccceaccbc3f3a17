"""Connectors in PostgreSQL, and what is read of a sale of which goods come back."""

from uuid import UUID

from msgspec import Struct, to_builtins

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe

from .model import Connector, Mapping, Plugged


class Bought(Struct, frozen=True):
    """A line of a sale: its article, how many, and how many of them came back before."""

    line: int
    sku: str
    quantity: int
    returned: int


async def put(db: Connection, id: str, till_id: str, mapping: Mapping, enabled: bool, at: Instant) -> bool:
    """Keep a connector, new or changed; False where there is no such till."""
    return bool(
        await execute(
            db,
            """
            insert into connector (id, till_id, mapping, enabled, changed_at)
            select $1, till.id, $3, $4, $5 from till where till.id = $2
                on conflict (id) do update set till_id = excluded.till_id, mapping = excluded.mapping,
                   enabled = excluded.enabled, changed_at = excluded.changed_at
            """,
            id,
            till_id,
            to_builtins(mapping),
            enabled,
            at,
        )
    )


async def connector(db: Connection, id: str) -> Connector | None:
    """The connector with this id."""
    return await maybe(
        db,
        Connector,
        """
        select id, till_id as till, mapping, enabled, secret_id is not null as keyed, changed_at
          from connector where id = $1
        """,
        id,
    )


async def plugged(db: Connection, id: str, at: Instant) -> Plugged | None:
    """The connector as its callbacks need it, with the secrets that hold at this instant."""
    return await maybe(
        db,
        Plugged,
        """
        select id, till_id, mapping, enabled,
               array_remove(array[secret_id, case when previous_until > $2 then previous_secret_id end], null) as secrets
          from connector where id = $1
        """,
        id,
        at,
    )


async def exchange(db: Connection, id: str, secret_id: UUID, until: Instant) -> bool:
    """From now on it signs with this secret; the one before holds until then. False where there is no such connector."""
    return bool(
        await execute(
            db,
            """
            update connector set previous_secret_id = secret_id, previous_until = $3, secret_id = $2 where id = $1
            """,
            id,
            secret_id,
            until,
        )
    )


async def drop(db: Connection, id: str) -> bool:
    """Forget a connector; what it sold stays."""
    return bool(await execute(db, "delete from connector where id = $1", id))


async def bought(db: Connection, sale_id: str, before_return: str) -> list[Bought]:
    """The lines of a sale, and what came back of each before this return (or so far, while it is not written)."""
    return await many(
        db,
        Bought,
        """
        with sale as (
            select f.member_id, f.id, f.body from fact_owner o
              join fact f on f.member_id = o.member_id and f.id = o.fact_id where o.fact_id = $1),
        other as (
            select distinct f.id, f.body from sale
              join deal d on d.member_id = sale.member_id and d.id = sale.id
              join fact f on f.member_id = d.member_id and f.id = d.fact_id
             where f.id not in ($1, $2) and f.body ? 'quantities'
               and f.seq < coalesce((select own.seq from fact own where own.member_id = f.member_id and own.id = $2),
                                    9223372036854775807))
        select (l.n - 1)::int as line, l.line ->> 0 as sku, (l.line ->> 3)::bigint as quantity,
               coalesce((select sum((other.body -> 'quantities' ->> (l.n - 1)::text)::bigint) from other), 0)::bigint as returned
          from sale, jsonb_array_elements(sale.body -> 'lines') with ordinality as l(line, n) order by l.n
        """,
        sale_id,
        before_return,
    )
