"""What a pass says of itself in fields: their groups, keys and values."""

import re
from typing import Any

from .refusing import demand, entries, is_date, is_number, is_text, only

GROUPS = ("headerFields", "primaryFields", "secondaryFields", "auxiliaryFields", "backFields")
STYLES: dict[str, frozenset[str]] = {
    "boardingPass": frozenset({*GROUPS, "transitType"}),
    "coupon": frozenset(GROUPS),
    "eventTicket": frozenset({*GROUPS, "additionalInfoFields"}),
    "generic": frozenset(GROUPS),
    "storeCard": frozenset(GROUPS),
}
"""What each style may hold."""
FIELD_KEYS = frozenset(
    {"key", "value", "label", "changeMessage", "textAlignment", "numberStyle", "currencyCode", "attributedValue"}
    | {"dateStyle", "timeStyle", "ignoresTimeZone", "isRelative", "dataDetectorTypes", "semantics", "row"}
)
TRANSITS = frozenset(f"PKTransitType{name}" for name in ("Air", "Boat", "Bus", "Generic", "Train"))
ALIGNMENTS = frozenset(f"PKTextAlignment{name}" for name in ("Left", "Center", "Right", "Natural"))
NUMBER_STYLES = frozenset(f"PKNumberStyle{name}" for name in ("Decimal", "Percent", "Scientific", "SpellOut"))
DATE_STYLES = frozenset(f"PKDateStyle{name}" for name in ("None", "Short", "Medium", "Long", "Full"))
DETECTORS = frozenset(f"PKDataDetectorType{name}" for name in ("PhoneNumber", "Link", "Address", "CalendarEvent"))
MOST = {"headerFields": 3, "primaryFields": 1, "secondaryFields": 4, "auxiliaryFields": 4}
"""How many of a group a front has room for; a boarding pass has two primary ones."""
ONE_ROW_MOST = 4
"""Secondary and auxiliary fields of a store card or coupon share one row."""
MARKUP = re.compile(r"<[^>]*>?")
LINK = re.compile(r"<a href=(?:\"[^\"<>]+\"|'[^'<>]+')>|</a>")
CURRENCY = re.compile(r"[A-Z]{3}")
SEMANTICS: dict[str, str] = {
    "balance": "money",
    "totalPrice": "money",
    "eventType": "text",
    "eventName": "text",
    "eventStartDate": "date",
    "eventEndDate": "date",
    "venueName": "text",
    "venueRoom": "text",
    "venueEntrance": "text",
    "venuePhoneNumber": "text",
    "venueLocation": "place",
    "performerNames": "texts",
    "seats": "list",
    "wifiAccess": "list",
    "silenceRequested": "switch",
    "membershipProgramName": "text",
    "membershipProgramNumber": "text",
}
"""The tags of the styles that a loyalty programme gives out, and what each holds."""


def check_style(body: dict[str, Any]) -> str:
    """The pass's one style, with its fields looked at."""
    found = set(STYLES) & set(body)
    demand(len(found) == 1, f"exactly one style is wanted: {sorted(found)}")
    style = found.pop()
    groups = body[style]
    demand(isinstance(groups, dict), f"{style} is no object")
    demand(set(groups) <= STYLES[style], f"a group of fields that a {style} has not")
    if style == "boardingPass":
        demand(groups.get("transitType") in TRANSITS, "a boarding pass says its transitType")
    check_groups(groups, style)
    return style


def check_groups(groups: dict[str, Any], style: str) -> None:
    keys: list[str] = []
    for group in STYLES[style] - {"transitType"}:
        most = 2 if (style, group) == ("boardingPass", "primaryFields") else MOST.get(group)
        keys += [check_field(field, group, style) for field in entries(groups, group, most)]
    demand(len(keys) == len(set(keys)), "a field's key is there twice")
    if style in ("storeCard", "coupon"):
        row = len(groups.get("secondaryFields", [])) + len(groups.get("auxiliaryFields", []))
        demand(row <= ONE_ROW_MOST, "more than four secondary and auxiliary fields in one row")


def check_field(field: dict[str, Any], group: str, style: str) -> str:
    key = field.get("key")
    demand(is_text(key), f"a field of {group} has no key")
    only(field, FIELD_KEYS, str(key))
    value = field.get("value")
    demand(is_text(value) or is_number(value), f"{key} has no value")
    demand(is_text(field.get("label", "x")), f"{key}: the label is no text")
    message = field.get("changeMessage", "%@")
    demand(is_text(message) and "%@" in message, f"{key}: changeMessage has no %@")
    check_place(field, group, style)
    check_number(field)
    check_date(field)
    check_markup(field)
    check_semantics(field.get("semantics"), str(key))
    return str(key)


def check_place(field: dict[str, Any], group: str, style: str) -> None:
    """What may stand in one group and not in another."""
    key = field["key"]
    if "textAlignment" in field:
        demand(group not in ("primaryFields", "backFields"), f"{key}: textAlignment is not for {group}")
        demand(field["textAlignment"] in ALIGNMENTS, f"{key}: an unknown textAlignment")
    if "dataDetectorTypes" in field:
        found = field["dataDetectorTypes"]
        demand(group == "backFields", f"{key}: dataDetectorTypes are for the back only")
        demand(isinstance(found, list) and set(found) <= DETECTORS, f"{key}: an unknown dataDetectorType")
    if "row" in field:
        demand(
            (style, group) == ("eventTicket", "auxiliaryFields"),
            f"{key}: row is for an event ticket's auxiliary fields",
        )
        demand(field["row"] in (0, 1), f"{key}: row is 0 or 1")


def check_number(field: dict[str, Any]) -> None:
    key = field["key"]
    if "numberStyle" in field or "currencyCode" in field:
        demand(is_number(field["value"]), f"{key} is no number")
        demand(not {"numberStyle", "currencyCode"} <= set(field), f"{key}: a currency has no number style")
    demand(field.get("numberStyle", "PKNumberStyleDecimal") in NUMBER_STYLES, f"{key}: an unknown numberStyle")
    currency = field.get("currencyCode", "EUR")
    demand(isinstance(currency, str) and CURRENCY.fullmatch(currency), f"{key}: currencyCode is three capitals")


def check_date(field: dict[str, Any]) -> None:
    key, styled = field["key"], {"dateStyle", "timeStyle"} & set(field)
    if styled:
        demand(is_date(field["value"]), f"{key} is no date with a zone")
        demand(all(field[each] in DATE_STYLES for each in styled), f"{key}: an unknown date style")
    for each in {"ignoresTimeZone", "isRelative"} & set(field):
        demand(styled and isinstance(field[each], bool), f"{key}: {each} is true or false, and for dates only")


def check_markup(field: dict[str, Any]) -> None:
    if "attributedValue" in field:
        text, key = field["attributedValue"], field["key"]
        demand(is_text(text) or is_number(text), f"{key}: attributedValue is no text")
        tags = MARKUP.findall(str(text))
        demand(all(LINK.fullmatch(tag) for tag in tags), f"{key}: attributedValue knows only <a href>")
        demand([tag == "</a>" for tag in tags] == [False, True] * (len(tags) // 2), f"{key}: a link is not closed")


def check_semantics(found: Any, where: str) -> None:
    """Tags for machines, each of its own type."""
    if found is None:
        return
    demand(isinstance(found, dict), f"{where}: semantics is no object")
    for tag, value in found.items():
        demand(tag in SEMANTICS, f"{where}: semantics: unknown {tag}")
        demand(is_semantic(value, SEMANTICS[tag]), f"{where}: semantics: {tag} is no {SEMANTICS[tag]}")


def is_semantic(value: Any, kind: str) -> bool:
    match kind:
        case "text":
            return is_text(value)
        case "date":
            return is_date(value)
        case "switch":
            return isinstance(value, bool)
        case "texts":
            return isinstance(value, list) and all(map(is_text, value))
        case "list":
            return isinstance(value, list) and all(isinstance(each, dict) for each in value)
    if not isinstance(value, dict):
        return False
    if kind == "place":
        return is_number(value.get("latitude"), -90, 90) and is_number(value.get("longitude"), -180, 180)
    code = value.get("currencyCode")
    plain = isinstance(value.get("amount"), str) and re.fullmatch(r"-?\d+(\.\d+)?", value["amount"])
    return bool(plain and isinstance(code, str) and CURRENCY.fullmatch(code))
