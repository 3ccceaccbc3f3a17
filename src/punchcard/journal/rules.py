"""The rulebook that a fold goes by, compiled once for each version and process."""

from punchcard import rulebooks
from punchcard.foundation.database import Connection
from punchcard.programme import Program

_compiled: dict[int, Program] = {}


async def compiled(db: Connection, version: int) -> Program:
    """The program of this version; read only if it is not the one at hand."""
    found = _compiled.get(version)
    if found is None:
        found = await rulebooks.program(db)
        _compiled.clear()
        _compiled[version] = found
    return found
