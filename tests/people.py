"""Somebody to join: what the tests of members share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from punchcard import members
from punchcard.foundation import news
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Connection
from punchcard.members import codes, contacts, operations, sql
from punchcard.members.model import Arrival, SignedIn

from .conftest import OneTransaction
from .front import SETTINGS, app_of, calling

SECRETS = SETTINGS.secrets
AT = 1_780_000_000
MAYA = "maya@example.org"
ARRIVAL = Arrival("Maya", "en", "Asia/Jerusalem", {"marketing": True}, "phone")


@pytest.fixture(autouse=True)
def quiet_news() -> Iterator[None]:
    """Nothing follows from a member's news here; what does in the house stands in `reactions` and is tested there."""
    before = dict(news._table)
    news.install({kind: lambda _: () for kind in (members.Joined, members.ProfileChanged)})
    yield
    news.install(before)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "ahead")


@pytest.fixture
async def client(house: OneTransaction, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app_of(house, clock)) as opened:
        yield opened


async def code_for(db: Connection, contact: str, at: int) -> str:
    """The code that the message would carry."""
    found = await sql.open_code_of(db, contacts.hashed(contacts.normal(contact)), at)
    assert found is not None
    code = codes.code_of(SECRETS, contacts.hashed(contacts.normal(contact)), found)
    assert code is not None
    return code


async def joined(db: Connection, contact: str = MAYA, at: int = AT) -> SignedIn:
    await operations.request_code(db, SETTINGS, contact, "en", at)
    answer = await operations.join(db, SETTINGS, contact, await code_for(db, contact, at), ARRIVAL, at)
    assert isinstance(answer, SignedIn)
    return answer
