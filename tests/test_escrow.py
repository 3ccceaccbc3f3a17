"""Points set aside for one shop under a token: held once, signed, known by a public key alone, and not for ever."""

from typing import Any
from uuid import UUID

import pytest

from punchcard import escrow, journal
from punchcard.escrow import BadToken, TokenNotGood
from punchcard.foundation.clock import HOUR, MINUTE
from punchcard.foundation.ids import digest, new_id
from punchcard.programme import balance
from tests.town import NOON, Person, Town, line

SHOP = "nola-1"


@pytest.fixture
async def maya(town: Town) -> Person:
    """A member with some two hundred points."""
    person = await town.join("maya@example.com")
    await town.sell(person, line(120_00))
    return person


async def ask(person: Person, worth: int = 60, id: UUID | None = None, shop: str = SHOP) -> Any:
    return await person.ask("PUT", f"/me/spend-tokens/{id or new_id()}", {"shop": shop, "worth": worth})


async def points(town: Town, person: Person) -> int:
    async with town.outside.world.database.reading() as db:
        return balance(await journal.standing(db, person.member_id, town.clock.now()))


def secrets(town: Town) -> tuple[str, ...]:
    return town.outside.world.settings.secrets


async def keys(town: Town) -> list[dict[str, str]]:
    return (await town.ask("GET", "/till/keys", key=town.till_key)).json()["keys"]  # type: ignore[no-any-return]  # JSON


async def test_a_token_sets_points_aside_once_however_often_it_is_asked_for(town: Town, maya: Person) -> None:
    before, id = await points(town, maya), new_id()

    answers = [await ask(maya, id=id) for _ in range(3)]

    assert [each.status_code for each in answers] == [200] * 3, answers[0].text
    assert len({each.content for each in answers}) == 1
    assert [each.headers.get("Idempotent-Replayed") for each in answers] == [None, "true", "true"]
    made = answers[0].json()
    assert await points(town, maya) == made["balance"] == before - made["points"]
    assert len(made["token"]) <= 300


async def test_another_shop_or_worth_under_the_same_id_is_refused(town: Town, maya: Person) -> None:
    id = new_id()
    await ask(maya, id=id)

    others = [await ask(maya, 61, id), await ask(maya, 60, id, "rayhan-1")]

    assert [each.status_code for each in others] == [422, 422]


async def test_a_member_has_one_token_until_it_ends(town: Town, maya: Person) -> None:
    assert (await ask(maya, 10)).status_code == 200

    second = await ask(maya, 10)

    assert (second.status_code, second.json()["type"]) == (409, "urn:punchcard:token-open")
    town.clock.at += 2 * HOUR
    assert (await ask(await again(town, maya), 10)).status_code == 200


async def again(town: Town, person: Person) -> Person:
    """Signed in anew: an access token lives a quarter of an hour."""
    answer = (await town.ask("POST", "/join/tokens", {"refresh_token": person.refresh_token})).json()
    return Person(town, person.member_id, answer["access_token"], answer["refresh_token"], person.card)


async def test_who_has_too_little_may_ask_again_for_less(town: Town, maya: Person) -> None:
    too_much = await ask(maya, 49_00)
    less = await ask(maya, 10)

    assert (too_much.status_code, too_much.json()["type"]) == (409, "urn:punchcard:not-that-many")
    assert less.status_code == 200, less.text


async def test_a_token_has_a_limit_a_shop_and_a_least(town: Town, maya: Person) -> None:
    beyond, nowhere = await ask(maya, 50_01), await ask(maya, 10, shop="nowhere")

    assert (beyond.status_code, beyond.json()["type"]) == (409, "urn:punchcard:worth-too-much")
    assert nowhere.status_code == 404


async def test_what_was_not_spent_is_free_again_three_days_after_the_token_ended(town: Town, maya: Person) -> None:
    before = await points(town, maya)
    made = (await ask(maya)).json()

    town.clock.at += 2 * HOUR + 72 * HOUR - 1
    still_held = await points(town, maya)
    town.clock.at += 1

    assert still_held == before - made["points"] and await points(town, maya) == before


async def test_a_till_knows_a_token_by_the_public_keys_alone(town: Town, maya: Person) -> None:
    made = (await ask(maya)).json()

    said = escrow.verified(await keys(town), made["token"], SHOP, NOON)

    assert (str(said.hold), said.card, said.points, said.worth) == (made["id"], digest(maya.card), made["points"], 60)
    assert (said.since, said.until, said.currency) == (NOON, NOON + 2 * HOUR, "points")
    opened = escrow.opened(secrets(town), made["token"], SHOP, NOON)
    assert (opened.hold, opened.worth, opened.until) == (made["id"], 60, said.until)


@pytest.mark.parametrize(
    ("shop", "after", "why"),
    [
        (SHOP, 0, ""),
        (SHOP, -MINUTE, ""),
        (SHOP, 2 * HOUR - 1, ""),
        ("rayhan-1", 0, "elsewhere"),
        (SHOP, 2 * HOUR, "over"),
        (SHOP, -MINUTE - 1, "early"),
    ],
)
async def test_a_token_is_good_in_its_shop_and_time(town: Town, maya: Person, shop: str, after: int, why: str) -> None:
    token = (await ask(maya)).json()["token"]

    assert verdict(await keys(town), token, shop, NOON + after) == why
    if why:
        with pytest.raises(TokenNotGood):
            escrow.opened(secrets(town), token, shop, NOON + after)


def verdict(known: list[dict[str, str]], token: str, shop: str = SHOP, at: int = NOON) -> str:
    try:
        escrow.verified(known, token, shop, at)
    except BadToken as error:
        return str(error)
    return ""


async def test_every_changed_character_is_noticed(town: Town, maya: Person) -> None:
    token, known = (await ask(maya)).json()["token"], await keys(town)
    spoilt = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    heads, tails = token.split("."), ["", ".", "a.b", "é.é", token + "A", token[1:], token * 2, "\x00"]

    verdicts = [verdict(known, each) for each in [*spoilt, *heads, *tails]]

    assert set(verdicts) == {"unsigned"}


async def test_keys_are_exchanged_with_the_secret(town: Town, maya: Person) -> None:
    token = (await ask(maya)).json()["token"]
    new = "new secret of thirty-two bytes and more"

    both, other = escrow.opened((new, *secrets(town)), token, SHOP, NOON), verdict([], token)

    assert both.shop == SHOP and other == "unsigned"
    with pytest.raises(TokenNotGood):
        escrow.opened((new,), token, SHOP, NOON)


async def test_tills_may_keep_the_keys(town: Town) -> None:
    answer = await town.ask("GET", "/till/keys", key=town.till_key)

    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert {(key["kty"], key["crv"], key["alg"]) for key in answer.json()["keys"]} == {("OKP", "Ed25519", "EdDSA")}
