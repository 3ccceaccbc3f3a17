"""A member leaves: nothing says any more who they were, their card is worth nothing, and the ledger stays whole."""

import io
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from punchcard import journal, push
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.programme import Activity, Adjustment
from punchcard.push import sql as push_sql
from tests.town import Person, Town, line

from .test_passes_apple_service import Holder, added
from .test_passes_google_town import stand_in, street

__all__ = ["stand_in", "street"]  # fixtures

pytestmark = pytest.mark.anyio

EMAIL, NAME, PHONE = "tirzah.quastel@example.com", "Tirzah Quastel", "+972541234567"
TRACES = ("Tirzah", "Quastel", "quastel", "541234567", "fid-of-tirzah", "cat-person", "dentist")
"""Pieces of what she said, one of which stands in whatever holds a word of hers."""
PIXEL = {"kind": "fid", "address": "fid-of-tirzah", "platform": "android", "language": "en", "zone": "UTC"}


async def columns(db: Connection) -> AsyncIterator[tuple[str, str, bool]]:
    """Every column of every table that can hold words, and whether it holds bytes."""
    for row in await db.fetch("""
        select c.table_name, c.column_name, c.data_type from information_schema.columns c
          join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
           and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')"""):
        yield row["table_name"], row["column_name"], row["data_type"] == "bytea"


async def traces(db: Connection, words: tuple[str, ...] = TRACES) -> dict[str, str]:
    """Where one of these words stands anywhere in the database, and which."""
    found = {}
    async for table, column, is_bytes in columns(db):
        for word in words:
            here = f"position(convert_to($1, 'UTF8') in {column})" if is_bytes else f"position($1 in {column}::text)"
            if await db.fetchval(f"select exists (select from {table} where {here} > 0)", word):
                found[f"{table}.{column}"] = word
    return found


async def left(person: Person) -> None:
    answer = await person.ask("DELETE", "/me")
    assert answer.status_code == 204, answer.text


async def gift(town: Town, person: Person, points: int, **more: Any) -> None:
    at = town.clock.now()
    fact = Adjustment(id=str(new_id()), at=at, points=points, reason="goodwill", **more)
    await journal.submit(town.outside.world.database, person.member_id, fact, at)


async def whole(town: Town) -> journal.Report:
    report = await journal.audit(town.outside.world.database)
    assert report.findings == []
    return report


@pytest.fixture
async def tirzah(town: Town) -> Person:
    """A member of whom something stands in every place that can know of her."""
    return await settled(town)


async def settled(town: Town) -> Person:
    person = await town.join(EMAIL, NAME)
    profile = {"name": NAME, "language": "he", "zone": "UTC", "birthday": "03-04", "traits": {"pets": "cat-person"}}
    assert (await person.ask("PUT", "/me/profile", profile)).status_code == 200
    yes = {"marketing": True, "personalisation": True, "location": True}
    wishes = {"quiet_from": "22:00", "quiet_until": "08:00", "consents": yes, "messages_a_week": 3}
    assert (await person.ask("PUT", "/me/preferences", wishes)).status_code == 200
    await person.ask("PUT", "/me/place", {"latitude": 31.5, "longitude": 35.1})
    await person.ask("PUT", "/me/phones/pixel", PIXEL)
    await person.ask("PUT", "/me/household", {"name": "The Quastels"})
    note = {"points": 50, "reason": "goodwill", "note": "Tirzah Quastel waited long at the till"}
    adjusted = f"/console/members/{person.member_id}/adjustments/{new_id()}"
    assert (await town.ask("PUT", adjusted, note, town.operator_key)).status_code == 200
    assert (await town.sell(person, line(2500))).status_code == 200
    await told_of_a_tier(town, person)
    await town.follow()
    await town.ask("POST", "/join/codes", {"contact": EMAIL, "language": "en"})
    return person


async def told_of_a_tier(town: Town, person: Person) -> None:
    """A message of hers that has her name in it, as an offer's words may."""
    async with town.outside.world.database.transaction() as db:
        at = town.clock.now()
        message = push.Message(
            id="tier:bloom", kind="tier", subject="bloom", title="Well done", body="Tirzah", decided_at=at,
            state="inbox", reason="channel",
        )  # fmt: skip
        await push_sql.keep_messages(db, [(person.member_id, message)])


async def test_nothing_in_any_table_says_who_a_member_was(town: Town, tirzah: Person, db: Connection):
    before = await traces(db)
    counted = sha256(b"punchcard/contact\0" + EMAIL.encode()).hexdigest()
    assert "rate_limit.key" in await traces(db, (counted,))
    await left(tirzah)
    at_once = await traces(db) | await traces(db, (counted,))
    await town.follow()
    town.clock.at += 60
    await town.follow()

    assert {
        "person.name", "person.email", "person.traits", "phone.address", "message.body", "staff_adjustment.note",
        "staff_adjustment.asked", "fact.body", "outbox.payload", "household.name", "portrait.traits",
    } <= set(before)  # fmt: skip
    assert at_once == {} and await traces(db) == {}
    rows = [
        f"select count(*) from {table} where member_id = $1" for table in ("session", "place", "portrait", "contact")
    ]
    assert [await db.fetchval(each, tirzah.member_id) for each in rows] == [0, 0, 0, 0]
    await whole(town)


async def test_a_member_by_phone_leaves_no_number_behind(town: Town, db: Connection):
    person = await town.join(PHONE, NAME)
    assert "person.phone" in await traces(db)

    await left(person)

    assert await traces(db) == {}


async def test_leaving_twice_is_no_harm_and_the_door_is_shut_within_a_second(town: Town, tirzah: Person):
    again = [(await tirzah.ask("DELETE", "/me")).status_code for _ in range(2)]
    town.clock.at += 1
    late = await tirzah.ask("GET", "/me/card")
    renewed = await town.ask("POST", "/join/tokens", {"refresh_token": tirzah.refresh_token})

    assert again == [204, 204]
    assert (late.status_code, renewed.status_code) == (401, 401)
    await whole(town)


async def test_what_is_said_in_the_last_second_is_forgotten_as_well(town: Town, tirzah: Person, db: Connection):
    await left(tirzah)
    await tirzah.ask("PUT", "/me/phones/pixel", PIXEL)
    assert "phone.address" in await traces(db)

    town.clock.at += 6
    await town.follow()

    assert await traces(db) == {}


async def test_a_till_says_in_words_that_the_card_was_given_up(town: Town, tirzah: Person):
    town.clock.at += 5
    await left(tirzah)
    basket = {"card": tirzah.card, "cashier": "Dana", "lines": [line(1000)]}

    quote = await town.ask("POST", "/till/quotes", basket, town.till_key, "he")
    sale = await town.sell(tirzah, line(1000))
    unread = await town.ask(
        "POST", f"/console/members/{tirzah.card}/passes/void", {"because": "it leaked"}, town.operator_key
    )

    assert (quote.status_code, sale.status_code, unread.status_code) == (409, 409, 404)
    assert "החברות" in quote.json()["detail"] and "card-given-up" in sale.text


async def test_points_that_are_left_are_given_up_and_the_ledger_says_so(town: Town, tirzah: Person):
    held = (await whole(town)).liability
    assert sum(held.values()) > 0

    await left(tirzah)

    report = await whole(town)
    assert not any(report.liability.values())
    async with town.outside.world.database.reading() as db:
        lines = await journal.statement(db, tirzah.member_id)
    assert lines[0].kind == "adjustment" and lines[0].points < 0 and lines[0].reasons[0].term == "left"


async def test_what_is_set_aside_is_given_up_when_its_time_is_over(town: Town, tirzah: Person):
    await gift(town, tirzah, 300)
    hold = {"card": tirzah.card, "points": 200, "currency": "points", "minutes": 30}
    held = await town.ask("PUT", f"/till/holds/{new_id()}", hold, town.till_key)
    assert held.status_code in (200, 201), held.text
    await left(tirzah)
    await town.follow()
    town.clock.at += 6
    await town.follow()
    assert sum((await whole(town)).liability.values()) == 200

    town.clock.at += 2 * DAY
    await town.follow()
    town.clock.at += DAY
    await town.follow()

    assert not any((await whole(town)).liability.values())


async def test_a_share_is_taken_along_and_then_given_up_while_the_household_keeps_the_rest(town: Town):
    tirzah, daniel = await settled(town), await town.join("daniel@example.com", "Daniel")
    await tirzah.ask("POST", "/me/household/guests", {"card": daniel.card})
    home = (await tirzah.get("/me/household"))["id"]
    assert (await daniel.ask("PUT", f"/me/invitations/{home}")).status_code == 204
    await gift(town, daniel, 100)
    for person, points in ((tirzah, 40), (daniel, 70)):
        await person.ask("PUT", f"/me/household/contributions/{new_id()}", {"points": points})
        await town.follow()

    await left(tirzah)
    await town.follow()
    town.clock.at += 6
    await town.follow()

    kept = await daniel.get("/me/household")
    assert kept["pool"]["points"] == 70 and [each["name"] for each in kept["people"]] == ["Daniel"]
    assert sum((await whole(town)).liability.values()) == 100


async def test_whoever_joins_again_with_the_same_contact_is_somebody_new(town: Town, tirzah: Person):
    await left(tirzah)

    again = await town.join(EMAIL, "T.")

    assert again.member_id != tirzah.member_id and again.card != tirzah.card
    card = await again.get("/me/card")
    assert (card["points"], card["visits"]) == (0, 0)
    assert (await again.get("/me/profile"))["birthday"] is None
    assert (await again.get("/me/inbox"))["items"] == []


async def test_the_pass_on_a_phone_becomes_void_and_says_nothing_of_her(town: Town, tirzah: Person):
    holder = await added(town, tirzah)
    await holder.register()
    await left(tirzah)
    await town.follow()

    assert len(town.outside.apns.woken) == 1
    fetched = await holder.fetch()
    body = opened(fetched.content)
    assert body["voided"] is True and not body.get("barcodes")
    assert "Tirzah" not in fetched.content.decode("latin-1") + msgspec.json.encode(body).decode()


def opened(package: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        found: dict[str, Any] = msgspec.json.decode(archive.read("pass.json"))
        return found


async def test_phones_that_held_her_pass_are_forgotten_when_nothing_more_can_come(
    town: Town, tirzah: Person, db: Connection
):
    holder: Holder = await added(town, tirzah)
    await holder.register()
    await left(tirzah)
    for _ in range(42):
        town.clock.at += DAY
        await town.follow()

    assert await db.fetchval("select count(*) from apple_registration") == 0
    assert await db.fetchval("select count(*) from outbox where reaction = 'privacy.settle'") == 0


async def test_the_card_at_google_goes_inactive_and_its_words_are_gone(street: Town, stand_in: Any, db: Connection):
    from punchcard.sandbox.android import Android

    person = await settled(street)
    phone = Android(stand_in)
    phone.save((await person.get("/me/wallets"))["google"])
    await street.follow()
    assert "Tirzah" in str(stand_in.wallet.objects[phone.object_id])

    await left(person)
    at_once = await traces(db)
    await street.follow()

    held = stand_in.wallet.objects[phone.object_id]
    assert at_once == {} and await traces(db) == {}
    assert held["state"] == "INACTIVE" and "Tirzah" not in str(held) and person.card.replace("-", "") not in str(held)


async def test_a_sale_from_before_that_comes_late_is_written_and_its_points_given_up(town: Town, tirzah: Person):
    town.clock.at += 600
    await left(tirzah)
    await town.follow()
    from datetime import UTC, datetime

    sold_at = datetime.fromtimestamp(town.clock.at - 300, UTC).isoformat()
    late = await town.sell(tirzah, line(3000), at=sold_at)
    town.clock.at += DAY
    await town.follow()

    assert late.status_code == 200, late.text
    assert not any((await whole(town)).liability.values())


async def test_words_are_struck_out_of_facts_but_never_what_points_hang_on(town: Town, tirzah: Person, db: Connection):
    at = town.clock.now()
    said = Activity(id=str(new_id()), at=at, kind="review", data={"stars": 5, "text": "my dentist sent me"})
    await journal.submit(town.outside.world.database, tirzah.member_id, said, at)
    assert "fact.body" in await traces(db, ("dentist",))

    await left(tirzah)

    kept = await db.fetchval("select body from fact where id = $1", said.id)
    assert kept["data"] == {"stars": 5, "text": ""}
    assert await traces(db) == {}
    await whole(town)


async def test_a_fact_without_its_words_is_held_to_what_is_left_of_it(town: Town, tirzah: Person, db: Connection):
    await left(tirzah)
    await db.execute("""
        update fact set body = jsonb_set(body, '{author}', '"somebody else"')
         where id in (select fact_id from fact_redacted)""")

    found = (await journal.audit(town.outside.world.database)).findings

    assert [each.invariant for each in found] == ["I9 chain"]


async def test_nobody_is_told_anything_after_they_left(town: Town, tirzah: Person, db: Connection):
    await left(tirzah)
    await town.follow()
    town.clock.at += 6
    await town.follow()
    told = outbox.Due("push.announce", "tier:blossom:2", payload={"kind": "tier", "subject": "blossom"})
    await outbox.put(db, tirzah.member_id, [told], town.clock.now())
    await town.follow()

    assert await db.fetchval("select count(*) from message where member_id = $1", tirzah.member_id) == 0


async def test_till_and_desk_hear_no_where_they_waited_for_her(town: Town, tirzah: Person, db: Connection):
    await gift(town, tirzah, 300)
    asked = new_id()
    approval = {"card": tirzah.card, "worth": 500}
    made = await town.ask("PUT", f"/till/approvals/{asked}", approval, town.till_key)
    assert made.status_code in (200, 201, 202), made.text
    many = {"points": 90_000, "reason": "goodwill", "note": "far too many for one person"}
    wish = f"/console/members/{tirzah.member_id}/adjustments/{UUID(int=7)}"
    assert (await town.ask("PUT", wish, many, town.operator_key)).status_code == 202

    await left(tirzah)

    answer = (await town.ask("GET", f"/till/approvals/{asked}", key=town.till_key)).json()
    assert answer["state"] == "declined"
    assert await db.fetchval("select state from staff_adjustment where id = $1", UUID(int=7)) == "lapsed"
