"""News: what others should hear of. It is told in the transaction that makes it true; what follows stands in `reactions`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from . import outbox
from .clock import Instant
from .database import Connection
from .outbox import Due

Follows = Callable[[Any], Sequence[Due]]

_table: dict[type[Struct], Follows] = {}


def install(table: Mapping[type[Struct], Follows]) -> None:
    """Say once, when a process starts, what follows from each kind of news (`reactions.REACTIONS`)."""
    _table.clear()
    _table.update(table)


def follows(news: Sequence[Struct]) -> list[Due]:
    """What must follow from these, each level and each edge once."""
    dues = {(due.reaction, due.key): due for each in news for due in _table[type(each)](each)}
    return [due for _, due in sorted(dues.items())]


async def tell(db: Connection, member_id: UUID, news: Sequence[Struct], at: Instant) -> None:
    """Let what follows from this news be written in the open transaction."""
    await outbox.put(db, member_id, follows(news), at)
