"""What happens to members, told to a merchant's system: signed, without a name, to whom it may concern."""

import base64
import re
import time
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from standardwebhooks import Webhook

from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.ids import new_id
from punchcard.programme import AnyFact
from punchcard.sandbox.server import Reply, Request, serve
from punchcard.webhooks import signing
from punchcard.webhooks.message import Data, Message, kind_of
from punchcard.webhooks.model import Kind

from .hooks import hooked
from .town import Town, line

DOCS = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text()


async def test_a_sale_is_told_with_what_it_moved_and_without_a_name(town: Town):
    maya, sale = await town.join("maya@example.com", "Maya Lin"), new_id()
    async with hooked(town) as hook:
        await town.sell(maya, line(40_00), id=sale, receipt_number="R-17")
        await town.follow()
    (heard,) = hook.receiver.heard
    data = heard.body["data"]

    assert heard.body["type"] == "sale.recorded" and heard.body["timestamp"] == "2026-11-18T10:00:00Z"
    assert (data["member"], data["seq"], data["fact"]) == (str(maya.member_id), 1, str(sale))
    assert (data["shop"], data["partner"], data["receipt"], data["amount"]) == ("nola-1", "nola", "R-17", 40_00)
    (points,) = data["points"]
    assert points["earned"] == points["balance"] > 0 and points["spent"] == points["other"] == 0
    assert data["tier"] == "bud" and data["reasons"][0]["points"] > 0
    assert not re.search("Maya|Lin|example.com|Dana", msgspec.json.encode(heard.body).decode())
    assert not hook.receiver.forged


async def test_every_change_of_what_a_member_holds_is_told_to_the_point(town: Town):
    maya, claim, sale = await town.join("maya@example.com"), new_id(), new_id()
    async with hooked(town) as hook:
        await town.sell(maya, line(900_00), id=sale)
        await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
        await maya.ask("DELETE", f"/me/claims/{claim}")
        body = {"quantities": [{"line": 0, "quantity": 1}]}
        back = await town.ask("PUT", f"/till/sales/{sale}/returns/{new_id()}", body, town.till_key)
        assert back.status_code == 200, back.text
        await town.follow()
    told = [(each.body["type"], each.body["data"]) for each in hook.receiver.heard]
    balance = 0

    assert [type for type, _ in told] == ["sale.recorded", "spend.recorded", "unspend.recorded", "return.recorded"]
    for _, data in told:
        (points,) = data["points"]
        balance += points["earned"] - points["spent"] + points["other"]
        assert points["balance"] == balance
    assert balance == (await maya.get("/me/card"))["points"]
    assert told[1][1]["subject"] == "any-coffee" and told[2][1]["deal"] == str(claim)
    assert told[3][1]["deal"] == str(sale) and told[3][1]["quantities"] == {"0": 1}


async def test_the_library_that_others_wrote_verifies_what_we_sign(town: Town):
    maya, heard = await town.join("maya@example.com"), list[Request]()
    town.clock.at = int(time.time())  # the library asks the machine's clock

    async def keep(request: Request) -> Reply:
        heard.append(request)
        return Reply(200)

    async with serve(keep) as base:
        body = {"url": f"{base}/hooks?of=nola"}
        declared = await town.ask("PUT", f"/console/webhooks/{new_id()}", body, town.operator_key)
        await town.sell(maya, line(40_00))
        await town.follow()
    (request,) = heard

    verified = Webhook(declared.json()["secret"]).verify(request.content, request.headers)

    assert verified["type"] == "sale.recorded"
    assert (request.path, request.query) == ("/hooks", {"of": "nola"})


async def test_the_former_secret_signs_beside_the_new_one_for_a_day(town: Town):
    maya = await town.join("maya@example.com")
    async with hooked(town) as hook:
        former = hook.receiver.secret
        new = (await hook.ask("POST", "/secret")).json()["secret"]
        town.clock.at += DAY - HOUR
        await town.sell(maya, line(10_00))
        await town.follow()
        hook.receiver.secret = new
        await town.sell(maya, line(10_00))
        await town.follow()
        town.clock.at += 2 * HOUR
        hook.receiver.secret = former
        await town.sell(maya, line(10_00))
        await town.follow()

    assert new != former and len(hook.receiver.heard) == 2
    assert len(hook.receiver.forged) == 1


def test_the_specifications_example_is_signed_as_it_says():
    secret, body = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), b'{"test": 2432232314}'

    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [secret])

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_endpoints_secret_stays_as_long_as_the_settings_hold_what_it_was_derived_from():
    id, old, new = new_id(), "0123456789abcdef" * 4, "fedcba9876543210" * 4
    key = signing.key_id((old,))
    secret = signing.secret((old,), key, id, 1)

    assert secret and len(secret) == 32
    assert signing.secret((new, old), key, id, 1) == secret and signing.secret((new,), key, id, 1) is None
    assert len({secret, *(signing.secret((old,), key, *other) for other in ((id, 2), (new_id(), 1)))}) == 3


async def test_a_secret_is_shown_once(town: Town):
    async with hooked(town) as hook:
        again = await hook.ask("PUT", body={"url": hook.url, "description": "till two"})
        listed = await town.ask("GET", "/console/webhooks", key=town.operator_key)

    assert again.json()["secret"] is None and again.json()["endpoint"]["description"] == "till two"
    assert hook.receiver.secret not in listed.text


async def test_an_endpoint_hears_only_the_kinds_and_the_partner_that_it_names(town: Town):
    maya = await town.join("maya@example.com")
    async with hooked(town, kinds=["sale"], partner="miro") as miro, hooked(town, kinds=["spend"]) as spends:
        await town.sell(maya, line(900_00), partner="nola")
        await town.sell(maya, line(9_00), partner="miro")
        await maya.ask("PUT", f"/me/claims/{new_id()}", {"reward": "any-coffee"})
        await town.follow()

    assert [each.body["data"]["partner"] for each in miro.receiver.heard] == ["miro"]
    assert [each.body["type"] for each in spends.receiver.heard] == ["spend.recorded"]
    assert spends.receiver.heard[0].seq == 3


async def test_facts_leave_nothing_behind_while_nobody_listens(town: Town):
    maya = await town.join("maya@example.com")
    await town.sell(maya, line(10_00))
    before = {each.task.reaction for each in await town.follow()}
    async with hooked(town) as hook:
        assert (await hook.ask("DELETE")).status_code == 204
        await town.sell(maya, line(10_00))
        after = {each.task.reaction for each in await town.follow()}

    assert not {each for each in before | after if each.startswith("webhooks")}
    assert hook.receiver.heard == []
    assert (await hook.ask("GET", "/dead")).status_code == 404


async def test_an_id_that_was_taken_away_never_comes_back(town: Town):
    async with hooked(town) as hook:
        await hook.ask("DELETE")

        again = await hook.ask("PUT", body={"url": hook.url})

    assert (again.status_code, again.json()["type"]) == (409, "urn:punchcard:endpoint-ended")


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"partner": "nobody"}, 409, "no-such-partner"),
        ({"kinds": ["gossip"]}, 400, "malformed"),
        ({"url": "https://user:word@shop.example/"}, 409, "address-unreadable"),
        ({"url": "https://shop.example/#here"}, 409, "address-unreadable"),
        ({"url": "ftp://shop.example/"}, 409, "address-unreadable"),
    ],
)
async def test_what_cannot_be_told_is_refused_in_words(town: Town, wanted: dict[str, object], status: int, code: str):
    body = {"url": "https://shop.example/hooks", **wanted}

    answer = await town.ask("PUT", f"/console/webhooks/{new_id()}", body, town.operator_key)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:punchcard:{code}")


async def test_only_owners_come_to_this_desk(town: Town):
    body = {"name": "Noa", "role": "staff"}
    key = (await town.ask("POST", "/console/operators", body, town.operator_key)).json()["key"]
    async with hooked(town) as hook:
        path = f"/console/webhooks/{hook.id}"
        asked = [
            await town.ask("GET", "/console/webhooks", key=key),
            await town.ask("PUT", path, {"url": hook.url}, key),
            await town.ask("DELETE", path, key=key),
            await town.ask("POST", f"{path}/secret", key=key),
            await town.ask("POST", f"{path}/replay", {"since": "2026-11-18T09:00:00Z"}, key),
            await town.ask("GET", f"{path}/dead", key=key),
        ]

    assert {each.status_code for each in asked} == {403}


def test_the_kinds_that_can_be_asked_for_are_the_facts_that_there_are():
    assert set(get_args(Kind)) == {kind_of(each) for each in get_args(AnyFact)}


def test_every_kind_and_every_field_stands_in_the_document():
    rows = set(re.findall(r"^\| `([\w.]+)` \|", DOCS, re.MULTILINE))
    changes = next(each.type.item_type.cls for each in msgspec.inspect.type_info(Data).fields if each.name == "points")  # type: ignore[attr-defined]  # a list of structs

    assert rows >= {f"{kind}.recorded" for kind in get_args(Kind)}
    assert rows >= {*Message.__struct_fields__, *Data.__struct_fields__, *changes.__struct_fields__}


async def test_the_receiver_in_the_document_accepts_what_we_send_and_nothing_else(town: Town):
    (code,) = re.findall(r"^```python\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    maya, verdicts = await town.join("maya@example.com"), list[bool]()
    accepts = names["accepts"]
    assert callable(accepts)
    town.clock.at = int(time.time())  # the document asks the machine's clock

    async with hooked(town) as hook:
        answer = hook.receiver.answer

        async def judge(request: Request) -> Reply:
            verdicts.append(accepts(hook.receiver.secret, request.headers, request.content))
            verdicts.append(accepts(hook.receiver.secret, request.headers, request.content + b" "))
            return await answer(request)

        async with serve(judge) as base:
            await hook.ask("PUT", body={"url": f"{base}/hooks"})
            await town.sell(maya, line(40_00))
            await town.follow()

    assert verdicts == [True, False]
