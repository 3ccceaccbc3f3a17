"""An example beside every text of the OpenAPI document that has a pattern, so that whoever tries a route begins with words
and not with whatever letters happen to fit."""

import re
from typing import Any

SAID = {"examples", "default", "const", "enum"}
"""Where one of these stands, somebody has said already what it may be."""
BY_NAME = {
    "auth": "c2l4dGVlbiByYW5kb20uLg",
    "birthday": "07-31",
    "brand": "Nola",
    "card": "7QK4M2XV8N3PR5T0W",
    "cashier": "Dana",
    "category": "coffee",
    "code": "123456",
    "currency": "ILS",
    "day": "2026-01-31",
    "name": "Maya",
    "p256dh": "B" + "A" * 86,
    "sku": "flat-white",
    "url": "https://shop.example/hooks",
}
NUMBERS = {"amount": 1800, "discount": 0, "quantity": 1}
"""Else the largest number allowed would be shown."""
BY_PATTERN = ("text", "09:30", "/lines/0/sku", "2026-01-31", "ILS", "07-31", "123456", "0a1b2c3d4e5f6071")


def add_specimens(part: Any, name: str = "") -> None:
    """Walk the document; `name` is the field or parameter that the part is about."""
    if isinstance(part, list):
        for each in part:
            add_specimens(each, name)
    elif isinstance(part, dict):
        if isinstance(part.get("pattern"), str) and not SAID & set(part) and (fitting := specimen(name, part)):
            part["examples"] = [fitting]
        if "maximum" in part and name in NUMBERS and not SAID & set(part):
            part["examples"] = [NUMBERS[name]]
        about = part["name"] if isinstance(part.get("name"), str) and "in" in part else name
        for key, each in part.items():
            if key == "properties" and isinstance(each, dict):
                for field, schema in each.items():
                    add_specimens(schema, field)
            elif key != "examples":
                add_specimens(each, about)


def specimen(name: str, schema: dict[str, Any]) -> str | None:
    """What the field is usually called, else the first word that its pattern allows."""
    asked = [BY_NAME[name], *BY_PATTERN] if name in BY_NAME else BY_PATTERN
    return next((each for each in asked if fits(each, schema)), None)


def fits(text: str, schema: dict[str, Any]) -> bool:
    within = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
    return within and re.search(schema["pattern"], text) is not None
