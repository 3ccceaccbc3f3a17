"""Hostile requests at every door: never a 5xx, never a word about our insides.

PUNCHCARD_EXAMPLES says how many requests a route gets (60 unless told otherwise: about a minute in all)."""

import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from punchcard.demo.offer import draft
from punchcard.foundation.clock import HOUR
from tests.conftest import OneTransaction
from tests.fuzz import nasty
from tests.test_permissions import read
from tests.town import NOON, Person, Town, line

EXAMPLES = int(os.environ.get("PUNCHCARD_EXAMPLES") or 60)
INSIDES = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|asyncpg|msgspec|litestar|SQLSTATE|\b(select|insert|update) .* (from|into|set) "
    r"|postgres|psycopg|pg_|UniqueViolation|object at 0x|" + re.escape(str(Path(__file__).parents[2])),
    re.IGNORECASE,
)
BROWSER = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
    "language": "he",
    "zone": "Asia/Jerusalem",
}
PHONE = {"kind": "fid", "address": "fid-1", "platform": "android", "language": "en", "zone": "Asia/Jerusalem"}
POS = Path(__file__).parents[2] / "docs" / "pos"
NAMES = {"en": "A", "he": "B", "ar": "C", "ru": "D"}
PROFILE = {"name": "Maya", "language": "en", "zone": "Asia/Jerusalem", "birthday": "02-28"}
WISHES = {
    "quiet_from": "22:00",
    "quiet_until": "08:00",
    "consents": {"marketing": True, "personalisation": True, "location": False},
    "messages_a_week": 5,
    "languages": ["he", "en"],
    "muted": ["flash"],
}
AUDIENCE = {
    "type": "all",
    "of": [
        {"type": "any", "of": [{"type": "tier-in", "tiers": ["bud"]}, {"type": "points-at-least", "points": 1}]},
        {"type": "not", "of": {"type": "not-visited-within", "days": 30}},
        {"type": "home-shop-in", "shops": ["nola-1"]},
    ],
}

ROUTES = sorted((method, path) for method, path in read() if path != "/me/events")


OFFER = draft(NOON + 1, NOON + 3 * HOUR) | {"audience": AUDIENCE}
WALKED = {"kind": "walk", "value": 30, "data": {"km": 3, "outdoors": True, "where": "park"}}
BASKET = {
    "card": "@card@",
    "lines": [line(18_00), line(12_00, "pastry", "croissant", 2)],
    "tenders": [{"kind": "points", "amount": 1_00, "points": 100}, {"kind": "cash", "amount": 29_00}],
    "vouchers": ["@claim_id@"],
    "at": "2026-11-18T09:00:00Z",
    "cashier": "Dana",
    "currency": "ILS",
    "offers": {"coffee-x2": 0},
}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/console/members/{card}/passes/void"): {"because": "a picture of it was shared"},
    ("POST", "/join/codes"): {"contact": "noam@example.com", "language": "he"},
    ("POST", "/join/sessions"): {
        "contact": "noam@example.com",
        "code": "123456",
        "name": "Noam",
        "language": "he",
        "zone": "Asia/Jerusalem",
        "consents": WISHES["consents"],
        "device": "pixel",
    },
    ("POST", "/join/tokens"): {"refresh_token": "@refresh@"},
    ("POST", "/console/passes/redesigns"): {"wallet": "google"},
    ("POST", "/wallet/google/callback"): {
        "signature": "MEUCIQ==",
        "intermediateSigningKey": {"signedKey": "{}", "signatures": ["MEUCIQ=="]},
        "protocolVersion": "ECv2SigningOnly",
        "signedMessage": "{}",
    },
    ("PUT", "/me/profile"): PROFILE,
    ("PUT", "/me/preferences"): WISHES,
    ("PUT", "/me/phones/{installation}"): PHONE,
    ("PUT", "/me/browsers/{installation}"): BROWSER,
    ("PUT", "/me/inbox/read"): {"messages": ["offer:coffee-x2"]},
    ("PUT", "/me/claims/{claim_id}"): {"reward": "any-coffee"},
    ("POST", "/till/quotes"): BASKET,
    ("PUT", "/till/sales/{sale_id}"): BASKET,
    ("POST", "/till/sales"): BASKET,
    ("PUT", "/till/sales/{sale_id}/void"): {"cashier": "Dana", "reason": "twice", "at": "2026-11-18T09:59:59Z"},
    ("PUT", "/me/receipts/{claim_id}"): {"shop": "nola-1", "day": "2026-11-18", "number": "A-17", "total": 18_00},
    ("PUT", "/till/sales/{sale_id}/returns/{return_id}"): {
        "quantities": [{"line": 0, "quantity": 1}],
        "points": 1,
        "refunds": {"points": 1},
        "at": "2026-11-18T09:59:59Z",
    },
    ("PUT", "/me/place"): {"latitude": 32.0853, "longitude": 34.7818},
    ("PUT", "/console/scores/{name}"): {"members": {"01890000-0000-7000-8000-000000000001": 0.5}},
    ("PUT", "/console/members/{member}/traits"): {"traits": {"household": "family"}},
    ("PUT", "/console/segments/{segment_id}"): {
        "who": {"type": "points-at-least", "points": 5},
        "name": NAMES,
        "watch": True,
    },
    ("PUT", "/console/notices/{notice_id}"): {
        "title": NAMES,
        "body": NAMES,
        "since": "2026-11-18T09:00:00Z",
        "until": "2026-11-25T09:00:00Z",
    },
    ("PUT", "/console/offers/{offer_id}"): OFFER,
    ("PUT", "/console/offers/{offer_id}/draft"): OFFER
    | {
        "conditions": {
            "basket_minimum": 10_00,
            "shops": ["nola-1"],
            "hours": {"weekdays": [1, 2], "since": 32, "until": 80},
        },
        "limits": {"uses": 3, "uses_a_day": 1, "uses_a_week": 2},
        "budget": {"points": 1000, "cents": 500_00, "units": 20, "shop_units": {"nola-1": 20}},
        "trigger": {"on": "entered", "segment": "begun", "lasts_seconds": 3600},
        "pictures": {"en": "cup", "he": "cup"},
        "stop_when": ["harm"],
    },
    ("PUT", "/console/offers/{offer_id}/approval"): {"version": 1},
    ("PUT", "/console/offers/{offer_id}/publication"): {"version": 1},
    ("PUT", "/console/flashes/{flash_id}"): {
        **{field: OFFER[field] for field in ("partner_id", "name", "text", "audience", "benefit")},
        "lasts_seconds": 3600,
        "by": ["operator", "till"],
    },
    ("PUT", "/console/flashes/{flash_id}/approval"): {"version": 1},
    ("POST", "/console/flashes/{flash_id}/firings"): {"units": 5, "shop": "nola-1", "event": "rain-17"},
    ("POST", "/till/flashes/{flash_id}"): {"units": 5},
    ("POST", "/console/operators"): {"name": "Dana", "role": "owner"},
    ("POST", "/console/partners"): {"id": "kiosk", "name": NAMES, "hue": 40, "chroma": 0.1},
    ("PUT", "/console/partners/{partner_id}"): {"name": NAMES, "hue": 40, "chroma": 0.1},
    ("POST", "/console/partners/{partner_id}/shops"): {"id": "nola-2", "name": "N", "zone": "Asia/Jerusalem"},
    ("POST", "/console/shops/{shop_id}/tills"): {"name": "Till 2"},
    ("PUT", "/console/partners/{partner_id}/products"): {
        "products": [
            {"sku": "espresso", "name": NAMES, "category": "coffee", "brand": "", "amount": 12_00, "art": "cup"},
            {"sku": "beans", "name": {"en": "Beans"}, "category": "coffee", "amount": 0},
        ]
    },
    ("PUT", "/console/shops/{shop_id}/hours"): {"week": [[[480, 1200]]] * 6 + [[]], "closed": ["2026-12-25"]},
    ("PUT", "/console/shops/{shop_id}"): {"name": "N", "floor_limit": 30_00, "latitude": 32.1, "longitude": 34.8},
    ("POST", "/wallet/v1/devices/{device}/registrations/{pass_type}/{serial}"): {"pushToken": "ab" * 32},
    ("POST", "/wallet/v1/log"): {"logs": ["a", "b"]},
    ("PUT", "/me/activities/{activity_id}"): WALKED,
    ("PUT", "/till/activities/{activity_id}"): WALKED | {"card": "@card@", "at": "2026-11-18T09:00:00Z"},
    ("PUT", "/console/members/{member}/activities/{activity_id}"): WALKED,
    ("PUT", "/me/transfers/{transfer_id}"): {"points": 10, "card": "@card@", "currency": "points"},
    ("PUT", "/me/household"): {"name": "Home", "rule": "everything"},
    ("POST", "/me/household/guests"): {"card": "@card@"},
    ("PUT", "/me/household/contributions/{contribution_id}"): {"points": 10, "currency": "points"},
    ("PUT", "/me/household/withdrawals/{withdrawal_id}"): {"points": 5},
    ("PUT", "/me/spend-tokens/{token_id}"): {"shop": "nola-1", "worth": 20},
    ("POST", "/till/batches"): {
        "items": [
            {"kind": "sale", "id": str(uuid4()), "at": "2026-11-18T09:00:00Z"} | BASKET,
            {"kind": "return", "id": str(uuid4()), "sale": "@sale_id@", "at": "2026-11-18T09:30:00Z"},
        ]
    },
    ("PUT", "/till/loads/{load_id}"): {"card": "@card@", "amount": 5000, "currency": "money"},
    ("PUT", "/till/holds/{hold_id}"): {"card": "@card@", "points": 20, "currency": "points", "minutes": 10},
    ("PUT", "/console/gift-cards/{batch_id}"): {"count": 2, "amount": 5000, "days": 30},
    ("PUT", "/till/approvals/{approval_id}"): {"card": "@card@", "worth": 50_00, "total": 80_00},
    ("PUT", "/me/approvals/{approval_id}"): {"approve": True},
    ("PUT", "/console/spending"): {"allowed": True, "day_limit": 500_00},
    ("POST", "/me/gift-cards"): {"code": "ABCD-EFGH-JKLM"},
    ("PUT", "/console/webhooks/{endpoint_id}"): {
        "url": "https://192.0.2.1/hooks",
        "kinds": ["sale"],
        "partner": "nola",
    },
    ("POST", "/console/webhooks/{endpoint_id}/replay"): {"since": "2026-11-18T09:00:00Z"},
    ("PUT", "/console/partners/{partner_id}/staff/{cashier}"): {"name": "Dana", "card": "@card@"},
    ("PUT", "/console/members/{member}/adjustments/{adjustment_id}"): {
        "points": 50,
        "reason": "goodwill",
        "note": "the till was slow today",
        "currency": "points",
    },
    ("PUT", "/console/adjustments/{adjustment_id}/decision"): {"approve": True},
    ("PUT", "/till/totals/{day}"): {"receipts": 2, "amount": 48_00, "returned": 0, "earned": 192, "spent": 0},
    ("PUT", "/console/connectors/{connector_id}"): {
        "till": "till-1",
        "mapping": json.loads((POS / "square.mapping.json").read_text()),
        "enabled": True,
    },
    ("POST", "/console/connectors/{connector_id}/try"): json.loads((POS / "square.sale.json").read_text()),
}
"""A good body for every route that takes one; what stands between @ is filled in when it is sent."""
KNOWN = {
    "connector_id": "square",
    "day": "2026-11-18",
    "offer_id": "coffee-x2",
    "flash_id": "rolls",
    "partner_id": "nola",
    "shop_id": "nola-1",
    "installation": "pixel",
}
QUERIES = ("before", "limit", "day", "adjustment_state", "passesUpdatedSince", "lang", "size", "language", "x")
HEADERS = (
    "accept-language",
    "if-modified-since",
    "authorization",
    "accept",
    "cookie",
    "last-event-id",
    "range",
    "host",
)
TAME = st.sampled_from(nasty.TEXTS).map(lambda text: text.encode()[:9000])

SHORT = st.sampled_from([text[:2000] for text in nasty.TEXTS])


class Drawn(Struct):
    """A request as chance made it."""

    path: str
    params: dict[str, str]
    headers: list[tuple[str, bytes]]
    body: bytes


@st.composite
def drawn(draw: st.DrawFn, method: str, path: str) -> Drawn:
    good = BODIES.get((method, path))
    body = draw(nasty.spoilt(good)) if method != "GET" else b""
    kind = draw(st.sampled_from(["application/json"] * 12 + list(nasty.CONTENT_TYPES)))
    params = draw(st.dictionaries(st.sampled_from(QUERIES), SHORT, max_size=2))
    names = draw(st.lists(st.sampled_from(HEADERS), max_size=2))
    more = [(name, draw(st.binary(max_size=40) | TAME)) for name in names]
    headers = [(name, re.sub(rb"[\r\n\0]", b"", value)) for name, value in more]
    pieces = {name: draw(piece(name)) for name in re.findall(r"\{([^}]+)\}", path)}
    return Drawn(path.format_map(pieces), params, [("content-type", kind.encode()), *headers], body)


def piece(name: str) -> st.SearchStrategy[str]:
    """Something known, something new or something nasty for a place in a path."""
    known, new = st.just(KNOWN.get(name, f"@{name}@")), st.uuids(version=4).map(str)
    bad = (st.sampled_from(nasty.TEXTS) | st.text(max_size=30)).map(
        lambda text: quote(text[:3000], "", errors="replace")
    )
    return st.one_of(known, known, new, bad)


class Door:
    """A town with Maya in it."""

    def __init__(self, town: Town, maya: Person, sale: str, claim: str):
        self.town, self.maya = town, maya
        self.places = {"sale_id": sale, "claim_id": claim, "card": maya.card, "refresh": maya.refresh_token}

    def key(self, path: str) -> str:
        first = path.split("/")[1]
        return {"me": self.maya.token, "till": self.town.till_key, "console": self.town.operator_key}.get(first, "")

    def filled(self, text: str) -> str:
        return re.sub(r"@(\w+)@", lambda match: self.places.get(match[1]) or str(uuid4()), text)

    async def ask(self, method: str, request: Drawn) -> httpx.Response:
        key = self.key(request.path)
        proof = [("authorization", f"Bearer {key}".encode())] if key else []
        body = self.filled(request.body.decode("latin-1")).encode("latin-1")
        headers = [(name.encode(), value) for name, value in [*proof, *request.headers]]
        path = self.filled(request.path)
        return await self.town.client.request(method, path, params=request.params, content=body, headers=headers)


@pytest.fixture
async def door(town: Town) -> AsyncIterator[Door]:
    maya, sale, claim = await town.join("maya@example.com"), uuid4(), uuid4()
    assert (await town.sell(maya, line(900_00), id=sale)).status_code == 200
    claimed = await maya.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})
    assert claimed.status_code == 201, claimed.text
    yield Door(town, maya, str(sale), str(claim))


SEARCH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def hostile(method: str, path: str) -> Any:
    """The search at one route."""

    @SEARCH
    @given(request=drawn(method, path))
    async def search(door: Door, house: OneTransaction, request: Drawn) -> None:
        savepoint = house.connection.transaction()
        await savepoint.start()
        try:
            answer = await door.ask(method, request)
        finally:
            async with house.lock:
                await savepoint.rollback()

        assert answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
        if answer.status_code >= 400:
            tells_nothing(answer)

    return search


def tells_nothing(answer: httpx.Response) -> None:
    """A refusal speaks of the request alone; what it repeats of the request stands in its facts."""
    kind = answer.headers["content-type"]
    assert kind.startswith(("application/problem+json", "text/html")), f"{kind} {answer.text[:200]}"
    said: dict[str, Any] = answer.json() if "json" in kind else {"text": answer.text}
    facts = said.pop("facts", {})
    assert not INSIDES.search(str(said)), said
    assert not INSIDES.search(str(facts.get("why", ""))), facts


for method, path in ROUTES:
    name = re.sub(r"\W+", "_", f"{method}_{path}".lower()).strip("_")
    globals()[f"test_nothing_breaks_{name}"] = hostile(method, path)


async def test_there_is_a_good_body_for_every_route_that_takes_one(town: Town) -> None:
    taking = {
        (method.upper(), path)
        for path, item in town.app.openapi_schema.to_schema()["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "requestBody" in operation
    }

    assert taking == set(BODIES)


@pytest.mark.parametrize(("method", "path"), list(BODIES), ids=[" ".join(route) for route in BODIES])
async def test_the_good_body_is_not_malformed(door: Door, method: str, path: str) -> None:
    """Else the search would never come past the first look."""
    here = path.format_map({name: KNOWN.get(name, f"@{name}@") for name in re.findall(r"\{([^}]+)\}", path)})
    headers = [("content-type", b"application/json"), ("idempotency-key", str(uuid4()).encode())]

    answer = await door.ask(method, Drawn(here, {}, headers, msgspec.json.encode(BODIES[method, path])))

    assert answer.status_code not in (400, 413, 415), answer.text
