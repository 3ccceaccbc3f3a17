"""How many statements something takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from punchcard.foundation.database import Connection

NONE_OF_OURS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
"""What a test's transaction in a transaction says."""
OF_THE_DRIVER = ("_setting('jit')", "set_config", "typeinfo")
"""What the driver asks when a connection meets a type for the first time."""


@contextmanager
def counted(db: Connection) -> Iterator[list[str]]:
    """The statements that run on this connection, in order."""
    ran: list[str] = []

    def keep(record: Any) -> None:
        if not record.query.startswith(NONE_OF_OURS) and not any(each in record.query for each in OF_THE_DRIVER):
            ran.append(record.query)

    with db.query_logger(keep):
        yield ran
