"""What many phones ask at once: rates that one process keeps, faces read together, and what answers prove, in order."""

from uuid import UUID

import pytest

from punchcard import partners
from punchcard.foundation import limits
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.foundation.limits import Buckets
from punchcard.partners import Partner
from punchcard.passes.apple.phones import Fetched, Told
from punchcard.passes.apple.versions import Mark, rounds
from punchcard.passes.operations import face, faces
from tests.town import Town, line

pytestmark = pytest.mark.anyio

CARD, OTHER = UUID(int=1), UUID(int=2)


def told(device: bytes, serial: UUID, tag: int = 5) -> Mark:
    return Mark(told=[Told(device, serial, serial, tag, -1, 0)])


def fetched(serial: UUID, tag: int = 5) -> Mark:
    return Mark(fetched=Fetched(serial, serial, tag, 0))


def test_a_bucket_in_the_process_empties_refills_and_never_overflows():
    buckets = Buckets(burst=2.0, per_second=0.5)

    assert [buckets.take("phone", 100) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert buckets.take("watch", 100) == 0.0
    assert [buckets.take("phone", 101), buckets.take("phone", 102), buckets.take("phone", 102)] == [1.0, 0.0, 2.0]
    assert [buckets.take("phone", 9_000) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert buckets.take("phone", 50) == 2.0


def test_who_has_not_come_for_longest_is_forgotten_first(monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS_MOST", 2)
    buckets = Buckets(burst=1.0, per_second=1.0)
    for key in ("first", "second", "first", "third"):
        buckets.take(key, 100)

    assert list(buckets.filled) == ["first", "third"]


@pytest.mark.parametrize(
    ("marks", "sizes"),
    [
        ([], []),
        ([told(b"a", CARD), fetched(CARD)], [(1, 1)]),
        ([told(b"a", CARD), told(b"b", CARD), fetched(CARD), fetched(OTHER)], [(2, 2)]),
        ([fetched(CARD), told(b"a", CARD)], [(0, 1), (1, 0)]),
        ([told(b"a", CARD), told(b"a", CARD, 6)], [(1, 0), (1, 0)]),
        ([fetched(CARD), fetched(CARD, 6)], [(0, 1), (0, 1)]),
    ],
)
def test_what_answers_prove_is_noted_in_their_order(marks, sizes):
    assert [(len(lists), len(fetches)) for lists, fetches in rounds(marks)] == sizes


async def test_faces_read_together_are_those_read_alone_and_a_stranger_has_none(town: Town, db: Connection):
    maya, david = [await town.join(f"{name}@example.com") for name in ("maya", "david")]
    await town.sell(maya, line(12_000))
    at = town.clock.now()

    assert await faces(db, [(maya.member_id, at), (new_id(), at), (david.member_id, at)]) == [
        await face(db, maya.member_id, at),
        None,
        await face(db, david.member_id, at),
    ]


async def test_a_partner_that_was_renamed_is_read_anew(town: Town, db: Connection):
    await partners.add_partner(db, Partner("dunes", {"en": "Dunes"}, 40, 0.1))
    assert (await partners.catalogue(db)).partners["dunes"].name == {"en": "Dunes"}

    await partners.operations.change_partner(db, Partner("dunes", {"en": "The Dunes"}, 40, 0.1))

    assert (await partners.catalogue(db)).partners["dunes"].name == {"en": "The Dunes"}
