"""Google Wallet's stand-in, driven by Google's own client, and our log checked against Google's own documents."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from punchcard.sandbox.google import Google, google
from punchcard.sandbox.google_wallet_rules import check_images
from tests.discovery_check import check_request, findings
from tests.googles import AT, ISSUER, key, stay_home

SCOPES = ["https://www.googleapis.com/auth/wallet_object.issuer"]
CLASS_ID, OBJECT_ID = f"{ISSUER}.bud", f"{ISSUER}.maya"
LOGO = {"sourceUri": {"uri": "https://cards.example/logo.png"}}
CLASS = {
    "id": CLASS_ID,
    "issuerName": "Almond",
    "programName": "Almond",
    "programLogo": LOGO,
    "reviewStatus": "UNDER_REVIEW",
}
OBJECT = {
    "id": OBJECT_ID,
    "classId": CLASS_ID,
    "state": "ACTIVE",
    "accountName": "Maya",
    "loyaltyPoints": {"label": "Points", "balance": {"int": 5}},
    "textModulesData": [{"id": "next", "header": "Next", "body": "379"}],
}

OFFER_CLASS_ID, OFFER_ID = f"{ISSUER}.coffee", f"{ISSUER}.coffee.all"
OFFER_CLASS = {
    "id": OFFER_CLASS_ID,
    "issuerName": "Almond",
    "provider": "Nola",
    "title": "Double points on coffee",
    "redemptionChannel": "INSTORE",
    "multipleDevicesAndHoldersAllowedStatus": "MULTIPLE_HOLDERS",
    "reviewStatus": "UNDER_REVIEW",
}
OFFER = {
    "id": OFFER_ID,
    "classId": OFFER_CLASS_ID,
    "state": "ACTIVE",
    "disableExpirationNotification": True,
    "validTimeInterval": {
        "start": {"date": "2025-11-22T10:00:00+00:00"},
        "end": {"date": "2025-11-22T12:00:00+00:00"},
    },
}


class Official:
    """google-api-python-client with google-auth, both unchanged, asking the stand-in from a thread."""

    def __init__(self, stand_in: Google, account: Path | None = None):
        credentials = service_account.Credentials.from_service_account_file(
            str(account or stand_in.service_account), scopes=SCOPES
        )
        options = {"api_endpoint": stand_in.url}
        self.client = build(
            "walletobjects", "v1", credentials=credentials, static_discovery=True, client_options=options
        )

    async def ask(self, resource: str, method: str, **how: Any) -> Any:
        return await anyio.to_thread.run_sync(
            lambda: getattr(getattr(self.client, resource)(), method)(**how).execute()
        )

    async def refused(self, resource: str, method: str, **how: Any) -> tuple[int, str]:
        with pytest.raises(HttpError) as refused:
            await self.ask(resource, method, **how)
        return refused.value.status_code, refused.value.error_details[0]["reason"]


@pytest.fixture
async def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Google]:
    stay_home(monkeypatch)
    async with google(tmp_path, issuer=ISSUER, now=lambda: AT, key=key()) as made:
        yield made


@pytest.fixture
async def official(stand_in: Google) -> Official:
    made = Official(stand_in)
    await made.ask("loyaltyclass", "insert", body=CLASS)
    await made.ask("loyaltyobject", "insert", body=OBJECT)
    return made


async def test_googles_client_reads_what_it_inserted(official: Official) -> None:
    held_class = await official.ask("loyaltyclass", "get", resourceId=CLASS_ID)
    held = await official.ask("loyaltyobject", "get", resourceId=OBJECT_ID)

    assert held_class["reviewStatus"] == "APPROVED" and held == OBJECT | {"hasUsers": False}


async def test_googles_client_patches_points_and_leaves_the_rest(official: Official) -> None:
    patch: dict[str, Any] = {"loyaltyPoints": {"balance": {"int": 9}}, "accountName": None, "textModulesData": []}

    held = await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body=patch)

    assert held["loyaltyPoints"] == {"label": "Points", "balance": {"int": 9}} and held["state"] == "ACTIVE"
    assert "accountName" not in held and held["textModulesData"] == []


async def test_googles_client_updates_and_what_it_omits_is_cleared(official: Official) -> None:
    whole = {"id": OBJECT_ID, "classId": CLASS_ID, "state": "INACTIVE"}

    held = await official.ask("loyaltyobject", "update", resourceId=OBJECT_ID, body=whole)

    assert held == whole | {"hasUsers": False}


async def test_googles_client_adds_a_message_and_three_notify_in_a_day(official: Official) -> None:
    message = {"message": {"id": "m", "header": "h", "body": "b", "messageType": "TEXT_AND_NOTIFY"}}
    for _ in range(3):
        answer = await official.ask("loyaltyobject", "addmessage", resourceId=OBJECT_ID, body=message)
    assert len(answer["resource"]["messages"]) == 3

    assert await official.refused("loyaltyobject", "addmessage", resourceId=OBJECT_ID, body=message) == (
        403,
        "quotaExceeded",
    )


async def test_googles_client_links_an_offer_to_a_card_and_takes_it_away(official: Official, stand_in: Google) -> None:
    await official.ask("offerclass", "insert", body=OFFER_CLASS)
    await official.ask("offerobject", "insert", body=OFFER)

    linked = await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body={"linkedOfferIds": [OFFER_ID]})
    change = {"linkedOfferObjectIds": {"removeLinkedOfferObjectIds": [OFFER_ID]}}
    parted = await official.ask("loyaltyobject", "modifylinkedofferobjects", resourceId=OBJECT_ID, body=change)
    over = await official.ask("offerobject", "patch", resourceId=OFFER_ID, body={"state": "EXPIRED"})

    assert linked["linkedOfferIds"] == [OFFER_ID] and parted["linkedOfferIds"] == []
    assert over["state"] == "EXPIRED" and (await official.ask("offerclass", "get", resourceId=OFFER_CLASS_ID))["title"]
    assert [wrong for each in stand_in.wallet.requests for wrong in check_request(**each)] == []


async def test_linked_objects_too_many_are_ignored_and_none_is_ever_unlinked(official: Official) -> None:
    names = [f"{ISSUER}.n{number}" for number in range(60)]
    for name in names:
        await official.ask("loyaltyobject", "insert", body=OBJECT | {"id": name})

    many = await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body={"linkedObjectIds": names})
    none = await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body={"linkedObjectIds": []})

    assert many["linkedObjectIds"] == none["linkedObjectIds"] == names[:50]


async def test_a_notification_counts_only_when_something_changed_that_notifies(
    official: Official, stand_in: Google
) -> None:
    loud = {"notifyPreference": "NOTIFY_ON_UPDATE"}
    for _ in range(5):
        await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body=loud | {"accountName": "Maya"})
    for points in (6, 7, 8):
        body = loud | {"loyaltyPoints": {"balance": {"int": points}}}
        held = await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body=body)

    assert len(stand_in.wallet.notifications) == 3 and "notifyPreference" not in held
    body = loud | {"loyaltyPoints": {"balance": {"int": 9}}}
    assert await official.refused("loyaltyobject", "patch", resourceId=OBJECT_ID, body=body) == (403, "quotaExceeded")
    assert stand_in.wallet.objects[OBJECT_ID]["loyaltyPoints"]["balance"] == {"int": 8}


async def test_the_eleventh_message_is_refused_and_the_same_id_is_no_help(official: Official) -> None:
    message = {"message": {"id": "m", "header": "h", "body": "b"}}
    for _ in range(10):
        await official.ask("loyaltyobject", "addmessage", resourceId=OBJECT_ID, body=message)

    refused = await official.refused("loyaltyobject", "addmessage", resourceId=OBJECT_ID, body=message)

    assert refused == (400, "invalidMessages")


async def test_googles_client_lists_page_by_page(official: Official) -> None:
    for name in ("noa", "omar"):
        await official.ask("loyaltyobject", "insert", body=OBJECT | {"id": f"{ISSUER}.{name}"})

    first = await official.ask("loyaltyobject", "list", classId=CLASS_ID, maxResults=2)
    second = await official.ask(
        "loyaltyobject", "list", classId=CLASS_ID, maxResults=2, token=first["pagination"]["nextPageToken"]
    )

    assert [each["id"].split(".")[1] for each in first["resources"] + second["resources"]] == ["maya", "noa", "omar"]
    assert "nextPageToken" not in second["pagination"]


WITHOUT_LOGO = {name: each for name, each in CLASS.items() if name != "programLogo"} | {"id": f"{ISSUER}.x"}
NEW = {"id": f"{ISSUER}.new"}
PLACE = {"latitude": 32.0, "longitude": 34.8}
MESSAGE = {"header": "h", "body": "b"}


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: each for key, each in body.items() if key != name} | NEW


def half_offset(start: str, end: str) -> dict[str, Any]:
    return {"validTimeInterval": {"start": {"date": start}, "end": {"date": end}}}


def said(text: str) -> dict[str, Any]:
    return {"appLinkData": {"displayText": {"defaultValue": {"language": "en", "value": text}}}}


def points(**balance: Any) -> dict[str, Any]:
    return {"loyaltyPoints": {"balance": balance}}


@pytest.mark.parametrize(
    ("resource", "body", "reason"),
    [
        ("loyaltyobject", OBJECT | {"merchantLocations": [PLACE] * 11}, "invalidResource"),
        ("loyaltyclass", CLASS | {"merchantLocations": [PLACE] * 11}, "invalidResource"),
        ("loyaltyclass", CLASS | {"merchantLocations": [{"latitude": 91, "longitude": 0}]}, "invalidLocation"),
        ("loyaltyobject", OBJECT | {"messages": [MESSAGE] * 11}, "invalidResource"),
        ("loyaltyobject", OBJECT | {"messages": [{"header": "h"}]}, "invalidMessages"),
        ("loyaltyobject", OBJECT | {"messages": [MESSAGE | {"messageType": "LOUD"}]}, "invalidMessages"),
        ("loyaltyobject", OBJECT | {"linkedOfferIds": [f"{ISSUER}.none"]}, "linkedObjectNotFound"),
        ("loyaltyobject", OBJECT | {"linkedObjectIds": [f"{ISSUER}.none"]}, "linkedObjectNotFound"),
        ("loyaltyobject", OBJECT | points(int=2**31), "badRequest"),
        ("loyaltyobject", OBJECT | points(), "invalidBalance"),
        ("loyaltyobject", OBJECT | points(money={"currencyCode": "ILS", "micros": 5}), "badRequest"),
        ("loyaltyobject", OBJECT | {"disableExpirationNotification": True}, "invalidResource"),
        ("loyaltyobject", OBJECT | {"valueAddedModuleData": [{}] * 16}, "invalidResource"),
        ("loyaltyobject", OBJECT | {"smartTapRedemptionValue": "שקד"}, "invalidSmartTap"),
        ("loyaltyobject", OBJECT | {"linksModuleData": {"uris": [{"uri": "almond.example"}]}}, "invalidUri"),
        ("loyaltyobject", OBJECT | {"textModulesData": [{"id": "a"}, {"id": "a"}]}, "invalidTextModules"),
        ("loyaltyobject", OBJECT | half_offset("2025-11-22T10:00:00Z", "2025-11-22T12:00:00"), "invalidTimeInterval"),
        ("loyaltyclass", CLASS | said("x" * 31), "invalidAppLink"),
        ("loyaltyclass", CLASS | {"callbackOptions": {"url": "http://almond.example"}}, "invalidCallback"),
        ("loyaltyclass", CLASS | {"hexBackgroundColor": "red"}, "invalidColor"),
        ("loyaltyclass", CLASS | {"programLogo": {"sourceUri": {"uri": "ftp://a/b.png"}}}, "invalidImage"),
        (
            "loyaltyclass",
            CLASS | {"programLogo": {"sourceUri": {"uri": "http://almond.example/b.png"}}},
            "invalidImage",
        ),
        ("loyaltyclass", CLASS | {"programLogo": {"sourceUri": {"uri": "http://8.8.8.8/b.png"}}}, "invalidImage"),
        ("loyaltyclass", CLASS | {"multipleDevicesAndHoldersAllowedStatus": "EVERYBODY"}, "invalidResource"),
        ("offerclass", without(OFFER_CLASS, "provider"), "required"),
        ("offerclass", without(OFFER_CLASS, "title"), "required"),
        ("offerclass", without(OFFER_CLASS, "redemptionChannel"), "required"),
        ("offerclass", OFFER_CLASS | {"redemptionChannel": "instore"}, "invalidResource"),
        ("offerclass", OFFER_CLASS | {"programName": "Almond"}, "badRequest"),
        ("offerobject", OFFER | {"loyaltyPoints": {}}, "badRequest"),
        ("offerobject", without(OFFER, "classId"), "required"),
    ],
)
async def test_each_rule_of_a_body_is_kept(
    official: Official, resource: str, body: dict[str, Any], reason: str
) -> None:
    assert await official.refused(resource, "insert", body=body | NEW) == (400, reason)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "192.168.1.4:8000", "[::1]:8000", "localhost:8000", "till.local:8000"]
)
def test_a_picture_may_come_from_our_own_network_where_the_demo_has_no_https(host: str) -> None:
    check_images({"programLogo": {"sourceUri": {"uri": f"http://{host}/c/art/logo.png"}}})


async def test_an_offer_takes_a_class_of_its_own_kind(official: Official) -> None:
    answer = await official.refused("offerobject", "insert", body=OFFER | {"classId": CLASS_ID})

    assert answer == (404, "classNotFound")


async def test_a_class_that_left_draft_does_not_return(official: Official) -> None:
    draft = CLASS | {"id": f"{ISSUER}.draft", "reviewStatus": "DRAFT"}
    await official.ask("loyaltyclass", "insert", body=draft)
    await official.ask("loyaltyclass", "update", resourceId=draft["id"], body=draft)
    await official.ask("loyaltyclass", "update", resourceId=draft["id"], body=draft | {"reviewStatus": "UNDER_REVIEW"})

    answer = await official.refused("loyaltyclass", "update", resourceId=draft["id"], body=draft)

    assert answer == (400, "invalidReviewStatus")


@pytest.mark.parametrize(
    ("resource", "method", "how", "status", "reason"),
    [
        ("loyaltyclass", "insert", {"body": CLASS}, 409, "existingResource"),
        ("loyaltyobject", "insert", {"body": OBJECT}, 409, "existingResource"),
        ("loyaltyclass", "insert", {"body": WITHOUT_LOGO}, 400, "required"),
        ("loyaltyclass", "insert", {"body": CLASS | NEW | {"reviewStatus": "APPROVED"}}, 400, "invalidReviewStatus"),
        ("loyaltyclass", "patch", {"resourceId": CLASS_ID, "body": {"issuerName": "A"}}, 400, "invalidReviewStatus"),
        ("loyaltyclass", "insert", {"body": CLASS | {"id": "77.x"}}, 403, "permissionDenied"),
        ("loyaltyclass", "insert", {"body": CLASS | {"id": f"{ISSUER}.a/b"}}, 400, "invalidResourceId"),
        ("loyaltyobject", "insert", {"body": OBJECT | NEW | {"classId": f"{ISSUER}.none"}}, 404, "classNotFound"),
        ("loyaltyobject", "insert", {"body": OBJECT | NEW | {"state": "active"}}, 400, "invalidState"),
        (
            "loyaltyobject",
            "insert",
            {"body": OBJECT | NEW | {"loyaltyPoints": {"balance": {"int": 1, "string": "1"}}}},
            400,
            "invalidBalance",
        ),
        ("loyaltyobject", "insert", {"body": OBJECT | NEW | {"colour": "red"}}, 400, "badRequest"),
        ("loyaltyobject", "get", {"resourceId": f"{ISSUER}.nobody"}, 404, "resourceNotFound"),
        ("loyaltyobject", "patch", {"resourceId": f"{ISSUER}.nobody", "body": {}}, 404, "resourceNotFound"),
        ("jwt", "validate", {"body": {"jwtResource": {"jwt": "a.b.c"}}}, 400, "invalidJwt"),
    ],
)
async def test_what_the_stand_in_refuses(
    official: Official, resource: str, method: str, how: dict[str, Any], status: int, reason: str
) -> None:
    assert await official.refused(resource, method, **how) == (status, reason)


async def test_a_class_in_draft_makes_no_cards(official: Official) -> None:
    await official.ask("loyaltyclass", "insert", body=CLASS | {"id": f"{ISSUER}.draft", "reviewStatus": "DRAFT"})

    answer = await official.refused("loyaltyobject", "insert", body=OBJECT | NEW | {"classId": f"{ISSUER}.draft"})

    assert answer == (400, "classNotApproved")


async def test_googles_client_saves_a_jwt_that_our_account_signed(stand_in: Google, official: Official) -> None:
    from punchcard.foundation.google_auth import service_account as ours

    claims = {"aud": "google", "typ": "savetowallet", "origins": [], "payload": {"loyaltyObjects": [OBJECT | NEW]}}
    token = ours(stand_in.service_account).sign(claims)

    assert await official.ask("jwt", "validate", body={"jwtResource": {"jwt": token}}) == {}
    short = (await official.ask("jwt", "insert", body={"jwt": token}))["saveUri"]
    assert len(short) < 80 and stand_in.wallet.links.token(short) == token
    assert NEW["id"] in stand_in.wallet.objects


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "apple"},
        {"typ": "savetoapplepay"},
        {"origins": "https://cards.example"},
        {"origins": ["cards.example"]},
        {"payload": {}},
        {"payload": {"loyaltyClasses": [CLASS]}},
        {"payload": {"loyaltyObjects": [OBJECT | NEW | {"state": "active"}]}},
    ],
)
async def test_a_jwt_that_google_cannot_save_is_refused(
    stand_in: Google, official: Official, change: dict[str, Any]
) -> None:
    from punchcard.foundation.google_auth import service_account as ours

    good = {"aud": "google", "typ": "savetowallet", "origins": [], "payload": {"loyaltyObjects": [OBJECT]}}
    token = ours(stand_in.service_account).sign(good | change)

    for method, body in (("validate", {"jwtResource": {"jwt": token}}), ("insert", {"jwt": token})):
        status, reason = await official.refused("jwt", method, body=body)
        assert status == 400 and reason in ("invalidJwt", "invalidState")


async def test_googles_client_saves_a_card_with_its_class_and_an_offer_in_one_jwt(
    stand_in: Google, official: Official
) -> None:
    from punchcard.foundation.google_auth import service_account as ours

    payload = {
        "loyaltyObjects": [{"id": OBJECT_ID, "classId": CLASS_ID}],
        "offerClasses": [OFFER_CLASS],
        "offerObjects": [OFFER],
    }
    claims = {"aud": "google", "typ": "savetowallet", "origins": ["https://cards.example"], "payload": payload}

    await official.ask("jwt", "insert", body={"jwt": ours(stand_in.service_account).sign(claims)})

    assert OFFER_ID in stand_in.wallet.offers


async def test_another_key_opens_nothing(stand_in: Google, tmp_path: Path) -> None:
    from google.auth.exceptions import RefreshError

    from punchcard.sandbox.google_accounts import GoogleAccounts

    stranger = GoogleAccounts(stand_in.project)
    stranger.url = stand_in.url
    official = Official(stand_in, stranger.write(tmp_path / "stranger.json"))

    with pytest.raises(RefreshError, match="invalid_grant"):
        await official.ask("loyaltyclass", "get", resourceId=CLASS_ID)

    assert stand_in.wallet.requests == []


async def test_who_bears_no_token_is_told_401(stand_in: Google) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=stand_in.url) as http:
        answer = await http.get(f"/walletobjects/v1/loyaltyObject/{OBJECT_ID}")

    assert answer.status_code == 401 and answer.json()["error"]["errors"][0]["reason"] == "authError"


async def test_the_log_of_a_good_client_has_nothing_to_find(stand_in: Google, official: Official) -> None:
    await official.ask("loyaltyobject", "patch", resourceId=OBJECT_ID, body={"accountName": None})

    assert [check_request(**each) for each in stand_in.wallet.requests] == [[], [], []]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"colour": "red"}, ".colour: unknown field"),
        ({"state": None}, ".state: null"),
        ({"state": "active"}, ".state: not one of"),
        ({"hasUsers": True}, ".hasUsers: only Google writes this"),
        ({"locations": []}, ".locations: deprecated"),
        ({"accountName": 5}, ".accountName: not a string"),
        ({"loyaltyPoints": {"balance": {"int": 2**31}}}, "beyond 32 bits"),
        ({"loyaltyPoints": {"balance": {"money": {"micros": 5}}}}, "micros: not a string"),
        ({"textModulesData": {}}, ".textModulesData: not an array"),
        ({"textModulesData": [{"header": None}]}, "[0].header: null"),
    ],
)
def test_the_check_of_bodies_finds_what_is_wrong(change: dict[str, Any], found: str) -> None:
    wrong = findings("walletobjects.v1", "LoyaltyObject", OBJECT | change)

    assert len(wrong) == 1 and found in wrong[0]


def test_the_check_of_bodies_finds_what_is_missing() -> None:
    assert findings("walletobjects.v1", "LoyaltyObject", {}) == [
        ".classId: required",
        ".id: required",
        ".state: required",
    ]
