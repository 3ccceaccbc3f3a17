"""The program that a fold goes by: compiled once for each version and process."""

from punchcard import rulebooks
from punchcard.foundation.database import Connection
from punchcard.programme import Program
from punchcard.rulebooks import Current

_at_hand: list[Current] = []


async def compiled(db: Connection, version: int) -> Program:
    """The program of this version; asked for only if it is not the one at hand."""
    if not _at_hand or _at_hand[0].version != version:
        _at_hand[:] = [await rulebooks.current(db)]
    return _at_hand[0].program


async def latest(db: Connection) -> Program:
    """The program of everything published so far."""
    return await compiled(db, await rulebooks.version(db))
