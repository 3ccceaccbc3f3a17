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
