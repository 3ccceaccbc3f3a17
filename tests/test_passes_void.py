"""A leaked card is made void and given anew in one step: nothing of the old one is worth anything, the balance stays."""

import io
import logging
import zipfile
from typing import Any

import httpx
import msgspec
import pytest

from punchcard import passes
from punchcard.foundation import outbox
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import digest
from tests.town import Person, Town, line

from .test_passes_apple_service import TOKEN, Holder, added, holder, maya, sold

__all__ = ["holder", "maya"]  # fixtures

pytestmark = pytest.mark.anyio

WHY = "a picture of it was shared"


async def voided(town: Town, who: str) -> dict[str, Any]:
    answer = await town.ask("POST", f"/console/members/{who}/passes/void", {"because": WHY}, town.operator_key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def body_of(package: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        found: dict[str, Any] = msgspec.json.decode(opened.read("pass.json"))
        return found


async def test_the_member_keeps_the_balance_and_pays_with_the_new_card_alone(town: Town, maya: Person):
    await sold(town, maya)
    before, old = (await maya.get("/me/card"))["points"], maya.card

    done = await voided(town, old)
    refused = await town.sell(maya, line(1000))
    maya.card = (await maya.get("/me/card"))["code"]
    again = await town.sell(maya, line(1000))

    assert not done["was_void"] and maya.card != old
    assert refused.status_code == 409 and "card-replaced" in refused.text
    assert again.status_code < 300 and (await maya.get("/me/card"))["points"] > before


async def test_the_door_says_in_words_that_the_card_was_replaced(town: Town, maya: Person):
    await voided(town, maya.card)
    basket = {"card": maya.card, "cashier": "Dana", "lines": [line(1000)]}

    answer = await town.ask("POST", "/till/quotes", basket, town.till_key, "he")

    assert answer.status_code == 409 and "הוחלף" in answer.json()["detail"]


async def test_a_session_that_was_quoted_by_the_old_card_is_over(town: Town, maya: Person):
    basket = {"card": maya.card, "cashier": "Dana", "lines": [line(1000)]}
    quote = (await town.ask("POST", "/till/quotes", basket, town.till_key)).json()
    await voided(town, maya.card)

    answer = await town.ask("POST", "/till/quotes", basket | {"card": quote["session"]}, town.till_key)

    assert answer.status_code == 409 and "card-replaced" in answer.text


async def test_phones_that_hold_the_old_pass_are_woken_and_get_a_void_one_without_a_word_about_the_member(
    town: Town, holder: Holder, maya: Person
):
    await holder.register()
    date = (await holder.fetch()).headers["last-modified"]
    tag = (await holder.changed()).json()["lastUpdated"]
    await voided(town, maya.card)
    await town.follow()

    assert [token for token, _ in town.outside.apns.woken] == [TOKEN]
    assert (await holder.changed(tag)).json()["serialNumbers"] == [holder.serial]
    fetched = await holder.fetch(date)
    body = body_of(fetched.content)
    said = fetched.content.decode("latin-1") + msgspec.json.encode(body).decode()
    assert body["voided"] is True and body["serialNumber"] == holder.serial
    assert not body.get("barcodes") and not body.get("nfc") and not body.get("locations")
    assert not [each for each in ("Maya", maya.card.replace("-", ""), maya.card, "/why") if each in said]


async def test_a_void_pass_stays_void_whatever_happens_to_its_member(town: Town, holder: Holder, maya: Person):
    await holder.register()
    await voided(town, maya.card)
    await town.follow()
    date = (await holder.fetch()).headers["last-modified"]
    maya.card = (await maya.get("/me/card"))["code"]
    await sold(town, maya)

    assert (await holder.fetch(date)).status_code == 304
    assert body_of((await holder.fetch()).content)["voided"] is True


async def test_the_new_pass_has_another_number_and_token_and_the_new_code(town: Town, holder: Holder, maya: Person):
    await voided(town, maya.card)
    new = await added(town, maya)
    body = body_of((await new.fetch()).content)

    assert new.serial != holder.serial and new.token != holder.token
    assert "voided" not in body and body["barcodes"][0]["message"] == (await maya.get("/me/card"))["code"].replace(
        "-", ""
    )


async def test_asking_again_by_the_old_card_does_it_once(town: Town, holder: Holder, maya: Person, db: Connection):
    first = await voided(town, maya.card)
    code = (await maya.get("/me/card"))["code"]
    second = await voided(town, maya.card)

    assert (first["was_void"], second["was_void"]) == (False, True)
    assert first["replaced_at"] == second["replaced_at"] and first["member_id"] == second["member_id"]
    assert (await maya.get("/me/card"))["code"] == code
    assert await db.fetchval("select count(*) from apple_pass where voided_at is not null") == 1


async def test_by_the_members_id_the_same_wish_within_minutes_does_it_once(town: Town, maya: Person):
    first = await voided(town, str(maya.member_id))
    town.clock.at += 300
    second = await voided(town, str(maya.member_id))
    town.clock.at += 3600
    third = await voided(town, str(maya.member_id))

    assert [each["was_void"] for each in (first, second, third)] == [False, True, False]


async def test_what_breaks_in_the_middle_leaves_the_card_as_it_was(town, holder, maya, db, monkeypatch):
    async def broken(*_: Any) -> None:
        raise RuntimeError("the machine went down")

    monkeypatch.setattr(outbox, "put", broken)
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await passes.void(db, town.outside.world.settings, maya.card, WHY, town.clock.now())

    assert await db.fetchval("select state from card_code where member_id = $1", maya.member_id) == "active"
    assert await db.fetchval("select count(*) from apple_pass where voided_at is null") == 1


async def test_an_old_link_gives_nothing_and_the_new_one_leads_to_the_new_card(town: Town, maya: Person):
    old = (await maya.get("/me/wallets"))["apple"]
    page = old.removesuffix("/card.pkpass")
    done = await voided(town, maya.card)

    statuses = [(await town.client.get(each)).status_code for each in (old, page, f"{page}/google")]
    assert statuses == [404, 404, 404]
    assert body_of((await town.client.get(done["card_page"] + "/card.pkpass")).content)["barcodes"]


async def test_a_card_that_nobody_has_or_that_is_mistyped_is_refused(town: Town, maya: Person):
    asked = [
        await town.ask("POST", f"/console/members/{who}/passes/void", {"because": WHY}, town.operator_key)
        for who in ("0" * 17, "no-card", "01920000-0000-7000-8000-000000000001")
    ]

    assert [answer.status_code for answer in asked] == [404, 400, 404]


async def test_who_did_it_and_why_is_kept_and_the_code_is_not(town: Town, maya: Person, db: Connection, caplog):
    caplog.set_level(logging.INFO)
    await voided(town, maya.card)

    row = await db.fetchrow(
        "select because, state from card_code where code_hash = $1", digest(maya.card.replace("-", ""))
    )
    assert row is not None and (row["because"], row["state"]) == (WHY, "replaced") and WHY in caplog.text
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("punchcard")]
    assert not [each for each in ours if maya.card.replace("-", "") in each]


async def test_a_member_without_any_pass_gets_a_new_code_alone(town: Town, maya: Person, db: Connection):
    await voided(town, maya.card)
    await town.follow()

    assert not await db.fetchval("select count(*) from apple_pass") and not town.outside.apns.woken


async def test_a_frozen_members_pass_is_void_on_the_phone(town: Town, holder: Holder, maya: Person, db: Connection):
    await db.execute("update member set state = 'frozen' where member_id = $1", maya.member_id)

    fetched: httpx.Response = await holder.fetch()

    assert body_of(fetched.content)["voided"] is True and "Maya" not in fetched.content.decode("latin-1")


async def test_a_phone_that_registers_with_a_void_pass_hears_of_it(town: Town, holder: Holder, maya: Person):
    await voided(town, maya.card)
    await holder.register()
    await town.follow()

    assert [token for token, _ in town.outside.apns.woken] == [TOKEN]
