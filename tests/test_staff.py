"""Who may serve whom, points by hand with a second person, and the report as the console reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from punchcard import journal, partners, staff
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.settings import Settings
from punchcard.partners import Role
from punchcard.programme import balance
from punchcard.staff import operations
from tests.conftest import OneTransaction
from tests.town import Person, StandingClock, Town, line, opened

OWN, UNKNOWN = (409, "urn:punchcard:own-card"), (409, "urn:punchcard:cashier-unknown")
NOTE = "the till was slow and she waited"


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "")


async def operator(town: Town, name: str, role: Role = "staff") -> str:
    async with town.outside.world.database.transaction() as db:
        return (await partners.add_operator(db, name, role))[1]


async def listed(town: Town, cashier: str, card: str | None = None, key: str = "", **more: Any) -> httpx.Response:
    body = {"name": cashier.title(), "card": card, **more}
    return await town.ask("PUT", f"/console/partners/nola/staff/{cashier}", body, key or town.operator_key)


async def bought(town: Town, who: Person, cashier: str, partner: str = "nola") -> httpx.Response:
    return await town.sell(who, line(10_00), cashier=cashier, partner=partner)


async def test_a_list_lets_those_on_it_serve_and_nobody_else(town: Town, maya: Person) -> None:
    assert (await bought(town, maya, "anybody")).status_code == 200

    await listed(town, "Noa")
    served, refused = await bought(town, maya, "Noa"), await bought(town, maya, "anybody")

    assert (served.status_code, told(refused)) == (200, UNKNOWN)
    assert (await bought(town, maya, "anybody", partner="miro")).status_code == 200
    assert (await town.ask("DELETE", "/console/partners/nola/staff/Noa", None, town.operator_key)).status_code == 204
    assert (await bought(town, maya, "anybody")).status_code == 200


async def test_the_list_shows_whose_card_is_linked_and_only_owners_change_it(town: Town, maya: Person) -> None:
    clerk = await operator(town, "Clerk")
    refused = await listed(town, "Noa", maya.card, clerk)

    assert (await listed(town, "Noa", maya.card)).status_code == 200
    shown = await town.ask("GET", "/console/partners/nola/staff", None, clerk)
    assert told(refused) == (403, "urn:punchcard:owners-only")
    assert [(each["cashier"], each["name"], each["member"]) for each in shown.json()] == [
        ("Noa", "Noa", str(maya.member_id))
    ]
    assert (await listed(town, "Noa")).json()["member"] is None
    mistyped = await listed(town, "Noa", "AAAA-AAAA")
    assert (mistyped.status_code, mistyped.json()["type"]) == (400, "urn:punchcard:card-mistyped")
    other = await town.ask("PUT", "/console/partners/nobody/staff/Noa", {"name": "N"}, town.operator_key)
    assert other.status_code == 404
    assert (await town.ask("DELETE", "/console/partners/nola/staff/Tal", None, town.operator_key)).status_code == 404


async def test_nobody_rings_up_their_own_card_and_the_quote_says_so(town: Town, maya: Person) -> None:
    await listed(town, "Noa", maya.card)
    await listed(town, "Tal")
    basket = {"card": maya.card, "cashier": "Noa", "lines": [line(10_00)]}

    quote = await town.ask("POST", "/till/quotes", basket, town.till_key)
    sale, colleague = await bought(town, maya, "Noa"), await bought(town, maya, "Tal")

    assert (told(quote), told(sale)) == (OWN, OWN)
    assert "colleague" in sale.json()["detail"]
    assert colleague.status_code == 200, "Maya has not served at this till"


async def test_a_colleague_serves_at_another_till_for_twelve_hours(town: Town, maya: Person) -> None:
    guest = await town.join("guest@example.com", "Guest")
    await listed(town, "Noa", maya.card)
    await listed(town, "Tal")
    assert (await bought(town, guest, "Noa")).status_code == 200

    town.clock.at += 11 * HOUR
    soon = await bought(town, maya, "Tal")
    town.clock.at += HOUR + MINUTE
    later = await bought(town, maya, "Tal")

    assert (told(soon), later.status_code) == (OWN, 200)


async def test_a_sale_that_was_made_is_answered_again_whatever_the_list_says_now(town: Town, maya: Person) -> None:
    id = uuid4()
    first = await town.sell(maya, line(10_00), id=id, cashier="Noa")
    await listed(town, "Noa", maya.card)

    again = await town.sell(maya, line(10_00), id=id, cashier="Noa")

    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"


class Counted(OneTransaction):
    """Says how often it was read."""

    reads = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        self.reads += 1
        async with self.transaction() as db:
            yield db


async def test_a_busy_till_pays_no_look_up_and_a_change_is_heard_within_a_second(
    town: Town, maya: Person, house: OneTransaction
) -> None:
    database, till = Counted(house.connection), partners.Till("t", "nola-1", "nola", "Asia/Jerusalem")

    for _ in range(50):
        await staff.may_serve(database, till, "anybody", maya.member_id, town.clock.at)
    assert database.reads == 1
    await listed(town, "Noa")
    since, roster = operations.remembered[database]["nola"]
    operations.remembered[database]["nola"] = since - operations.REMEMBERED_SECONDS, roster

    with pytest.raises(staff.CashierUnknown):
        await staff.may_serve(database, till, "anybody", maya.member_id, town.clock.at)
    assert database.reads == 2


async def test_what_happened_without_a_network_is_kept_when_the_list_lags_and_refused_for_an_own_card(
    town: Town, maya: Person, house: OneTransaction
) -> None:
    await listed(town, "Noa", maya.card)
    till = partners.Till("t", "nola-1", "nola", "Asia/Jerusalem")
    guest = (await town.join("guest@example.com", "Guest")).member_id

    await staff.may_serve(house, till, "new one", guest, town.clock.at, offline=True)
    with pytest.raises(staff.OwnCard):
        await staff.may_serve(house, till, "Noa", maya.member_id, town.clock.at, offline=True)

    async with house.reading() as db:
        rows = await db.fetch("select cashier, why from staff_refusal order by why")
    assert [(row["cashier"], row["why"]) for row in rows] == [("Noa", "own-card"), ("new one", "unknown")]


async def adjust(town: Town, who: Person, points: int, key: str = "", id: UUID | None = None, **more: Any) -> Any:
    body = {"points": points, "reason": "goodwill", "note": NOTE, **more}
    path = f"/console/members/{who.member_id}/adjustments/{id or uuid4()}"
    return await town.ask("PUT", path, body, key or town.operator_key)


async def decide(town: Town, id: UUID, key: str, approve: bool = True) -> httpx.Response:
    return await town.ask("PUT", f"/console/adjustments/{id}/decision", {"approve": approve}, key)


async def points_of(who: Person) -> int:
    async with who.town.outside.world.database.reading() as db:
        return balance(await journal.standing(db, who.member_id, who.town.clock.at), "points")


async def waiting(town: Town, state: str = "waiting") -> list[str]:
    path = f"/console/adjustments?adjustment_state={state}"
    return [each["id"] for each in (await town.ask("GET", path, None, town.operator_key)).json()]


async def test_a_small_adjustment_is_written_at_once_and_once(town: Town, maya: Person) -> None:
    id = uuid4()

    first, again = [await adjust(town, maya, 500, id=id) for _ in range(2)]

    assert (first.status_code, first.json()["state"], first.json()["balance"]) == (200, "written", 500)
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert (await adjust(town, maya, 499, id=id)).status_code == 422
    assert (await adjust(town, maya, 500, await operator(town, "Clerk"), id=id)).status_code == 422
    assert await points_of(maya) == 500
    assert (await journal.audit(town.outside.world.database)).findings == []


async def test_a_larger_one_waits_for_another_person(town: Town, maya: Person) -> None:
    id, clerk = uuid4(), await operator(town, "Clerk")

    asked, again = [await adjust(town, maya, 501, id=id) for _ in range(2)]
    alone = await decide(town, id, town.operator_key)
    before = await points_of(maya), await waiting(town)
    first, replayed = [await decide(town, id, clerk) for _ in range(2)]

    assert (asked.status_code, asked.json()["state"], again.content) == (202, "waiting", asked.content)
    assert told(alone) == (403, "urn:punchcard:second-person-needed")
    assert before == (0, [str(id)])
    assert (first.status_code, first.json()["balance"], replayed.content) == (200, 501, first.content)
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert await points_of(maya) == 501 and await waiting(town) == [] and await waiting(town, "written") == [str(id)]
    late = await adjust(town, maya, 501, id=id)
    assert (late.status_code, late.content) == (202, asked.content)
    assert (await decide(town, id, clerk, approve=False)).status_code == 422


async def test_what_is_rejected_or_lapses_moves_nothing(town: Town, maya: Person) -> None:
    rejected, lapsed, clerk = uuid4(), uuid4(), await operator(town, "Clerk")
    for each in (rejected, lapsed):
        await adjust(town, maya, 9000, id=each)

    no, again = await decide(town, rejected, clerk, False), await decide(town, rejected, clerk, False)
    town.clock.at += 7 * DAY
    over = await decide(town, lapsed, clerk)
    await town.follow()

    assert (no.json()["state"], again.content) == ("rejected", no.content)
    assert told(over) == (409, "urn:punchcard:adjustment-lapsed")
    assert (await waiting(town), await waiting(town, "lapsed")) == ([], [str(lapsed)])
    assert await points_of(maya) == 0


async def test_ten_small_ones_in_a_day_are_what_one_person_may(town: Town, maya: Person) -> None:
    answers = [await adjust(town, maya, 500) for _ in range(11)]
    clerks = await adjust(town, maya, 500, await operator(town, "Clerk"))
    town.clock.at += DAY
    tomorrow = await adjust(town, maya, 500)

    assert [each.status_code for each in answers] == [200] * 10 + [202]
    assert (clerks.status_code, tomorrow.status_code) == (200, 200)


async def test_twenty_at_once_are_counted_one_by_one(pool: Database, papers: Settings) -> None:
    async with opened(pool, papers, StandingClock()) as town:
        maya = await town.join("maya@example.com")

        answers = await asyncio.gather(*(adjust(town, maya, 500) for _ in range(20)))

        assert sorted(each.status_code for each in answers) == [200] * 10 + [202] * 10
        assert await points_of(maya) == 5000


async def test_what_is_asked_for_twice_at_once_is_answered_alike(pool: Database, papers: Settings) -> None:
    """Or told to come again, while it is being written; never that it is impossible by now, because it is done."""
    async with opened(pool, papers, StandingClock()) as town:
        maya = await town.join("maya@example.com")
        await adjust(town, maya, 500)
        ids = [uuid4() for _ in range(5)]

        answers = await asyncio.gather(*(adjust(town, maya, -100, id=id) for id in ids for _ in range(20)))

        assert {each.status_code for each in answers} <= {200, 409}
        assert {each.json()["type"] for each in answers if each.status_code == 409} <= {"urn:punchcard:running"}
        assert len({each.content for each in answers if each.status_code == 200}) == len(ids)
        assert await points_of(maya) == 0


async def test_never_more_is_taken_than_is_there(town: Town, maya: Person) -> None:
    await adjust(town, maya, 300)
    id, clerk = uuid4(), await operator(town, "Clerk")

    taken, much = await adjust(town, maya, -200), await adjust(town, maya, -101)
    await adjust(town, maya, 500)
    assert (await adjust(town, maya, -600, id=id)).status_code == 202
    await adjust(town, maya, -400)
    over = await decide(town, id, clerk)
    await adjust(town, maya, 500)
    enough = await decide(town, id, clerk)

    assert taken.json()["balance"] == 100
    assert told(much) == told(over) == (409, "urn:punchcard:not-that-many")
    assert enough.json()["balance"] == 100 == await points_of(maya)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"points": 0}, 400),
        ({"reason": "because"}, 400),
        ({"note": "too short"}, 400),
        ({"currency": "shells"}, 409),
        ({"balance": 5}, 400),
    ],
)
async def test_an_adjustment_says_why_or_is_refused(town: Town, maya: Person, change: Any, status: int) -> None:
    assert (await adjust(town, maya, **({"points": 600} | change))).status_code == status
    assert await waiting(town) == []


async def test_who_went_away_after_approving_is_made_good_by_the_clock(town: Town, maya: Person) -> None:
    id, clerk = uuid4(), await operator(town, "Clerk")
    await adjust(town, maya, 700, id=id)
    everybody = (await town.ask("GET", "/console/operators", None, town.operator_key)).json()
    (decider,) = [each["id"] for each in everybody if each["name"] == "Clerk"]
    async with town.outside.world.database.transaction() as db:
        await db.execute(
            "update staff_adjustment set state = 'approved', decider = $2, decided_at = $3 where id = $1",
            id,
            UUID(decider),
            town.clock.at,
        )

    town.clock.at += 2 * MINUTE
    await town.follow()

    assert await points_of(maya) == 700 and await waiting(town, "written") == [str(id)]
    assert (await decide(town, id, clerk)).headers["Idempotent-Replayed"] == "true"


async def test_the_night_keeps_what_looks_odd_and_the_console_reads_it(town: Town, maya: Person) -> None:
    for _ in range(6):
        assert (await bought(town, maya, "Noa")).status_code == 200
        town.clock.at += MINUTE
    await listed(town, "Noa", maya.card)
    for _ in range(3):
        assert told(await bought(town, maya, "Noa")) == OWN
        town.clock.at += 6 * MINUTE
    for _ in range(3):
        await adjust(town, maya, 100)
    early = await town.ask("GET", "/console/reports/odd-patterns?day=2026-11-18", None, town.operator_key)

    town.clock.at += DAY
    await town.follow()
    answer = await town.ask("GET", "/console/reports/odd-patterns?day=2026-11-18", None, town.operator_key, "ru")
    newest = await town.ask("GET", "/console/reports/odd-patterns", None, town.operator_key)

    assert told(early) == (404, "urn:punchcard:no-such-day")
    found = {each["finding"]["pattern"]: each for each in answer.json()["odd"]}
    assert set(found) == {"one-card", "own-card-tried", "credits-to-one"}
    assert (found["one-card"]["finding"]["n"], len(found["one-card"]["finding"]["slips"])) == (6, 6)
    assert found["one-card"]["says"].startswith("Noa, nola-1: чеков")
    assert newest.json()["day"] == "2026-11-18"
    clerk = await operator(town, "Clerk")
    assert (await town.ask("GET", "/console/reports/odd-patterns", None, clerk)).status_code == 403


async def test_receipts_that_were_left_and_claimed_are_in_the_report_but_never_ones_own(
    town: Town, maya: Person
) -> None:
    friend = await town.join("friend@example.com", "Friend")
    await listed(town, "Noa", maya.card)
    for n in range(3):
        body = {"card": "", "cashier": "Noa", "lines": [line(10_00)], "receipt_number": f"{n}"}
        assert (await town.ask("PUT", f"/till/sales/{uuid4()}", body, town.till_key)).status_code == 200

    claims = [{"shop": "nola-1", "day": "2026-11-18", "number": f"{n}", "total": 10_00} for n in range(3)]
    own = await maya.ask("PUT", f"/me/receipts/{uuid4()}", claims[0])
    friends = [await friend.ask("PUT", f"/me/receipts/{uuid4()}", claim) for claim in claims]
    town.clock.at += DAY
    await town.follow()
    report = await town.ask("GET", "/console/reports/odd-patterns", None, town.operator_key)

    assert told(own) == OWN and [each.status_code for each in friends] == [200] * 3
    (odd,) = [each["finding"] for each in report.json()["odd"] if each["finding"]["pattern"] == "left-receipts"]
    assert (odd["who"], odd["n"], odd["members"]) == ("Noa", 3, [str(friend.member_id)])
