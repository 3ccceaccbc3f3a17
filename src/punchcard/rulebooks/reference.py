"""Every table and key that a file may have, with one sentence each, out of the structs that read it."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import inspect as shapes

from punchcard.programme import Expression, people

from .file import TABLES
from .table import Table

HEAD = """\
# The tables and keys of a programme

`docs/rulebook.toml` uses each of them; `punchcard check FILE` names every mistake with its line. This page is made out of the
code that reads a file (`punchcard check --explain`), so it is never behind it.
"""
CONDITIONS = """\
# Conditions

What `who` of a [[segment]] says, by its `type`. A condition that needs the member's consent to a purpose chooses nobody
without it; nor does it within `not`.
"""
NAMES = {"Life": "expiry", "RateTable": "rates", "StepTable": "steps", "OtherGoodsTable": "apart_from"}
"""What a part is called, where its struct is called otherwise."""


def reference() -> str:
    """A page of Markdown: a section for each table, then one for each part of a table."""
    sections, parts = [HEAD], dict[type[msgspec.Struct], str]()
    for name, (shape, several) in TABLES.items():
        sections.append(section(f"[[{name}]]" if several else f"[{name}]", shape))
        for inner, within in inner_tables(shape, name):
            if within:
                sections.append(section(f"[[{within}]]", inner))
            else:
                parts.setdefault(inner, title(inner))
    sections.append("# Parts of tables\n")
    sections += [section(named, shape) for shape, named in parts.items()]
    sections.append(CONDITIONS)
    sections += [section(title(shape), shape) for shape in get_args(Expression)]
    return "\n".join(sections)


def section(named: str, shape: type[msgspec.Struct]) -> str:
    lines = [f"## `{named}`\n", f"{flat(shape.__doc__)}\n", "| key | what is written | else | |", "|---|---|---|---|"]
    config = shape.__struct_config__
    if config.tag:
        lines.append(f"| `{config.tag_field}` | `{config.tag}` | must be there | {which(shape)} |")
    for field in fields(shape):
        usual = "must be there" if field.required else default(field.default)
        lines.append(f"| `{field.name}` | {kind(field.type)} | {usual} | {sentence(shape, field.name)} |")
    return "\n".join(lines) + "\n"


def fields(shape: type[msgspec.Struct]) -> tuple[shapes.Field, ...]:
    found = shapes.type_info(shape)
    assert isinstance(found, shapes.StructType)
    return found.fields


def inner_tables(shape: type[msgspec.Struct], name: str) -> Iterator[tuple[type[msgspec.Struct], str]]:
    """The tables within a table, outer ones first; a list of named ones is written [[name.key]]."""
    for field in fields(shape):
        for found in spread(field.type):
            if isinstance(found, shapes.StructType):
                inner: type[msgspec.Struct] = found.cls
                listed = isinstance(field.type, shapes.ListType) and "id" in inner.__struct_fields__
                yield inner, f"{name}.{field.name}" if listed else ""
                yield from inner_tables(inner, "")


def spread(found: shapes.Type) -> Iterator[shapes.Type]:
    """A type, or those that it is made of."""
    match found:
        case shapes.UnionType(types):
            for each in types:
                yield from spread(each)
        case shapes.ListType(item):
            yield from spread(item)
        case shapes.Metadata(inner):
            yield from spread(inner)
        case _:
            yield found


def which(shape: type[msgspec.Struct]) -> str:
    """What a tag decides; of a condition, also which consent it needs."""
    if not issubclass(shape, people.Plain):
        return "which award it is"
    return f"needs consent to {', '.join(sorted(shape.needs))}" if shape.needs else "needs no consent"


def title(shape: type[msgspec.Struct]) -> str:
    tag = shape.__struct_config__.tag
    if issubclass(shape, people.Plain):
        return f'who = {{ type = "{tag}" }}'
    return (
        f'award = {{ kind = "{tag}" }}'
        if tag
        else NAMES.get(shape.__name__, shape.__name__.removesuffix("Table").lower())
    )


def kind(found: shapes.Type) -> str:
    """What is written there, in words."""
    match found:
        case shapes.UnionType(types) if any(conditional(each) for each in types):
            return "condition"
        case shapes.UnionType(types):
            return " or ".join(dict.fromkeys(kind(each) for each in types if not isinstance(each, shapes.NoneType)))
        case shapes.Metadata(inner):
            return kind(inner)
        case shapes.LiteralType(values):
            return " · ".join(f"`{value}`" if value else '`""`' for value in values)
        case shapes.IntType(ge=least, le=most):
            return f"number, {least:,} to {most:,}" if least is not None and most is not None else "number"
        case shapes.StrType(pattern=pattern) if pattern and "a-z0-9" in pattern:
            return "id"
        case shapes.StrType(pattern=pattern) if pattern and ":" in pattern:
            return "time, 09:30"
        case shapes.FloatType(ge=least, le=most):
            return f"number, {least:,.0f} to {most:,.0f}"
        case shapes.VarTupleType():
            return "list of conditions"
        case shapes.ListType(item) | shapes.FrozenSetType(item):
            return f"list of {kind(item)}" if isinstance(item, shapes.StructType | shapes.LiteralType) else "list"
        case shapes.StructType(cls):
            return f"`{title(cls)}`" if not cls.__struct_config__.tag else f"`{cls.__struct_config__.tag}`"
        case shapes.DictType(value_type=shapes.StrType()):
            return "{ name = text }"
        case shapes.DictType(value_type=shapes.AnyType()):
            return "{ type = condition, … }"
        case shapes.DictType():
            return "{ field = value or list }"
        case shapes.AnyType():
            return "date, or date with a time"
    return {shapes.BoolType: "true or false", shapes.StrType: "text"}[type(found)]


def conditional(found: shapes.Type) -> bool:
    return isinstance(found, shapes.StructType) and issubclass(found.cls, people.Plain)


def default(value: Any) -> str:
    """As a merchant would write it; nothing where there is nothing."""
    if value is msgspec.NODEFAULT or value is None or isinstance(value, Table | list | dict | tuple) or value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def sentence(shape: type[msgspec.Struct], key: str) -> str:
    """The docstring of a key, where its struct or the nearest above it has one."""
    return next((said[key] for each in shape.__mro__ if key in (said := sentences(each))), "")


@cache
def sentences(shape: type) -> dict[str, str]:
    """What stands below each field of a struct."""
    if not issubclass(shape, Table | people.Plain):
        return {}
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(body, ast.ClassDef)
    said = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            said[field.target.id] = flat(ast.literal_eval(below.value))
    return said


def flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").replace("|", "\\|")
