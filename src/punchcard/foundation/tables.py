"""Files of lines as tills export them: CSV with a header, whatever separates its cells, read record by record."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from msgspec import Struct

SEPARATORS = (",", ";", "\t", "|")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
PLAIN = "0123456789.,-+"
CELLS_MAX = 64
ENCODING = "utf-8-sig"


class NotATable(Exception):
    """Why a file cannot be read at all, as a sentence."""


class Record(Struct, frozen=True):
    """A line of the file: where it begins (the header is line 1), what stands in its columns, and why it is none, if so."""

    number: int
    cells: tuple[str, ...]
    why: str = ""


class Tape:
    """The physical lines of a file, and how many of them have been taken. A record may take several."""

    def __init__(self, file: TextIO):
        self.file, self.taken, self.read_bytes, self.last = file, 0, 0, ""

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.taken += 1
            self.read_bytes += len(line)
            self.last = line
            yield line


class Table:
    """A file with a header. Iterating yields its records; a record that is no CSV is yielded with the reason."""

    def __init__(self, file: TextIO, name: str, required: Sequence[str], optional: Sequence[str]):
        self.tape, self.name = Tape(file), name
        header = self.header()
        self.columns = tuple(each.strip().lower() for each in header)
        if missing := [each for each in required if each not in self.columns]:
            raise NotATable(
                f"{name}: the first line names no column {', '.join(missing)}; it must name {', '.join(required)}"
            )
        if unknown := [each for each in self.columns if each not in (*required, *optional)]:
            raise NotATable(f"{name}: nobody knows the column {', '.join(map(repr, unknown))}")
        if len(set(self.columns)) < len(self.columns):
            raise NotATable(f"{name}: a column is named twice")

    def header(self) -> list[str]:
        try:
            first = next(iter(self.tape), "")
        except UnicodeDecodeError as error:
            raise NotATable(f"{self.name}: this is no UTF-8 ({error.reason})") from None
        if "\0" in first or has_strangers(first):
            raise NotATable(f"{self.name}: this is no UTF-8; save it as CSV UTF-8")
        self.separator = max(SEPARATORS, key=first.count)
        return next(csv.reader([first], delimiter=self.separator), [])

    def __iter__(self) -> Iterator[Record]:
        reader = csv.reader(iter(self.tape), delimiter=self.separator, strict=True)
        while True:
            number = self.tape.taken + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield self.broken(number, error)
                continue
            if not any(cells):
                continue
            yield self.record(number, cells)

    def record(self, number: int, cells: list[str]) -> Record:
        if len(cells) != len(self.columns):
            why = f"has {len(cells)} cells where the first line names {len(self.columns)} columns"
            return Record(number, tuple(cells[:CELLS_MAX]), why)
        why = "is no UTF-8" if has_strangers("".join(cells)) else ""
        return Record(number, tuple(cells), why)

    def broken(self, number: int, error: csv.Error) -> Record:
        if "unexpected end" in str(error) or "field larger" in str(error):
            raise NotATable(f"{self.name}: the quote that opens in line {number} is never closed; nothing was taken in")
        return Record(number, (self.tape.last.rstrip("\r\n"),), f"is no CSV: {error}")

    def named(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells by their columns. Of a reject file that comes again, formulas are as they were before it."""
        again = "why" in self.columns
        whole = (cell[1:] if again and cell[:1] == "'" and cell[1:2] in FORMULA else cell for cell in cells)
        return {column: cell.strip() for column, cell in zip(self.columns, whole, strict=False)}


def opened(path: Path) -> TextIO:
    """The file's text; bytes that are no UTF-8 stay what they are, so that a line can be given back as it came."""
    try:
        return path.open(encoding=ENCODING, errors="surrogateescape", newline="")
    except OSError as error:
        raise NotATable(f"{path}: {error.strerror}") from None


def has_strangers(text: str) -> bool:
    """Whether bytes stand in it that were no UTF-8."""
    return any("\udc80" <= each <= "\udcff" for each in text) if not text.isascii() else False


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not reckon it: a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(FORMULA) and any(each not in PLAIN for each in cell) else cell
