"""The OpenAPI document with what all routes have in common: who may call them, and how each of them says no."""

from copy import deepcopy
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from .errors import Refused
from .problems import PROBLEM
from .specimens import add_specimens

DOORS = {
    "me": "A member's access token, from POST /join/sessions or /join/tokens.",
    "till": "A till's key, shown once when the till was set up.",
    "console": "An operator's key, shown once when it was made.",
}
CHAPTERS = {
    "join": "Come in with a one-time code. Nobody needs a key.",
    "me": "The member's app. The key is the member's access token.",
    "till": "The till. The key is the till's.",
    "console": "The operator's desk. The key is the operator's.",
    "hooks": "Points of sale of somebody else's, which sign what they say.",
    "wallet": "What Apple's and Google's wallets ask for.",
    "c": "The card behind its link, for a browser and the wallets.",
    "app": "The member's web app.",
}
"""What stands before each group of routes, in this order. The desk's many are grouped by their second word."""
SCHEMA = "#/components/schemas/Problem"


class Described(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, described(openapi_schema))


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, in which every operation names its door and its refusals."""
    full = deepcopy(document)
    parts = full.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = problem()
    parts["securitySchemes"] = {
        door: {"type": "http", "scheme": "bearer", "description": says} for door, says in DOORS.items()
    }
    used = dict.fromkeys(map(chapter_of, full["paths"]))
    ranks = list(CHAPTERS)
    full["tags"] = [
        {"name": name, "description": CHAPTERS.get(name.partition(":")[0], "")}
        for name in sorted(used, key=lambda name: (rank(name, ranks), name))
    ]
    for path, operations in full["paths"].items():
        door = path.split("/")[1]
        for operation in operations.values():
            if not isinstance(operation, dict):
                continue
            operation["tags"] = [chapter_of(path)]
            answers = operation["responses"]
            answers.pop("400", None)
            if door in DOORS:
                operation["security"] = [{door: []}]
                answers["401"] = refusal("Nobody is signed in, or not at this door.")
            if "requestBody" in operation or operation.get("parameters"):
                answers["400"] = refusal("The request cannot be read; `facts.pointer` names the field.")
            answers["default"] = refusal("Refused: `type` says why, `detail` says it in the caller's language.")
    say_items(full["paths"])
    say_items(parts["schemas"])
    add_specimens([full["paths"], parts["schemas"]])
    return full


def say_items(part: Any) -> None:
    """A tuple of any length is told as items that are its kind or anything (`oneOf: [kind, {}]`), which no value of the kind
    satisfies: it is both. Say the kind alone."""
    if isinstance(part, dict):
        match part.get("items"):
            case {"oneOf": [kind, {**rest}]} if not rest:
                part["items"] = kind
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        say_items(each)


def chapter_of(path: str) -> str:
    """The group that a route stands in: its first word, at the operator's desk its second one too."""
    first, _, rest = path.strip("/").partition("/")
    return (
        f"console: {rest.partition('/')[0]}" if first == "console" and rest else first if first in CHAPTERS else "other"
    )


def rank(chapter: str, ranks: list[str]) -> int:
    door = chapter.partition(":")[0]
    return ranks.index(door) if door in ranks else len(ranks)


def refusal(says: str) -> dict[str, Any]:
    return {"description": says, "content": {PROBLEM: {"schema": {"$ref": SCHEMA}}}}


def problem() -> dict[str, Any]:
    """RFC 9457, and every refusal there is."""
    kinds = sorted({(kind().code, kind.status, kind().title) for kind in kinds_of(Refused)})
    listed = "\n".join(f"- `urn:punchcard:{code}` {status}: {title}" for code, status, title in kinds)
    return {
        "type": "object",
        "title": "Problem",
        "description": f"A refusal (RFC 9457). Known types:\n\n{listed}",
        "required": ["type", "title", "status", "detail", "facts"],
        "properties": {
            "type": {"type": "string", "examples": [f"urn:punchcard:{code}" for code, *_ in kinds[:3]]},
            "title": {"type": "string", "description": "The kind of refusal, in English."},
            "status": {"type": "integer"},
            "detail": {
                "type": "string",
                "description": "One sentence for a person, in the language of Accept-Language.",
            },
            "facts": {"type": "object", "description": "What it depends on: balances, limits, moments."},
        },
    }


def kinds_of(kind: type[Refused]) -> set[type[Refused]]:
    return {each for direct in kind.__subclasses__() for each in {direct, *kinds_of(direct)}}
