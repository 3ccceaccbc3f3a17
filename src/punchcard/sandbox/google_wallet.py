"""Google Wallet's REST: loyalty classes and objects, as strict as the real one, with its error bodies."""

import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import jwt

from .google_accounts import GoogleAccounts
from .google_wallet_rules import Wrong, check, merged, needed
from .server import Reply, Request

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
ROOT = "/walletobjects/v1/"
SAVE = "https://pay.google.com/gp/v/save/"
NOTIFICATIONS_A_DAY_MAX = 3
DAY = 86400
SHELF = re.compile(r"(loyaltyClass|loyaltyObject)(?:/([^/]+)(?:/(addMessage|modifyLinkedOfferObjects))?)?")


class GoogleWallet:
    """Holds what was inserted. `requests` is all it was asked; `script` holds answers to give instead, each once."""

    def __init__(self, accounts: GoogleAccounts, issuer: str, now: Callable[[], float] = time.time):
        self.accounts, self.issuer, self.now = accounts, issuer, now
        self.shelves: dict[str, dict[str, dict[str, Any]]] = {"loyaltyClass": {}, "loyaltyObject": {}}
        self.requests: list[dict[str, Any]] = []
        self.arrivals: list[float] = []
        self.script: deque[Reply] = deque()
        self.notifications: list[tuple[str, float]] = []
        self.tell: Callable[[dict[str, Any], str, str], None] = lambda of, object_id, event: None
        """Told of each card that is saved or deleted: its class, its id, save or del."""

    @property
    def classes(self) -> dict[str, dict[str, Any]]:
        return self.shelves["loyaltyClass"]

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        return self.shelves["loyaltyObject"]

    def saved(self, object_id: str) -> None:
        """A phone has taken the card: from now on the object has users."""
        self.objects[object_id]["hasUsers"] = True
        self.tell(self.classes[self.objects[object_id]["classId"]], object_id, "save")

    def deleted(self, object_id: str) -> None:
        """The phone has taken the card out of its wallet: nobody holds it any more."""
        self.objects[object_id]["hasUsers"] = False
        self.tell(self.classes[self.objects[object_id]["classId"]], object_id, "del")

    def fail(self, status: int, reason: str, times: int = 1, after_seconds: int | None = None) -> None:
        """Answer the next calls with this error."""
        headers = {} if after_seconds is None else {"retry-after": str(after_seconds)}
        self.script.extend([refusal(Wrong(status, reason, f"scripted: {reason}"), headers)] * times)

    async def answer(self, request: Request) -> Reply:
        self.requests.append(request.record())
        self.arrivals.append(time.monotonic())
        if not self.accounts.admits(request, SCOPE):
            return refusal(Wrong(401, "authError", "Request had invalid authentication credentials."))
        if self.script:
            return self.script.popleft()
        try:
            return Reply(200, self.done(request, request.path.removeprefix(ROOT)))
        except Wrong as wrong:
            return refusal(wrong)

    def done(self, request: Request, path: str) -> dict[str, Any]:
        if request.content and not isinstance(request.body, dict):
            raise Wrong(400, "parseError", "Invalid JSON payload received.")
        if path in ("jwt", "jwt/validate") and request.method == "POST":
            return self.jwt(path, request.body)
        match = SHELF.fullmatch(path)
        if not match:
            raise Wrong(404, "notFound", f"Requested entity was not found: {path}")
        kind, resource, action = match.groups()
        if action:
            return self.acted(kind, resource, action, request)
        match request.method, resource:
            case "POST", None:
                return self.insert(kind, request.body or {})
            case "GET", None:
                return self.list(kind, request.query)
            case "GET", _:
                return self.get(kind, resource)
            case (("PATCH" | "PUT"), str()):
                return self.change(kind, resource, request.body or {}, request.method)
        raise Wrong(405, "httpMethodNotAllowed", "Method not allowed.")

    def insert(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        needed(kind, body)
        if body["id"] in self.shelves[kind]:
            raise Wrong(409, "existingResource", f"{kind} with the id {body['id']} already exists.")
        return self.kept(kind, body)

    def get(self, kind: str, resource: str) -> dict[str, Any]:
        if resource not in self.shelves[kind]:
            reason = "classNotFound" if kind == "loyaltyClass" else "resourceNotFound"
            raise Wrong(404, reason, f"{kind} not found with id {resource}")
        return self.shelves[kind][resource]

    def list(self, kind: str, query: dict[str, str]) -> dict[str, Any]:
        """`maxResults` a page; without it everything."""
        found = [
            each
            for name, each in sorted(self.shelves[kind].items())
            if each.get("classId") == query.get("classId") or name.startswith(f"{query.get('issuerId')}.")
        ]
        since = int(query.get("token", 0))
        until = since + int(query["maxResults"]) if "maxResults" in query else len(found)
        page = {"resultsPerPage": len(found[since:until])} | (
            {"nextPageToken": str(until)} if until < len(found) else {}
        )
        return {"resources": found[since:until], "pagination": page}

    def change(self, kind: str, resource: str, body: dict[str, Any], method: str) -> dict[str, Any]:
        """PATCH merges (null takes a field away, lists are replaced whole); PUT replaces."""
        before = self.get(kind, resource)
        if body.get("id", resource) != resource:
            raise Wrong(400, "invalidResource", "The id of a resource cannot be changed.")
        if kind == "loyaltyClass" and "reviewStatus" not in body:
            raise Wrong(400, "invalidReviewStatus", "reviewStatus must be sent as UNDER_REVIEW with every change.")
        now = merged(before, body) if method == "PATCH" else body | {"id": resource}
        if kind == "loyaltyClass":
            now["reviewStatus"] = body.get("reviewStatus")
        needed(kind, now)
        if body.get("notifyPreference") == "NOTIFY_ON_UPDATE" and kind == "loyaltyObject":
            self.notify(resource)
        return self.kept(kind, now)

    def notify(self, resource: str) -> None:
        recent = [when for name, when in self.notifications if name == resource and when > self.now() - DAY]
        if len(recent) >= NOTIFICATIONS_A_DAY_MAX:
            raise Wrong(403, "quotaExceeded", "Exceeded the notification quota of the pass.")
        self.notifications.append((resource, self.now()))

    def kept(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        check(kind, body, self.issuer)
        if kind == "loyaltyObject":
            self.check_class(body["classId"])
        stored = {name: each for name, each in body.items() if name != "notifyPreference"}
        held = self.shelves[kind].get(body["id"], {}).get("hasUsers", False)
        stored |= {"reviewStatus": approved(body)} if kind == "loyaltyClass" else {"hasUsers": held}
        self.shelves[kind][body["id"]] = stored
        return stored

    def check_class(self, class_id: str) -> None:
        if self.get("loyaltyClass", class_id)["reviewStatus"] != "APPROVED":
            raise Wrong(400, "classNotApproved", f"Class {class_id} must be approved.")

    def acted(self, kind: str, resource: str, action: str, request: Request) -> dict[str, Any]:
        held = self.get(kind, resource)
        if request.method != "POST":
            raise Wrong(405, "httpMethodNotAllowed", "Method not allowed.")
        body = request.body or {}
        if action == "addMessage":
            messages = [*held.get("messages", []), body.get("message") or {}]
            if len(messages) > 10:
                raise Wrong(400, "invalidMessages", "The maximum number of messages is 10.")
            if messages[-1].get("messageType") == "TEXT_AND_NOTIFY":
                self.notify(resource)
            held["messages"] = messages
            return {"resource": held}
        wanted = body.get("linkedOfferObjectIds") or {}
        kept = [
            each for each in held.get("linkedOfferIds", []) if each not in wanted.get("removeLinkedOfferObjectIds", [])
        ]
        held["linkedOfferIds"] = kept + wanted.get("addLinkedOfferObjectIds", [])
        return held

    def jwt(self, path: str, body: Any) -> dict[str, Any]:
        """Insert the resources of a signed JWT, or only say whether it could be saved."""
        resource = body if path == "jwt" else (body or {}).get("jwtResource")
        token = str((resource or {}).get("jwt", ""))
        payload = self.payload(token)
        if path == "jwt/validate":
            return {}
        for kind, many in (("loyaltyClass", "loyaltyClasses"), ("loyaltyObject", "loyaltyObjects")):
            for each in payload.get(many, []):
                if each.get("id") not in self.shelves[kind]:
                    self.insert(kind, each)
        return {"saveUri": SAVE + token, "resources": payload}

    def payload(self, token: str) -> dict[str, Any]:
        """What a save JWT would save; its objects stand here already or come whole. Raises Wrong."""
        try:
            claims = jwt.decode(
                token,
                self.accounts.key.public_key(),
                ["RS256"],
                audience="google",
                issuer=self.accounts.email,
                options={"require": ["iss", "aud"], "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise Wrong(400, "invalidJwt", f"Invalid JWT: {error}") from None
        payload = claims.get("payload")
        if claims.get("typ") != "savetowallet" or not isinstance(payload, dict) or not payload:
            raise Wrong(400, "invalidJwt", "typ must be savetowallet, with a payload.")
        for each in payload.get("loyaltyObjects", []):
            if each.get("id") not in self.objects:
                needed("loyaltyObject", each)
                self.check_class(each["classId"])
        return payload


def approved(body: dict[str, Any]) -> str:
    """Google approves at once what is under review."""
    return "APPROVED" if body["reviewStatus"] == "UNDER_REVIEW" else str(body["reviewStatus"])


def refusal(wrong: Wrong, headers: dict[str, str] | None = None) -> Reply:
    domain = "walletobjects" if wrong.status != 401 else "global"
    error = {
        "code": wrong.status,
        "message": wrong.sentence,
        "errors": [{"message": wrong.sentence, "domain": domain, "reason": wrong.reason}],
    }
    return Reply(wrong.status, {"error": error}, headers or {})
