"""Offers: promised once, told to whom they are meant for, applied by themselves, gone when they end."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import journal, offers, rulebooks
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound, OtherBody
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Done, Task
from punchcard.foundation.settings import Settings
from punchcard.offers import Offer, model, operations, rounds, terms
from punchcard.programme import Expiry, Line, Sale, Term
from punchcard.reactions import HANDLERS, REACTIONS
from punchcard.segments import All, ConsentsTo, NoSuchTier, Not, Profile, TierIn, VisitedWithin
from tests.almond import NOW, open_shops, publish, settle
from tests.doubles import Outside

pytestmark = pytest.mark.anyio

OPENS, ENDS = NOW + 60, NOW + 2 * HOUR
AUDIENCE = All((TierIn(frozenset({"blossom", "orchard"})), VisitedWithin(30), ConsentsTo("marketing")))
AGREED = frozenset({"marketing", "personalisation"})
NADIA = Profile(tier="blossom", points=300, last_visit_at=NOW - 3 * DAY, consents=AGREED)


def in_all(text: str) -> dict[str, str]:
    return {language: f"{text} ({language})" for language in ("en", "he", "ar", "ru")}


COFFEE = Offer(
    id="coffee-x2",
    partner_id="nola",
    name=in_all("Double points on coffee"),
    text=in_all("Any coffee counts twice."),
    art="coffee",
    since=OPENS,
    until=ENDS,
    audience=AUDIENCE,
    benefit=offers.Times(200),
    goods=offers.Goods(categories=frozenset({"coffee"})),
)


@pytest.fixture
async def street(db: Connection) -> AsyncIterator[Connection]:
    """The programme and its shops."""
    news.install(REACTIONS)
    await publish(db)
    await open_shops(db)
    yield db


async def waiting(db: Connection, member_id: UUID) -> set[tuple[str, str]]:
    rows = await db.fetch("select reaction, key from outbox where member_id = $1", member_id)
    return {(row["reaction"], row["key"]) for row in rows}


async def forget_waiting(db: Connection) -> None:
    await db.execute("delete from outbox")


ANNOUNCED = {("push.announce", "offer:coffee-x2"), ("passes.apple/bulk", ""), ("passes.google/bulk", "")}
ALONE = {("push.announce", "offer:coffee-x2"), ("passes.apple", ""), ("passes.google", "")}
"""What follows for whoever comes in alone, whether they hold a card or not."""


async def equip(db: Connection, people: Sequence[UUID]) -> None:
    """Let these members have a phone, and a card in both wallets."""
    for each in people:
        await db.execute(
            "insert into apple_registration (member_id, device_hash, push_token, registered_at, serial)"
            " values ($1, $2, 'x', $3, $1)",
            each,
            each.bytes,
            NOW,
        )
        await db.execute(
            "insert into phone (member_id, installation, address_kind, address, platform, language, zone, seen_at)"
            " values ($1, 'i', 'fid', $2, 'android', 'en', '', $3)",
            each,
            str(each),
            NOW,
        )
        await db.execute(
            "insert into google_object (member_id, object_id, class_id, held, sent_at) values ($1, $2, 'c', true, $3)",
            each,
            str(each),
            NOW,
        )


async def pages(house: Database, at: Instant) -> None:
    """Do what follows from pages of an audience."""
    outside = Outside(house, Settings())
    async with house.transaction() as db:
        found = await outbox.due(db, range(64), at)
    for reaction in sorted({each.reaction for each in found if ".campaign" in each.reaction}):
        tasks = [each for each in found if each.reaction == reaction]
        settled = await HANDLERS[reaction.partition("/")[0]](outside.world, tasks, at)
        async with house.transaction() as db:
            await outbox.settle(db, settled, at)


async def granted(db: Connection, member_id: UUID, at: int) -> dict[str, int]:
    (grants,) = await offers.grants(db, [(member_id, at)])
    return grants


async def test_an_offer_opens_for_whom_it_is_meant(street: Connection, house: Database) -> None:
    nadia = await settle(street, NADIA)
    others = [
        await settle(street, replace(NADIA, tier="bud")),
        await settle(street, replace(NADIA, last_visit_at=NOW - 31 * DAY)),
        await settle(street, replace(NADIA, consents=frozenset({"personalisation"}))),
        await settle(street, replace(NADIA, consents=frozenset({"marketing"}))),
    ]
    await equip(street, [nadia, *others])
    await offers.publish(street, COFFEE, NOW)

    before = await offers.open_due(house, OPENS - 1)
    told = await offers.open_due(house, OPENS)
    again = await offers.open_due(house, OPENS + 1)
    await pages(house, OPENS)

    assert (before, told, again) == (0, 1, 0)
    assert await waiting(street, nadia) == ANNOUNCED
    assert [offer.id for offer in await offers.open_for(street, nadia, OPENS)] == ["coffee-x2"]
    assert await granted(street, nadia, OPENS) == {"coffee-x2": model.CEILING_POINTS}
    for other in others:
        assert await waiting(street, other) == set()
        assert await offers.open_for(street, other, OPENS) == []
        assert await granted(street, other, OPENS) == {}


async def test_an_offer_ends_for_all_who_had_it(street: Connection, house: Database) -> None:
    nadia = await settle(street, NADIA)
    await equip(street, [nadia])
    await offers.publish(street, COFFEE, NOW)
    await offers.open_due(house, OPENS)
    await forget_waiting(street)

    before = await offers.close_due(house, ENDS - 1)
    parted = await offers.close_due(house, ENDS)
    again = await offers.close_due(house, ENDS + 1)
    await pages(house, ENDS + 1)

    assert (before, parted, again) == (0, 1, 0)
    assert await waiting(street, nadia) == ANNOUNCED - {("push.announce", "offer:coffee-x2")}
    assert await granted(street, nadia, ENDS - 1) != {}
    assert await granted(street, nadia, ENDS) == {}
    assert await offers.open_for(street, nadia, ENDS) == []


async def test_an_offer_that_nobody_could_open_in_time_is_told_to_nobody(street: Connection, house: Database) -> None:
    nadia = await settle(street, NADIA)
    await offers.publish(street, COFFEE, NOW)

    told = await offers.open_due(house, ENDS)

    assert told == 0 and await offers.close_due(house, ENDS) == 0
    assert await waiting(street, nadia) == set()


async def test_the_held_out_get_neither_word_nor_benefit(street: Connection, house: Database) -> None:
    half = replace(COFFEE, hold_out=50)
    people = [await settle(street, NADIA) for _ in range(60)]
    await equip(street, people)
    await offers.publish(street, half, NOW)

    told = await offers.open_due(house, OPENS)
    await pages(house, OPENS)

    without = {each for each in people if model.held_out(each, half)}
    reach = await operations.reach(street, half.id)
    assert 10 < len(without) < 50 and told == 60 - len(without)
    assert (reach.exposed, reach.held_out) == (told, len(without))
    for each in people:
        assert (await granted(street, each, OPENS) == {}) is (each in without)
        assert (await waiting(street, each) == set()) is (each in without)
    await forget_waiting(street)
    assert await offers.close_due(house, ENDS) == told


def test_a_hold_out_is_a_share_that_never_changes_its_mind() -> None:
    people = [new_id() for _ in range(4000)]

    shares = {
        share: sum(model.held_out(each, replace(COFFEE, hold_out=share)) for each in people) for share in (0, 10, 50)
    }

    assert shares[0] == 0 and abs(shares[10] - 400) < 120 and abs(shares[50] - 2000) < 200
    assert all(
        model.held_out(each, replace(COFFEE, hold_out=50))
        for each in people
        if model.held_out(each, replace(COFFEE, hold_out=10))
    )


async def test_a_large_audience_is_told_in_pages_and_a_killed_worker_loses_nothing(
    street: Connection, house: Database
) -> None:
    people = sorted([await settle(street, NADIA) for _ in range(8)])
    await equip(street, people)
    await offers.publish(street, COFFEE, NOW)

    async with house.transaction() as db:
        first = await rounds.open_some(db, OPENS, 3)
    with pytest.raises(KeyboardInterrupt):
        async with house.transaction() as db:
            await rounds.open_some(db, OPENS, 3)
            raise KeyboardInterrupt
    rest = await offers.open_due(house, OPENS, chunk=3)
    await pages(house, OPENS)

    assert (first, rest) == (3, 5)
    assert [await waiting(street, each) for each in people] == [ANNOUNCED] * 8
    assert await offers.close_due(house, ENDS, chunk=3) == 8


async def test_who_joins_or_changes_meanwhile_comes_into_the_audience(street: Connection, house: Database) -> None:
    await offers.publish(street, COFFEE, NOW)
    await offers.open_due(house, OPENS)
    late = await settle(street, NADIA)
    outside = Outside(house, Settings())
    task = Task(late, "offers.expose", "", 1, 0, None)

    settled = await offers.expose(outside.world, [task], OPENS + HOUR)
    await offers.expose(outside.world, [task], OPENS + HOUR)

    assert settled == [Done(task)]
    assert await waiting(street, late) == ALONE
    assert await granted(street, late, OPENS + HOUR) != {}


async def test_nobody_comes_into_an_audience_they_do_not_belong_to(street: Connection, house: Database) -> None:
    await offers.publish(street, COFFEE, NOW)
    new = await settle(street, Profile(tier="bud", consents=AGREED))
    stranger = new_id()

    for each in (new, stranger):
        async with house.transaction() as db:
            assert await rounds.expose_member(db, each, OPENS) == 0
    assert await waiting(street, new) == set()


async def test_the_same_offer_again_changes_nothing_and_another_is_refused(street: Connection) -> None:
    first = await offers.publish(street, COFFEE, NOW)
    again = await offers.publish(street, COFFEE, ENDS)

    assert (first.repeated, again.repeated) == (False, True) and again.offer == COFFEE
    with pytest.raises(OtherBody):
        await offers.publish(street, replace(COFFEE, until=ENDS + 1), NOW)


@pytest.mark.parametrize(
    "change, refusal",
    [
        ({"until": OPENS}, offers.WindowTooShort),
        ({"until": OPENS + 400 * DAY}, offers.WindowTooShort),
        ({"since": NOW - 1}, offers.WindowPassed),
        ({"name": {"en": "Coffee"}}, offers.TextsMissing),
        ({"text": in_all("x") | {"ru": "  "}}, offers.TextsMissing),
        ({"partner_id": "nobody"}, offers.NoSuchPartner),
        ({"audience": Not(TierIn(frozenset({"platinum"})))}, NoSuchTier),
    ],
    ids=str,
)
async def test_an_offer_that_cannot_be_kept_is_not_promised(
    street: Connection, change: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await offers.publish(street, replace(COFFEE, **change), NOW)
    with pytest.raises(NotFound):
        await operations.the(street, COFFEE.id)


async def test_an_offer_is_a_scarce_term_of_its_partner(street: Connection) -> None:
    await offers.publish(street, COFFEE, NOW)

    term = (await rulebooks.program(street)).promise("coffee-x2")

    assert isinstance(term, Term)
    assert term == terms.term_of(COFFEE, term.coin)
    assert term.scarce and term.coin.funder == "nola" and term.coin.expiry == Expiry(months=12, round="month")


async def test_a_stopped_offer_is_over_at_once(street: Connection, house: Database) -> None:
    nadia = await settle(street, NADIA)
    await equip(street, [nadia])
    await offers.publish(street, COFFEE, NOW)
    await offers.open_due(house, OPENS)
    await forget_waiting(street)

    async with house.transaction() as db:
        await offers.stop(db, COFFEE.id, OPENS + HOUR)
        await offers.stop(db, COFFEE.id, OPENS + HOUR + 1)

    assert await granted(street, nadia, OPENS + HOUR - 1) != {}
    assert await granted(street, nadia, OPENS + HOUR) == {}
    assert await offers.close_due(house, OPENS + HOUR) == 1
    await pages(house, OPENS + HOUR)
    assert (await waiting(street, nadia)) == ANNOUNCED - {("push.announce", "offer:coffee-x2")}


async def test_an_offer_that_is_stopped_before_it_opens_never_opens(street: Connection, house: Database) -> None:
    await settle(street, NADIA)
    await offers.publish(street, COFFEE, NOW)

    await offers.stop(street, COFFEE.id, NOW + 1)

    assert await offers.open_due(house, OPENS) == 0


async def test_an_open_offer_applies_itself_to_a_sale(street: Connection, house: Database) -> None:
    nadia, other = await settle(street, NADIA), await settle(street, replace(NADIA, tier="bud"))
    await offers.publish(street, COFFEE, NOW)
    await offers.open_due(house, OPENS)

    earned = {
        (who, at, partner): await sell(street, house, who, at, partner)
        for who, at, partner in [
            (nadia, OPENS, "nola"),
            (nadia, OPENS + 1, "miro"),
            (other, OPENS, "nola"),
            (nadia, ENDS, "nola"),
        ]
    }

    assert list(earned.values()) == [20, 10, 10, 10]


async def sell(db: Connection, house: Database, member_id: UUID, at: Instant, partner: str) -> int:
    """What a coffee for ten shekels earns."""
    coffee = (Line("flat-white", "coffee", "nola", 1, 10_00),)
    grants = await granted(db, member_id, at)
    sale = Sale(id=str(new_id()), at=at, lines=coffee, grants=grants, partner=partner)
    recorded = await journal.submit(house, member_id, sale, at)
    assert recorded.ruling
    return sum(entry.points for entry in recorded.ruling.entries if entry.term in ("base", "coffee-x2"))
