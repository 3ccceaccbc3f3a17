"""What offers are about."""

from punchcard.foundation.database import Connection


async def topics(db: Connection) -> set[str]:
    """The topics of the offers that are not closed."""
    rows = await db.fetch(
        "select distinct topic from offer join offer_round on offer_id = id where closed_at is null and topic is not null"
    )
    return {row["topic"] for row in rows}
