"""Bodies checked against the discovery documents that google-api-python-client ships: types, enums, int64 as a string,
fields that prose calls required, fields that only Google may write.

What the documents leave to prose alone (one of several fields, how many at most) the sandbox's stand-ins check."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

INT32 = range(-(2**31), 2**31)
DURATION = re.compile(r"-?\d{1,12}(\.\d{1,9})?s")


@cache
def document(name: str) -> dict[str, Any]:
    """`walletobjects.v1` or `fcm.v1`."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


def findings(name: str, schema: str, body: Any, patch: bool = False, snake_case: bool = False) -> list[str]:
    """Every error, as `path: what`. A patch may leave out what is required, and take a field away with null."""
    return list(Check(document(name)["schemas"], patch, snake_case).of({"$ref": schema}, body, ""))


def schema_of(method: str, path: str) -> tuple[str, str, bool] | None:
    """Which document and schema a request's body must fit, and whether it is a patch; None for a body that has none."""
    if path.endswith("messages:send"):
        return "fcm.v1", "SendMessageRequest", False
    for resource in document("walletobjects.v1")["resources"].values():
        for call in resource.get("methods", {}).values():
            pattern = re.sub(r"\{\w+\}", "[^/]+", call["path"])
            if call["httpMethod"] == method and re.fullmatch(f"/{pattern}", path):
                return ("walletobjects.v1", call["request"]["$ref"], method == "PATCH") if "request" in call else None
    raise AssertionError(f"Google has no method {method} {path}")


def check_request(method: str, path: str, body: Any) -> list[str]:
    """The findings for one line of a stand-in's log."""
    where = schema_of(method, path)
    if where is None:
        return [] if body is None else ["a body where Google takes none"]
    name, schema, patch = where
    return findings(name, schema, body, patch, snake_case=name == "fcm.v1")


class Check:
    def __init__(self, schemas: dict[str, Any], patch: bool, snake_case: bool):
        self.schemas, self.patch, self.snake_case = schemas, patch, snake_case

    def of(self, rule: dict[str, Any], value: Any, where: str) -> Any:
        if ref := rule.get("$ref"):
            yield from self.fields(self.schemas[ref].get("properties", {}), value, where)
        elif rule["type"] == "array":
            yield from self.items(rule, value, where)
        elif rule["type"] == "object":
            if not isinstance(value, dict):
                yield f"{where}: not an object"
            elif extra := rule.get("additionalProperties"):
                for key, each in value.items():
                    yield from self.of(extra, each, f"{where}.{key}")
        elif rule["type"] != "any":
            yield from scalar(rule, value, where, self.snake_case)

    def fields(self, rules: dict[str, Any], value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            yield f"{where}: not an object"
            return
        for written, each in value.items():
            name = camel(written) if self.snake_case else written
            rule = rules.get(name)
            if rule is None:
                yield f"{where}.{written}: unknown field"
            elif each is None:
                if not self.patch:
                    yield f"{where}.{written}: null"
            elif rule.get("readOnly") or "set by the platform" in said(rule) or said(rule).startswith("Output only"):
                yield f"{where}.{written}: only Google writes this"
            elif rule.get("deprecated") and name != "token":
                yield f"{where}.{written}: deprecated"
            else:
                yield from self.of(rule, each, f"{where}.{written}")
        if not self.patch:
            for name, rule in rules.items():
                if said(rule).startswith("Required.") and name not in {camel(each) for each in value}:
                    yield f"{where}.{name}: required"

    def items(self, rule: dict[str, Any], value: Any, where: str) -> Any:
        if not isinstance(value, list):
            yield f"{where}: not an array"
            return
        whole = Check(self.schemas, False, self.snake_case)
        for index, each in enumerate(value):
            yield from whole.of(rule["items"], each, f"{where}[{index}]")


def scalar(rule: dict[str, Any], value: Any, where: str, any_case: bool) -> Any:
    """Numbers of 64 bits travel as strings; an enum's retired spellings count as wrong. Firebase takes any case."""
    kind: Any = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}[rule["type"]]
    if not isinstance(value, kind) or (isinstance(value, bool) and rule["type"] != "boolean"):
        yield f"{where}: not a {rule['type']}"
        return
    form = rule.get("format")
    if form == "int32" and value not in INT32:
        yield f"{where}: beyond 32 bits"
    if form in ("int64", "uint64") and not re.fullmatch(r"-?\d{1,19}", value):
        yield f"{where}: not a number in a string"
    if form == "google-duration" and not DURATION.fullmatch(value):
        yield f"{where}: not a duration"
    if "enum" in rule:
        retired = dict(zip(rule["enum"], rule.get("enumDeprecated", []), strict=False))
        if (value.upper() if any_case else value) not in rule["enum"] or retired.get(value):
            yield f"{where}: not one of {rule['enum']}"


def said(rule: dict[str, Any]) -> str:
    return str(rule.get("description", ""))


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
