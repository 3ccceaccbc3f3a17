"""A hold-out asks for a number that tells members apart: the same wherever a journal begins, and nobody is found by it."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import journal
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.programme import decode
from tests.journal_world import NOON, RULEBOOK, install_news, promise, sale

HALF = replace(
    RULEBOOK, terms=tuple(replace(term, hold_out_percent=50 * (term.id == "welcome")) for term in RULEBOOK.terms)
)


@pytest.fixture
async def world(db, house):
    install_news()
    await promise(db, HALF)
    return house


async def test_the_quote_of_a_newcomer_is_what_the_sale_then_gives_to_whom_it_is_held_back_and_to_whom_not(world, db):
    for n in range(12):
        member_id = new_id()
        quoted = (await journal.quote(db, member_id, sale(f"q{n}", NOON), NOON)).ruling

        sold = (await journal.submit(world, member_id, sale(f"q{n}", NOON), NOON)).ruling

        assert sold and (sold.entries, sold.standing) == (quoted.entries, quoted.standing)
        assert quoted.standing.seed == journal.seed_of(member_id)


async def test_a_late_first_sale_and_the_audit_begin_with_the_same_seed(world, db):
    for n in range(8):
        member_id = new_id()
        await journal.submit(world, member_id, sale(f"a{n}", NOON), NOON)
        await journal.submit(world, member_id, sale(f"b{n}", NOON - DAY), NOON)

        report = await journal.audit(world, members=[member_id])

        assert report.findings == []
        state = await db.fetchval("select state from standing where member_id = $1", member_id)
        assert decode(state).seed == journal.seed_of(member_id)


def test_the_seed_is_thirty_two_bits_that_do_not_hold_the_id():
    members = [UUID(int=n) for n in range(1000)]

    seeds = [journal.seed_of(member) for member in members]

    assert all(0 <= seed < 2**32 for seed in seeds) and len(set(seeds)) == 1000
    assert not any(seed.to_bytes(4) in member.bytes for seed, member in zip(seeds, members, strict=True))
