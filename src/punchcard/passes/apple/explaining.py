"""What a designer may write in a layout, in Markdown: every key and every binding."""

from .bindings import CATALOGUE
from .layout import GROUPS

FIELD = {
    "key": "what the phone compares by; unique on the pass",
    "value": "what it shows: `{binding}`, the key of a text in strings.toml, or the text by language",
    "label": "stands above or below it; written like value",
    "change": "what the phone announces when the value changed; holds `%@` for the new one in every language",
    "when": "only while this binding says something: `{offer}`",
    "number": "decimal, percent, scientific or spell-out: for a number",
    "date, time": "none, short, medium, long or full: for a date",
    "relative": "true: in 3 days",
    "ignores_zone": "true: the same hour wherever the phone is",
    "align": "left, center, right or natural; not for primary and back",
    "detect": "back: which of phone-number, link, address, calendar-event become links; [] for none",
    "link": "the value links there: `{why}` or `{website}`",
    "row": "0 or 1: the auxiliary fields of an event ticket",
}
BESIDE = {
    "[code] formats": "QR, PDF417, Aztec, Code128: the phone shows the first that it can",
    "[code] message, text": "bindings: what the till reads, and what stands below it",
    "logo_text": "beside the logo",
    "balance": "false: do not tell the phone what the points are worth",
    "places": "false: do not come up near the shops and beacons",
    "offer_window": "false: do not come up while the offer holds",
    "[user_info]": "for the programme's own app, by name: bindings",
}


def explain() -> str:
    """Every key and binding, as `punchcard pass check --explain` prints them."""
    groups = ", ".join(f"`[[{group}]]`" for group in GROUPS)
    parts = [
        ("# layout.toml", f"Fields stand in {groups}; one is left out where its value says nothing."),
        ("## A field", table(FIELD)),
        ("## Beside the fields", table(BESIDE)),
        ("## Bindings", table({f"{{{name}}}": f"{each.kind}: {each.about}" for name, each in CATALOGUE.items()})),
    ]
    return "\n\n".join(f"{head}\n\n{text}" for head, text in parts)


def table(rows: dict[str, str]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| `{name}` | {about} |" for name, about in rows.items())])
