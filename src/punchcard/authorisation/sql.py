"""What was let through, what was shown, who locked spending and what members were asked, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .model import Approval, Desk, Guesses, Shown, Spending, SpendingRule


async def hold(db: Connection, member_id: UUID) -> None:
    """Nobody else lets this member spend until the transaction ends."""
    await value(db, "select pg_advisory_xact_lock(hashtextextended($1::text, 21))", str(member_id))


async def keep(db: Connection, spending: Spending, worth: int, approved: bool) -> None:
    """Remember that it was let through: `worth` beside what holds covered. Asked for again elsewhere, it counts for no less."""
    await execute(
        db,
        """
        insert into spending_trail (member_id, fact_id, at, shop_id, till_id, worth, covered, holds, proof, approved)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (member_id, fact_id) do update
           set at = excluded.at, shop_id = excluded.shop_id, till_id = excluded.till_id,
               worth = greatest(spending_trail.worth, excluded.worth),
               covered = greatest(spending_trail.covered, excluded.covered),
               holds = spending_trail.holds || excluded.holds, proof = excluded.proof, approved = excluded.approved
        """,
        spending.member_id,
        spending.fact_id,
        spending.at,
        spending.shop_id,
        spending.till_id,
        worth,
        spending.worth - worth,
        list(spending.holds),
        spending.shown.proof,
        approved,
    )


async def guesses(db: Connection, code_hash: bytes, more: int, at: Instant, window_seconds: float) -> Guesses:
    """How many wrong codes of this card were shown in this window, `more` of them now; others who ask wait their turn."""
    return await one(
        db,
        Guesses,
        """
        insert into rotating_guess as known (code_hash, wrong, since) values ($1, $2, $3)
            on conflict (code_hash) do update
           set wrong = case when known.since + make_interval(secs => $4) <= $3 then $2
                            else least(known.wrong + $2, 10000) end,
               since = case when known.since + make_interval(secs => $4) <= $3 then $3 else known.since end
        returning wrong, since
        """,
        code_hash,
        more,
        at,
        window_seconds,
    )


async def step_till(db: Connection, shown: Shown) -> str | None:
    """At which till this code was shown, if it was."""
    found = await value(
        db, "select till_id from rotating_step where code_hash = $1 and step = $2", shown.code_hash, shown.step
    )
    return None if found is None else str(found)


async def bind_step(db: Connection, shown: Shown, till_id: str, at: Instant) -> bool:
    """Let this till be the one where the code was shown; False when it is another. Of two at once one wins."""
    return bool(
        await execute(
            db,
            """
            insert into rotating_step as known (code_hash, step, till_id, shown_at) values ($1, $2, $3, $4)
                on conflict (code_hash, step) do update set till_id = excluded.till_id
             where known.till_id = excluded.till_id
            """,
            shown.code_hash,
            shown.step,
            till_id,
            at,
        )
    )


async def use_step(db: Connection, shown: Shown, till_id: str, fact_id: str, holds: Sequence[str]) -> bool:
    """Let this sale or hold be the one that the code lets spend, or take over from the hold that it captures."""
    return bool(
        await execute(
            db,
            """
            update rotating_step set fact_id = $4
             where code_hash = $1 and step = $2 and till_id = $3
               and (fact_id is null or fact_id = $4 or fact_id = any($5::text[]))
            """,
            shown.code_hash,
            shown.step,
            till_id,
            fact_id,
            holds,
        )
    )


async def rule(db: Connection) -> SpendingRule:
    """Whether anybody may spend now, and how much a day."""
    return await one(db, SpendingRule, "select allowed, day_limit from spending_rule")


async def set_rule(db: Connection, allowed: bool, day_limit: int | None) -> SpendingRule:
    """Let everybody spend, or nobody; None leaves the limit a day as it is."""
    return await one(
        db,
        SpendingRule,
        """
        update spending_rule set allowed = $1, day_limit = coalesce($2, day_limit), changed_at = now()
        returning allowed, day_limit
        """,
        allowed,
        day_limit,
    )


async def lock(db: Connection, member_id: UUID, at: Instant) -> None:
    """Let this member spend nothing."""
    await execute(
        db,
        "insert into spend_lock (member_id, locked_at) values ($1, $2) on conflict (member_id) do nothing",
        member_id,
        at,
    )


async def unlock(db: Connection, member_id: UUID) -> None:
    """Let this member spend again."""
    await execute(db, "delete from spend_lock where member_id = $1", member_id)


async def locked_since(db: Connection, member_id: UUID) -> Instant | None:
    """Since when this member spends nothing."""
    found = await value(db, "select locked_at from spend_lock where member_id = $1", member_id)
    return None if found is None else int(found)


async def own_approval(db: Connection, approval_id: UUID, member_id: UUID, at: Instant) -> bool:
    """Let this id be an approval of this member; False when it is somebody's."""
    return bool(
        await execute(
            db,
            """
            insert into approval_owner (approval_id, member_id, asked_at) values ($1, $2, $3)
                on conflict (approval_id) do nothing
            """,
            approval_id,
            member_id,
            at,
        )
    )


async def approval_owner(db: Connection, approval_id: UUID) -> UUID | None:
    """Who was asked under this id."""
    found = await value(db, "select member_id from approval_owner where approval_id = $1", approval_id)
    return found if isinstance(found, UUID) else None


async def insert_approval(db: Connection, member_id: UUID, asked: Approval) -> None:
    """Keep what the member is asked."""
    await execute(
        db,
        """
        insert into approval (member_id, approval_id, till_id, shop_id, worth, asked_at, total)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
        member_id,
        asked.approval_id,
        asked.till_id,
        asked.shop_id,
        asked.worth,
        asked.asked_at,
        asked.total,
    )


async def approval(db: Connection, member_id: UUID, approval_id: UUID) -> Approval | None:
    """What this member was asked under this id."""
    return await maybe(
        db,
        Approval,
        """
        select approval_id, till_id, shop_id, worth, asked_at, answered_at, approved, fact_id, total
          from approval where member_id = $1 and approval_id = $2
        """,
        member_id,
        approval_id,
    )


async def unanswered(db: Connection, member_id: UUID, since: Instant) -> list[Approval]:
    """What this member was asked since then and has not answered, the oldest first."""
    return await many(
        db,
        Approval,
        """
        select approval_id, till_id, shop_id, worth, asked_at, answered_at, approved, fact_id, total
          from approval where member_id = $1 and asked_at > $2 and answered_at is null order by asked_at, approval_id
        """,
        member_id,
        since,
    )


async def waiting_versions(db: Connection, member_ids: Sequence[UUID], since: Instant) -> dict[UUID, int]:
    """A number that is another one whenever something else waits for the member's answer; nobody is named who is asked
    nothing. Browsers hold 53 bits of a number."""
    rows = await db.fetch(
        """
        select member_id,
               hashtextextended(string_agg(approval_id::text, ' ' order by approval_id), 0) & 281474976710655 as version
          from approval where member_id = any($1::uuid[]) and asked_at > $2 and answered_at is null group by member_id
        """,
        member_ids,
        since,
    )
    return {row["member_id"]: row["version"] for row in rows}


async def desks(db: Connection, till_ids: Sequence[str]) -> dict[str, Desk]:
    """What these tills and their shops are called."""
    found = await many(
        db,
        Desk,
        """
        select till.id as till_id, till.name as till, shop.name as shop, shop.partner_id
          from till join shop on shop.id = till.shop_id where till.id = any($1::text[])
        """,
        till_ids,
    )
    return {each.till_id: each for each in found}


async def answer_approval(db: Connection, member_id: UUID, approval_id: UUID, approved: bool, at: Instant) -> None:
    """Keep the member's answer."""
    await execute(
        db,
        "update approval set approved = $3, answered_at = $4 where member_id = $1 and approval_id = $2",
        member_id,
        approval_id,
        approved,
        at,
    )


async def use_approval(db: Connection, member_id: UUID, approval_id: UUID, fact_id: str) -> None:
    """Let this sale or hold be the one that was approved."""
    await execute(
        db,
        "update approval set fact_id = $3 where member_id = $1 and approval_id = $2",
        member_id,
        approval_id,
        fact_id,
    )


async def drop_steps(db: Connection, until: Instant) -> int:
    """Forget the codes that were shown before."""
    return await execute(db, "delete from rotating_step where shown_at < $1", until)


async def drop_guesses(db: Connection, until: Instant) -> int:
    """Forget the wrong codes of windows that began before."""
    return await execute(db, "delete from rotating_guess where since < $1", until)


async def drop_approvals(db: Connection, until: Instant) -> int:
    """Forget what was asked before."""
    return await execute(db, "delete from approval where asked_at < $1", until)


async def drop_approval_owners(db: Connection, until: Instant) -> int:
    """Forget who was asked before."""
    return await execute(db, "delete from approval_owner where asked_at < $1", until)


async def drop_trail(db: Connection, until: Instant) -> int:
    """Forget what was let through before."""
    return await execute(db, "delete from spending_trail where at < $1", until)
