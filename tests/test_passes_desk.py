"""Whoever helps members sees what a card shows, and makes a leaked one void: by the console's route and by command."""

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from punchcard import passes
from punchcard.commands import supporting
from punchcard.foundation import settings as reading
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.settings import Settings
from punchcard.passes.apple import operations
from tests.dropped import BEGAN, House, settled
from tests.town import Person, Town, line

from .test_passes_apple_service import Holder, holder, maya, sold
from .test_passes_void import voided

__all__ = ["holder", "maya"]  # fixtures

pytestmark = pytest.mark.anyio


async def shown(town: Town, who: str) -> Any:
    answer = await town.ask("GET", f"/console/members/{who}/passes", key=town.operator_key)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_desk_sees_what_the_phone_has_and_what_it_should(town: Town, holder: Holder, maya: Person):
    await holder.register()
    first = await shown(town, maya.card)
    await sold(town, maya)
    behind = await shown(town, maya.card)
    await holder.changed("0")
    await holder.fetch()
    after = await shown(town, str(maya.member_id))

    def phone(seen: Any) -> Any:
        [held] = seen["apple"]["passes"]
        [device] = held["devices"]
        return device

    assert phone(first)["behind_since"] is None and phone(behind)["behind_since"] is not None
    assert phone(behind)["push_answer"] == "sent" and phone(behind)["says"]["points"] == 0
    assert phone(after)["behind_since"] is None
    assert phone(after)["says"]["points"] == after["should_say"]["points"] == (await maya.get("/me/card"))["points"] > 0


async def test_the_desk_learns_neither_code_nor_token_nor_where_a_phone_is_woken(
    town: Town, holder: Holder, maya: Person
):
    await holder.register()

    said = json.dumps(await shown(town, maya.card))

    secrets = (maya.card.replace("-", ""), holder.token, "0b" * 32, "f00d" * 8, "Maya")
    assert not [each for each in secrets if each in said]
    assert (await shown(town, maya.card))["card_ends"] == maya.card.replace("-", "")[-5:]


async def test_the_desk_is_for_operators(town: Town, maya: Person):
    path = f"/console/members/{maya.card}/passes"

    for key in ("", town.till_key, "pco_nobody"):
        assert (await town.ask("GET", path, key=key)).status_code in (401, 403)
        assert (await town.ask("POST", f"{path}/void", {"because": "why not"}, key)).status_code in (401, 403)
    assert (await maya.ask("GET", path)).status_code in (401, 403)


async def test_after_a_void_the_old_code_still_names_its_member_and_says_so(town: Town, holder: Holder, maya: Person):
    await holder.register()
    await voided(town, maya.card)

    by_old = await shown(town, maya.card)
    by_new = await shown(town, (await maya.get("/me/card"))["code"])

    assert not by_old["named_card_counts"] and by_new["named_card_counts"]
    assert by_old["member_id"] == by_new["member_id"] == str(maya.member_id)
    voids = [each["voided_at"] is not None for each in by_new["apple"]["passes"]]
    assert sorted(voids) == [False, True]


@pytest.mark.parametrize("because", ["", "no", "x" * 201, None, 7])
async def test_a_void_without_a_reason_is_refused(town: Town, maya: Person, because: Any):
    path = f"/console/members/{maya.card}/passes/void"

    answer = await town.ask("POST", path, {"because": because}, town.operator_key)

    assert answer.status_code == 400
    assert (await town.sell(maya, line(1000))).status_code < 300


# By command


@pytest.fixture
async def desk(pool: Database, tmp_path: Path, papers: Settings, monkeypatch: pytest.MonkeyPatch) -> House:
    for name in ("apple_certificate", "apple_key", "apple_wwdr"):
        monkeypatch.setenv(f"PUNCHCARD_{name.upper()}", str(getattr(papers, name)))
    return await settled(pool, tmp_path, monkeypatch)


async def with_a_phone(desk: House) -> None:
    """The card is on a phone."""
    config = reading.read(os.environ)
    async with desk.pool.transaction() as db:
        member_id = await db.fetchval("select member_id from member")
        sheet = await passes.apple.give(db, config, member_id, BEGAN)
        making = passes.apple.press(config)
        await operations.register(
            db, config, "phone", making.signer.pass_type, str(sheet.serial), sheet.token, "0b" * 32, BEGAN
        )


def words(card: str, **more: Any) -> argparse.Namespace:
    return argparse.Namespace(card=card, **{"json": False, "because": "it was photographed", **more})


async def test_a_leaked_card_is_looked_at_and_made_void_by_command(
    desk: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await with_a_phone(desk)
    said = []
    for command in (supporting.show_card, supporting.void_card, supporting.void_card, supporting.show_card):
        assert await asyncio.to_thread(command, words(desk.card)) == 0
        said.append(capsys.readouterr().out)
    before, void, again, after = said

    assert f"card …{desk.card[-5:]}" in before and "should say 0 points, bud" in before and "Apple: card" in before
    assert "The card is void" in void and "/c/" in void
    assert "already. Nothing was done now." in again
    assert "the card that was named has been replaced" in after and "void since" in after
    assert desk.card not in before + after
    async with desk.pool.reading() as db:
        waiting = await db.fetch("select key from outbox where reaction = 'passes.apple' order by key")
    assert [row["key"].partition(":")[0] for row in waiting].count("again") == 1


async def test_everything_that_is_known_comes_as_json(desk: House, capsys: pytest.CaptureFixture[str]) -> None:
    await with_a_phone(desk)

    await asyncio.to_thread(supporting.show_card, words(desk.card, json=True))

    found = json.loads(capsys.readouterr().out)
    assert [len(each["devices"]) for each in found["apple"]["passes"]] == [1] and found["google"] is None


async def test_a_card_that_nobody_has_is_refused_by_command(desk: House) -> None:
    with pytest.raises(NotFound):
        await asyncio.to_thread(supporting.void_card, words("0" * 17))
