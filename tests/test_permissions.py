"""Every route × every audience, against the committed table `permissions.csv`; and nobody reaches what is another's."""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from tests.town import Town

TABLE = Path(__file__).with_name("permissions.csv")
AUDIENCES = ("anonymous", "stranger", "member", "till", "operator")
"""`stranger` bears a token that nobody gave out."""


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    """Every method and path template that the app answers."""
    for route in app.routes:
        for method in sorted(getattr(route, "methods", set()) - {"OPTIONS", "HEAD"}):
            yield method, route.path_format


def filled(path: str) -> str:
    """A path that fits the template: fresh ids, so that nothing is found behind it."""
    return re.sub(r"\{[^}]+\}", lambda _: str(uuid4()), path)


async def verdict(client: httpx.AsyncClient, method: str, path: str, key: str | None) -> str:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with client.stream(method, filled(path), headers=headers, json={} if method != "GET" else None) as answer:
        return str(answer.status_code) if answer.status_code in (401, 403) else "enters"


async def test_every_route_opens_to_whom_the_table_says(town: Town) -> None:
    keys = {
        "anonymous": None,
        "stranger": "eyJhbGciOiJub25lIn0.e30.",
        "member": (await town.join("maya@example.com")).token,
        "till": town.till_key,
        "operator": town.operator_key,
    }
    found = {
        (method, path): {each: await verdict(town.client, method, path, keys[each]) for each in AUDIENCES}
        for method, path in sorted(routes(town.app), key=lambda route: (route[1], route[0]))
        if not path.endswith("/events")  # an open stream: its door is tested in test_journal
    }

    if os.environ.get("PUNCHCARD_WRITE_TABLES"):
        write(found)
    assert found == read()


def write(found: dict[tuple[str, str], dict[str, str]]) -> None:
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["method", "path", *AUDIENCES])
        writer.writerows([method, path, *(row[each] for each in AUDIENCES)] for (method, path), row in found.items())


def read() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(newline="") as file:
        return {(row.pop("method"), row.pop("path")): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("path", ["/mine", "/me2/card", "/admin/x"])
async def test_a_route_under_no_known_prefix_lets_nobody_in(path: str) -> None:
    from punchcard.foundation import identity

    assert identity.door_of(path) not in ("public", "me", "till", "console")
