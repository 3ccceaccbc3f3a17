"""What was printed, reckoned and found, in PostgreSQL."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct, to_builtins

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe

from .model import Apart, Checked, ShopDay, TillDay, Totals, Unequal


class Kept(Struct, frozen=True):
    """A printed receipt, with article and amount of each line of its sale; None where no journal has them."""

    till: str
    number: str
    kind: str
    member_id: UUID | None
    amount: int
    earned: int
    spent: int
    at: Instant
    lines: list[tuple[str, int]] | None


class Version(Struct, frozen=True):
    """A till's totals as they were told last."""

    version: int
    receipts: int
    amount: int
    returned: int
    earned: int
    spent: int
    told_at: Instant

    @property
    def totals(self) -> Totals:
        return Totals(self.receipts, self.amount, self.returned, self.earned, self.spent)


class Found(Struct, frozen=True):
    """A finding as it is kept."""

    shop: str
    till: str
    receipt: str
    kind: str
    differs: dict[str, list[int | str | None]]


async def receipts(db: Connection, shop: str, day: date) -> list[Kept]:
    """Every receipt that a shop's tills printed on a day; a guest's stays one when it has been claimed."""
    return await many(
        db,
        Kept,
        """
        select r.till_id as till, r.number, case when g.id is null then r.kind else 'guest' end as kind, r.member_id,
               r.amount, r.earned, r.spent, r.at,
               coalesce(
                   (select jsonb_agg(jsonb_build_array(l.line -> 0, l.line -> 4) order by l.n)
                      from jsonb_array_elements(f.body -> 'lines') with ordinality as l(line, n)),
                   (select jsonb_agg(jsonb_build_array(l.line -> 'sku', l.line -> 'amount') order by l.n)
                      from jsonb_array_elements(convert_from(g.body, 'UTF8')::jsonb -> 'lines') with ordinality as l(line, n))
               ) as lines
          from till t join till_receipt r on r.shop_id = t.shop_id and r.till_id = t.id and r.day = $2
          left join fact f on f.member_id = r.member_id and f.id = r.fact_id
          left join guest_basket g
            on (g.shop_id, g.till_id, g.day, g.number) = (r.shop_id, r.till_id, r.day, r.number)
         where t.shop_id = $1 order by r.till_id, r.number
        """,
        shop,
        day,
    )


async def hold_day(db: Connection, shop: str, till: str, day: date) -> None:
    """Nobody else tells this till's totals of this day until the transaction ends."""
    await execute(
        db,
        "select pg_advisory_xact_lock(hashtextextended(format('%s/%s/%s', $1::text, $2::text, $3::date), 27))",
        shop,
        till,
        day,
    )


async def newest(db: Connection, shop: str, till: str, day: date) -> Version | None:
    """What the till told last of this day."""
    return await maybe(
        db,
        Version,
        """
        select version, receipts, amount, returned, earned, spent, told_at from till_total
         where shop_id = $1 and till_id = $2 and day = $3 order by version desc limit 1
        """,
        shop,
        till,
        day,
    )


async def tell(db: Connection, shop: str, till: str, day: date, version: int, totals: Totals, at: Instant) -> None:
    """Keep another version of a till's totals."""
    await execute(
        db,
        """
        insert into till_total (shop_id, till_id, day, version, receipts, amount, returned, earned, spent, told_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        shop,
        till,
        day,
        version,
        totals.receipts,
        totals.amount,
        totals.returned,
        totals.earned,
        totals.spent,
        at,
    )


async def due(db: Connection, at: Instant, limit: int) -> list[ShopDay]:
    """Shops' days that are over by three hours and were never compared; and of the last week those of which a till has told
    something since, or (once a night) with findings that may have healed."""
    return await many(
        db,
        ShopDay,
        """
        with days as (
            select s.id as shop, (($1::timestamptz - interval '3 hours') at time zone s.zone)::date - n as day
              from shop s, generate_series(1, 7) as n)
        select days.shop, days.day from days left join reconciliation r on r.shop_id = days.shop and r.day = days.day
         where (r.shop_id is null and (
                   exists (select from till t join till_receipt p on p.shop_id = t.shop_id and p.till_id = t.id
                            where t.shop_id = days.shop and p.day = days.day)
                   or exists (select from till_total t where t.shop_id = days.shop and t.day = days.day)))
            or exists (select from till_total t
                        where t.shop_id = days.shop and t.day = days.day and t.told_at >= r.checked_at)
            or (r.missing + r.differing > 0 and r.checked_at < $1::timestamptz - interval '20 hours')
         order by days.day, days.shop limit $2
        """,
        at,
        limit,
    )


async def tills(db: Connection, shop: str, day: date) -> list[TillDay]:
    """A shop's tills on a day: what their receipts come to, and what they reckoned last. No till knows what a guest's
    receipt earned who claimed it."""
    return await many(
        db,
        TillDay,
        """
        select t.id as till, coalesce(p.receipts, 0) as receipts, coalesce(p.amount, 0)::bigint as amount,
               coalesce(p.returned, 0)::bigint as returned, coalesce(p.earned, 0)::bigint as earned,
               coalesce(p.spent, 0)::bigint as spent, coalesce(told.version, 0) as version,
               told.receipts as told_receipts, told.amount as told_amount, told.returned as told_returned,
               told.earned as told_earned, told.spent as told_spent
          from till t
          left join lateral (
               select count(*) as receipts, sum(r.amount) filter (where r.kind <> 'return') as amount,
                      -sum(r.amount) filter (where r.kind = 'return') as returned,
                      sum(r.earned) filter (where g.id is null) as earned, sum(r.spent) filter (where g.id is null) as spent
                 from till_receipt r
                 left join guest_basket g
                   on (g.shop_id, g.till_id, g.day, g.number) = (r.shop_id, r.till_id, r.day, r.number)
                where r.shop_id = t.shop_id and r.till_id = t.id and r.day = $2) p on true
          left join lateral (
               select * from till_total x where x.shop_id = t.shop_id and x.till_id = t.id and x.day = $2
                order by x.version desc limit 1) told on true
         where t.shop_id = $1 and (p.receipts > 0 or told.version is not null) order by t.id
        """,
        shop,
        day,
    )


async def apart(db: Connection, shop: str, day: date, limit: int) -> list[Apart]:
    """Members' receipts of a day that say something else than the fact they stand for, or stand for none."""
    return await many(
        db,
        Apart,
        """
        select * from (
            select r.till_id as till, r.number, r.amount, r.earned, r.spent, f.id is not null as found,
                   case when f.body ? 'lines' then
                        (select sum((line ->> 4)::bigint)::bigint from jsonb_array_elements(f.body -> 'lines') as line)
                   end as fact_amount,
                   case when f.receipt <> '' then (convert_from(f.receipt, 'UTF8')::jsonb ->> 'earned')::bigint end as fact_earned,
                   case when f.receipt <> '' then (convert_from(f.receipt, 'UTF8')::jsonb ->> 'spent')::bigint end as fact_spent
              from till t join till_receipt r on r.shop_id = t.shop_id and r.till_id = t.id and r.day = $2
              left join fact f on f.member_id = r.member_id and f.id = r.fact_id
             where t.shop_id = $1 and r.member_id is not null and r.kind <> 'guest') each
         where not found or amount <> coalesce(fact_amount, amount) or earned <> coalesce(fact_earned, earned)
            or spent <> coalesce(fact_spent, spent)
         order by till, number limit $3
        """,
        shop,
        day,
        limit,
    )


async def keep(db: Connection, day: date, checked: Checked) -> None:
    """What came of comparing a shop's day takes the place of what came of it before."""
    await execute(
        db,
        """
        insert into reconciliation (shop_id, day, checked_at, receipts, matched, missing, differing)
        values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (shop_id, day) do update set checked_at = excluded.checked_at, receipts = excluded.receipts,
               matched = excluded.matched, missing = excluded.missing, differing = excluded.differing
        """,
        checked.shop,
        day,
        checked.checked_at,
        checked.receipts,
        checked.matched,
        checked.missing,
        checked.differing,
    )


async def forget_findings(db: Connection, shop: str, day: date) -> None:
    """Drop what was found before."""
    await execute(db, "delete from reconciliation_finding where shop_id = $1 and day = $2", shop, day)


async def find(db: Connection, shop: str, day: date, found: Sequence[Unequal]) -> None:
    """Keep what was found."""
    await execute(
        db,
        """
        insert into reconciliation_finding (shop_id, day, number, till_id, receipt, kind, differs)
        select $1, $2, f.number, f.till_id, f.receipt, f.kind, f.differs
          from unnest($3::text[], $4::text[], $5::text[], $6::jsonb[]) with ordinality as f(till_id, receipt, kind, differs, number)
        """,
        shop,
        day,
        [each.till for each in found],
        [each.receipt for each in found],
        [each.kind for each in found],
        [to_builtins(each.differs) for each in found],
    )


async def checked(db: Connection, day: date) -> list[Checked]:
    """The shops that were compared for a day."""
    return await many(
        db,
        Checked,
        """
        select shop_id as shop, checked_at, receipts, matched, missing, differing
          from reconciliation where day = $1 order by shop_id
        """,
        day,
    )


async def findings(db: Connection, day: date, limit: int) -> list[Found]:
    """What was found of a day."""
    return await many(
        db,
        Found,
        """
        select shop_id as shop, till_id as till, receipt, kind, differs
          from reconciliation_finding where day = $1 order by shop_id, number limit $2
        """,
        day,
        limit,
    )
