"""What all tables of a file are made of: names, numbers with bounds, and that unknown keys are refused."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from punchcard.programme import Period

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,47}(?![\s\S])")]
Label = Annotated[str, Meta(min_length=1, max_length=80)]
Labels = Annotated[list[Label], Meta(max_length=500)]
Sentence = Annotated[str, Meta(min_length=1, max_length=400)]
Names = Annotated[dict[str, Label], Meta(min_length=1, max_length=40)]
Sentences = Annotated[dict[str, Sentence], Meta(max_length=40)]
Points = Annotated[int, Meta(ge=0, le=100_000_000)]
Some = Annotated[int, Meta(ge=1, le=100_000_000)]
Minor = Annotated[int, Meta(ge=0, le=100_000_000_00)]
Days = Annotated[int, Meta(ge=0, le=3660)]
Months = Annotated[int, Meta(ge=0, le=120)]
Percent = Annotated[int, Meta(ge=0, le=99)]
Number = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Boundary = Literal["day", "week", "month", "quarter", "year"]
Season = Period | Literal["anniversary", "change"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys that are not known are refused, so that a misspelt promise is found before it is published."""
