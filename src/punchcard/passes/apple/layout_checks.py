"""What is wrong with a layout, each mistake with the field's key and what to do. Nothing: it can be printed."""

from collections import Counter
from collections.abc import Iterator

from .layout import GROUPS, FieldSpec, Layout, Style
from .sayings import Said, Saying, Strings, forms, saying

MOST = {"header": 3, "primary": 1, "secondary": 4, "auxiliary": 4}
ROW_MOST = 4
ONE_ROW = frozenset({"storeCard", "coupon"})
"""Secondary and auxiliary fields share a row of four."""
NO_ALIGNMENT = frozenset({"primary", "back"})
NEW_VALUE = "%@"


def mistakes(layout: Layout, style: Style, strings: Strings) -> Iterator[str]:
    """What a phone would refuse or show wrong, in words."""
    yield from crowded(layout, style)
    for group in GROUPS:
        for field in layout.group(group):
            for why in [*sayings(field, strings), *fitting(field, group, style), *typed(field, strings)]:
                yield f"[[{group}]] {field.key}: {why}"
    for name, said in {"message": layout.code.message, "text": layout.code.text}.items():
        yield from (f"[code] {name}: {why}" for why in wrong(said, strings))
    if len(set(layout.code.formats)) < len(layout.code.formats) or not layout.code.formats:
        yield "[code] formats: name each once, the best first, and one at the least"
    for name, said in layout.user_info.items():
        yield from (f"[user_info] {name}: {why}" for why in wrong(said, strings))
    if layout.logo_text:
        yield from (f"logo_text: {why}" for why in wrong(layout.logo_text, strings))


def crowded(layout: Layout, style: Style) -> Iterator[str]:
    for group, most in MOST.items():
        if len(layout.group(group)) > most:
            yield f"[[{group}]] has room for {most}: move {layout.group(group)[most].key} to another group"
    if style in ONE_ROW and len(row := [*layout.secondary, *layout.auxiliary]) > ROW_MOST:
        yield f"[[secondary]] and [[auxiliary]] share a row of {ROW_MOST}: move {row[ROW_MOST].key} to the back"
    counted = Counter(field.key for group in GROUPS for field in layout.group(group))
    yield from (f"key {key} stands there {n} times: a key must be unique" for key, n in counted.items() if n > 1)


def wrong(said: Said, strings: Strings) -> Iterator[str]:
    try:
        saying(said, strings)
    except ValueError as error:
        yield str(error)


def sayings(field: FieldSpec, strings: Strings) -> Iterator[str]:
    """Texts and bindings that are not there, or not in every language."""
    parts = {"value": field.value, "label": field.label, "change": field.change, "when": field.when, "link": field.link}
    for name, said in parts.items():
        if said or name == "value":
            yield from (f"{name}: {why}" for why in wrong(said, strings))


def found(said: Said, strings: Strings) -> Saying | None:
    """What is said, if it can be said at all."""
    try:
        return saying(said, strings) if said else None
    except ValueError:
        return None


def fitting(field: FieldSpec, group: str, style: Style) -> Iterator[str]:
    """What belongs to other groups or styles."""
    if field.align and group in NO_ALIGNMENT:
        yield f"align is not for {group} fields: leave it out"
    if field.detect is not None and group != "back":
        yield "detect is for the back alone"
    if field.row is not None and (group, style) != ("auxiliary", "eventTicket"):
        yield "row is for the auxiliary fields of an event ticket"


def typed(field: FieldSpec, strings: Strings) -> Iterator[str]:
    """Styles that do not fit the value, and announcements without the new value."""
    value, change, link = (found(each, strings) for each in (field.value, field.change, field.link))
    kind = value.kind if value else ""
    if field.number and kind == "money":
        yield "a currency has no number style: leave number out"
    elif field.number and kind != "number":
        yield "number needs a number: a binding like {points} alone"
    if (field.date or field.time) and kind != "date":
        yield "date and time need an instant: a binding like {offer-ends} alone"
    if kind == "date" and not (field.date or field.time):
        yield 'an instant needs a style: date = "medium", or time, or both'
    if (field.relative or field.ignores_zone) and kind != "date":
        yield "relative and ignores_zone need an instant"
    if link and link.kind != "plain":
        yield "link needs an address: {why} or {website}"
    if change:
        bare = [
            language for language, text in change.texts.items() if not all(NEW_VALUE in each for each in forms(text))
        ]
        if bare or not change.texts:
            yield f"change must hold %@ for the new value in every language{': not in ' + ', '.join(bare) if bare else ''}"
        if change.sources:
            yield "change holds bindings: only %@ may stand there"
