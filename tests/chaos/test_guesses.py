"""Whoever guesses learns nothing from the answers and is stopped soon.

What may be expected, with ten thousand live codes of a kind and 500 guesses a second, 43 million a day, if nobody stopped it:

- gift cards, 100 bits: 4.3e7 × 1e4 / 2^100 = 3.4e-19 hits a day; ten guesses, then ten an hour for each member.
- card codes, 80 bits and a check character that says nothing about who has them: 4.3e7 × 1e4 / 2^80 = 3.6e-13 a day; only a
  till's key or a member's token may ask at all.
- rotating codes of a card that is known, 8 digits of three half minutes: 3e-8 a guess, five in a quarter of an hour: at most
  480 guesses a day are heard for a card, 1.4e-5 hits. Each of these needs a till's key, and what it spends is told.
- guests' receipts, whose number may be counted up: the total, a secret of some 1e4 amounts, must be right as well: ten
  guesses, then five an hour, so that 130 guesses of the first day hit one receipt with 1.3e-2; a hit is worth the points of
  one basket, of which the claim names who took them."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from punchcard import members, rulebooks
from punchcard.demo.people import good
from punchcard.demo.town import PROGRAMME
from tests.chaos.crowd import Answer, Ask, at_once, post, put
from tests.chaos.ground import audit, chance, rounds
from tests.chaos.street import LINES, Street, street

MONEY = '[[currency]]\nid = "money"\nname = { en = "Money", he = "כסף", ar = "نقود", ru = "Деньги" }\nkind = "money"\n'
SAMPLES, APART_MS_MAX = 30, 8.0
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GUESSES_MOST, WRONG_DIGITS_MOST = 10, 5

Guess = Callable[[], Ask]


async def test_guesses_are_answered_alike_and_stopped() -> None:
    for _ in range(rounds(1)):
        async with street() as here:
            await here.tills[0].sell(here.card, LINES)
            for check in (gift_cards, receipts, card_codes, rotating_digits):
                await check(here)
            await audit(here.stage)


async def gift_cards(here: Street) -> None:
    """A code that is right but for its first character, but for its last, and one that is nothing like one."""
    async with here.database.transaction() as db:
        await rulebooks.publish(db, PROGRAMME.read_text() + MONEY, here.stage.clock.now())
    batch = good(await here.console.ask("PUT", f"/console/gift-cards/{uuid4()}", {"count": 2, "amount": 5}))
    code, random = batch["codes"][0], chance()

    def guess(text: str) -> Ask:
        return post(here.daniel.key, "/me/gift-cards", {"code": text}, "gift", **{"Idempotency-Key": str(uuid4())})

    await alike(
        here,
        404,
        lambda: guess(other(code[0]) + code[1:]),
        lambda: guess(code[:-1] + other(code[-1])),
        lambda: guess("".join(random.choices(ALPHABET, k=20))),
    )
    await stopped(here, lambda: guess("".join(random.choices(ALPHABET, k=20))), 404)
    assert (await tried(here, [guess(code)]))[0].status == 429, "who is stopped is not heard with the right code either"


async def receipts(here: Street) -> None:
    """Somebody else's, one that never was, and one whose total is another."""
    printed = [await guest(here, number) for number in ("R-1", "R-2")]
    (mine,) = await tried(here, [put(here.phones[0].key, f"/me/receipts/{uuid4()}", printed[0])])
    assert mine.status == 200, mine.body

    def guess(**changed: object) -> Ask:
        return put(here.daniel.key, f"/me/receipts/{uuid4()}", printed[1] | changed, "receipt")

    await alike(
        here,
        404,
        lambda: put(here.daniel.key, f"/me/receipts/{uuid4()}", printed[0], "receipt"),
        lambda: guess(number="R-3"),
        lambda: guess(total=printed[1]["total"] + 1),
        lambda: guess(shop="nola-1"),
    )
    await stopped(here, lambda: guess(number="R-3"), 404)
    assert (await tried(here, [guess()]))[0].status == 429


async def card_codes(here: Street) -> None:
    """Codes that nobody has: one like Maya's but for a character, one unlike any; and a slip, which a till may know."""
    random, maya = chance(), here.card.replace("-", "")

    def guess(code: str) -> Ask:
        body = {"card": code + members.check_of(code), "cashier": "Dana", "lines": LINES}
        return post(here.tills[0].key, "/till/quotes", body, "card")

    await alike(
        here,
        404,
        lambda: guess(maya[:15] + other(maya[15])),
        lambda: guess("".join(random.choices(ALPHABET, k=16))),
    )
    slip = post(
        here.tills[0].key, "/till/quotes", {"card": maya[:16] + other(maya[16]), "cashier": "D", "lines": LINES}
    )
    assert (await tried(here, [slip]))[0].code == "card-mistyped"


async def rotating_digits(here: Street) -> None:
    """Wrong digits of a card that is known, two tills at once; then the right ones, which are not heard either."""
    maya, random = here.card.replace("-", ""), chance()
    body = {"cashier": "Dana", "lines": LINES}
    guesses = [
        post(here.tills[n % 2].key, "/till/quotes", body | {"card": f"{maya}{random.randrange(10**8):08}"}, "digits")
        for n in range(40)
    ]

    answers = await at_once(here.stage, guesses)

    codes = [each.code for each in answers]
    print(f"digits: {codes.count('rotating-wrong')} heard, {codes.count('rotating-locked')} not")
    assert codes.count("rotating-wrong") == WRONG_DIGITS_MOST
    assert codes.count("rotating-locked") == len(codes) - WRONG_DIGITS_MOST
    assert len({each.body for each in answers if each.code == "rotating-wrong"}) == 1
    (right,) = await tried(here, [post(here.tills[0].key, "/till/quotes", body | {"card": here.rotating()})])
    assert right.code == "rotating-locked"


async def alike(here: Street, status: int, *guesses: Guess) -> None:
    """The same status and body whatever is wrong, in the same time (median of some, in turn), as nobody counts meanwhile."""
    seconds: list[list[float]] = [[] for _ in guesses]
    bodies = set()
    for _ in range(SAMPLES):
        for place, guess in enumerate(guesses):
            await uncounted(here)
            began = time.perf_counter()
            (answer,) = await tried(here, [guess()])
            seconds[place].append(time.perf_counter() - began)
            bodies.add((answer.status, answer.body))
    medians = [1000 * statistics.median(each) for each in seconds]
    print(f"{answer.ask.what}: {len(bodies)} answer, medians {', '.join(f'{each:.1f}' for each in medians)} ms")
    assert [each for each, _ in bodies] == [status], bodies
    assert max(medians) - min(medians) <= APART_MS_MAX, medians
    await uncounted(here)


async def stopped(here: Street, guess: Guess, wrong: int) -> None:
    """Of forty at once ten are heard."""
    answers = await at_once(here.stage, [guess() for _ in range(40)])

    heard = [each.status for each in answers]
    print(f"{answers[0].ask.what}: {heard.count(wrong)} heard, {heard.count(429)} not")
    assert (heard.count(wrong), heard.count(429)) == (GUESSES_MOST, len(heard) - GUESSES_MOST)


async def guest(here: Street, number: str) -> dict[str, Any]:
    body = {"card": "", "cashier": "Dana", "lines": LINES, "receipt_number": number}
    printed = await here.tills[0].put(f"/till/sales/{uuid4()}", body)
    return {name: printed[name] for name in ("shop", "day", "number", "total")}


async def tried(here: Street, asks: list[Ask]) -> list[Answer]:
    return await at_once(here.stage, asks)


async def uncounted(here: Street) -> None:
    async with here.database.transaction() as db:
        await db.execute("delete from rate_limit")


def other(character: str) -> str:
    return "7" if character != "7" else "8"
