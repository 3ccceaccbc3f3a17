"""What holds and what is drafted, side by side, each as if it had always held: for whoever compares them over history."""

import msgspec
from msgspec.structs import replace

from punchcard.foundation.database import Connection
from punchcard.programme import Frame, Rulebook

from . import sql
from .check import examine
from .model import EditionBody, FileNotRight, Pair, PromiseExists
from .operations import ALONE, kind_of, restored, rulebook, stands_for_good, written
from .reading import Draft, read
from .sql import EditionRow, Everything, Row

DRAFT = ALONE + 1
"""The edition that all promises of a file get, so that none looks newer than the other."""


async def pair(db: Connection, text: str) -> Pair:
    """The edition that was published last and this file, each as if it had always held.

    Windows that promises declare themselves still hold; terms that came alone stand in both as they were. Refused where
    `publish` would refuse the file."""
    file, findings = examine(text)
    if file is None:
        fault = next(finding for finding in findings if not finding.warning)
        raise FileNotRight(line=fault.line, reason=fault.reason)
    draft = read(file)
    known = await sql.everything(db)
    alone = [row for row in known.promises if row.edition == ALONE]
    taken = {row.id for row in alone} & {promise.id for promise in draft.promises}
    if taken:
        raise PromiseExists(id=min(taken))
    drafted = always(EditionBody(draft.head, draft.frame), [*rows_of(draft), *alone])
    if not known.editions:
        return Pair(0, always(EditionBody(draft.head, Frame()), alone), drafted)
    last = known.editions[-1]
    stands_for_good(last.body, EditionBody(draft.head, draft.frame))
    standing = [as_declared(row) for row in known.promises if row.edition != ALONE and row.closed is None]
    return Pair(last.number, always(last.body, [*standing, *alone]), drafted)


def as_declared(row: Row) -> Row:
    """The promise from when it says itself that it holds, not from when it was published."""
    return replace(row, since=restored(row).since, edition=DRAFT)


def rows_of(draft: Draft) -> list[Row]:
    return [
        Row(kind_of(promise), promise.id, DRAFT, place, promise.since, None, msgspec.json.decode(written(promise)))
        for place, promise in enumerate(draft.promises)
    ]


def always(body: EditionBody, rows: list[Row]) -> Rulebook:
    """These promises under one frame from the beginning of time, in an order that is the same for both."""
    ordered = sorted(rows, key=lambda row: (row.kind, row.id, row.since))
    whole = replace(body, frame=replace(body.frame, since=0))
    return rulebook(Everything(0, [EditionRow(1, 0, whole)], ordered))
