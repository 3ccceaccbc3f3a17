"""Google Wallet's REST: loyalty and offer classes and objects, as strict as the real one, with its error bodies."""

import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from .google_accounts import GoogleAccounts
from .google_wallet_jwt import SaveLinks
from .google_wallet_rules import (
    AT_MOST,
    CLASS_OF,
    LINKED_OBJECTS_MAX,
    MANY,
    Wrong,
    check,
    check_message,
    is_class,
    merged,
    needed,
)
from .server import Reply, Request

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
ROOT = "/walletobjects/v1/"
NOTIFICATIONS_A_DAY_MAX = 3
DAY = 86400
SHELF = re.compile(r"((?:loyalty|offer)(?:Class|Object))(?:/([^/]+)(?:/(addMessage|modifyLinkedOfferObjects))?)?")


class GoogleWallet:
    """Holds what was inserted. `requests` is all it was asked; `script` holds answers to give instead, each once."""

    def __init__(self, accounts: GoogleAccounts, issuer: str, now: Callable[[], float] = time.time):
        self.accounts, self.issuer, self.now = accounts, issuer, now
        self.links = SaveLinks(accounts)
        self.shelves: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in MANY}
        self.requests: list[dict[str, Any]] = []
        self.arrivals: list[float] = []
        self.script: deque[Reply] = deque()
        self.notifications: list[tuple[str, float]] = []
        self.holders: dict[str, set[str]] = defaultdict(set)
        """By object, the Google accounts that hold it."""
        self.phones: dict[str, list[Callable[[dict[str, Any]], None]]] = defaultdict(list)
        """By object, whom to ring: each is given a message, or nothing but the object's id when a field changed."""
        self.tell: Callable[[dict[str, Any], str, str], None] = lambda of, object_id, event: None
        """Told of each card that is saved or deleted: its class, its id, save or del."""

    @property
    def classes(self) -> dict[str, dict[str, Any]]:
        return self.shelves["loyaltyClass"]

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        return self.shelves["loyaltyObject"]

    @property
    def offers(self) -> dict[str, dict[str, Any]]:
        return self.shelves["offerObject"]

    def saved(self, object_id: str, account: str = "") -> None:
        """A phone has taken the card: from now on the object has users. Raises Wrong for a second account where the class
        allows one."""
        of = self.classes[self.objects[object_id]["classId"]]
        others = self.holders[object_id] - {account}
        if others and of.get("multipleDevicesAndHoldersAllowedStatus", "").startswith("ONE_USER"):
            raise Wrong(409, "objectHeld", "Another account holds this pass.")
        self.holders[object_id].add(account)
        self.objects[object_id]["hasUsers"] = True
        self.tell(of, object_id, "save")

    def deleted(self, object_id: str, account: str = "") -> None:
        """This account has taken the card out of its wallet."""
        self.holders[object_id].discard(account)
        self.objects[object_id]["hasUsers"] = bool(self.holders[object_id])
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
            reason = "classNotFound" if is_class(kind) else "resourceNotFound"
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
        if is_class(kind):
            check_review_of(before, body)
        now = merged(before, body) if method == "PATCH" else body | {"id": resource}
        if is_class(kind):
            now["reviewStatus"] = body["reviewStatus"]
        needed(kind, now)
        now.pop("notifyPreference", None)
        wanted = body.get("notifyPreference") == "NOTIFY_ON_UPDATE"
        if wanted and kind == "loyaltyObject" and notifying(now) != notifying(before):
            self.checked(kind, now)
            self.notify(resource, {})
        return self.kept(kind, now)

    def notify(self, resource: str, message: dict[str, Any]) -> None:
        recent = [when for name, when in self.notifications if name == resource and when > self.now() - DAY]
        if len(recent) >= NOTIFICATIONS_A_DAY_MAX:
            raise Wrong(403, "quotaExceeded", "Exceeded the notification quota of the pass.")
        self.notifications.append((resource, self.now()))
        for ring in self.phones[resource]:
            ring(message)

    def kept(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        stored = self.checked(kind, body)
        before = self.shelves[kind].get(body["id"], {})
        stored |= {"reviewStatus": approved(body)} if is_class(kind) else {"hasUsers": before.get("hasUsers", False)}
        self.shelves[kind][body["id"]] = stored
        return stored

    def checked(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """What would be stored of it. Raises Wrong."""
        check(kind, body, self.issuer)
        stored = {name: each for name, each in body.items() if name != "notifyPreference"}
        if is_class(kind):
            return stored
        self.check_class(kind, body["classId"])
        for each in body.get("linkedOfferIds", []):
            if each not in self.offers:
                raise Wrong(400, "linkedObjectNotFound", f"The linked object {each} does not exist.")
        return stored | self.linked(body)

    def linked(self, body: dict[str, Any]) -> dict[str, Any]:
        """Linked objects must stand here already; the ones too many are ignored, and none is ever unlinked."""
        wanted = body.get("linkedObjectIds", [])
        for each in wanted:
            if not any(each in self.shelves[kind] for kind in CLASS_OF):
                raise Wrong(400, "linkedObjectNotFound", f"The linked object {each} does not exist.")
        before = [
            each for kind in CLASS_OF for each in self.shelves[kind].get(body["id"], {}).get("linkedObjectIds", [])
        ]
        kept = [*before, *(each for each in wanted if each not in before)][:LINKED_OBJECTS_MAX]
        return {"linkedObjectIds": kept} if kept else {}

    def check_class(self, kind: str, class_id: str) -> None:
        if self.get(CLASS_OF[kind], class_id)["reviewStatus"] != "APPROVED":
            raise Wrong(400, "classNotApproved", f"Class {class_id} must be approved.")

    def acted(self, kind: str, resource: str, action: str, request: Request) -> dict[str, Any]:
        held = self.get(kind, resource)
        if request.method != "POST":
            raise Wrong(405, "httpMethodNotAllowed", "Method not allowed.")
        body = request.body or {}
        if action == "addMessage":
            return {"resource": self.add_message(resource, held, body.get("message") or {})}
        if kind != "loyaltyObject":
            raise Wrong(404, "notFound", f"Requested entity was not found: {kind}/{resource}/{action}")
        wanted = body.get("linkedOfferObjectIds") or {}
        without = wanted.get("removeLinkedOfferObjectIds", [])
        kept = [each for each in held.get("linkedOfferIds", []) if each not in without]
        return self.kept(kind, held | {"linkedOfferIds": kept + wanted.get("addLinkedOfferObjectIds", [])})

    def add_message(self, resource: str, held: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
        """One more behind those that stand there, whatever its id: Google does not compare them."""
        check_message(message)
        if len(held.get("messages", [])) >= AT_MOST["messages"]:
            raise Wrong(400, "invalidMessages", "The maximum number of messages is 10.")
        if message.get("messageType") == "TEXT_AND_NOTIFY":
            self.notify(resource, message)
        held["messages"] = [*held.get("messages", []), message]
        return held

    def jwt(self, path: str, body: Any) -> dict[str, Any]:
        """Insert the resources of a signed JWT, or only say whether it could be saved."""
        resource = body if path == "jwt" else (body or {}).get("jwtResource")
        token = str((resource or {}).get("jwt", ""))
        payload = self.payload(token)
        if path == "jwt/validate":
            return {}
        for kind, many in MANY.items():
            for each in payload.get(many, []):
                if each.get("id") not in self.shelves[kind]:
                    self.insert(kind, each)
        return {"saveUri": self.links.keep(token), "resources": payload}

    def payload(self, token: str) -> dict[str, Any]:
        """What a save JWT would save; its objects stand here already or come whole, and so do their classes."""
        payload: dict[str, Any] = self.links.claims(token)["payload"]
        for kind, of in CLASS_OF.items():
            coming = {each.get("id") for each in payload.get(MANY[of], [])}
            for each in payload.get(MANY[kind], []):
                if each.get("id") not in self.shelves[kind]:
                    needed(kind, each)
                    check(kind, each, self.issuer)
                    if each["classId"] not in coming:
                        self.check_class(kind, each["classId"])
        return payload


def check_review_of(before: dict[str, Any], body: dict[str, Any]) -> None:
    if "reviewStatus" not in body:
        raise Wrong(400, "invalidReviewStatus", "reviewStatus must be sent as UNDER_REVIEW with every change.")
    if body["reviewStatus"] == "DRAFT" and before["reviewStatus"] != "DRAFT":
        raise Wrong(400, "invalidReviewStatus", "A class that left DRAFT does not return there.")


def notifying(body: dict[str, Any]) -> tuple[Any, Any]:
    """Of what notifies when it changes, what we know: the balance, and the tier, which hangs on the class."""
    return (body.get("loyaltyPoints") or {}).get("balance"), body.get("classId")


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
