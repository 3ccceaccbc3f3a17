"""Whatever is good once is taken once, however many ask for it at one moment: a voucher, a guest's receipt, a decision, an
approval, a rotating code. Each in a broken house, too, in which it is taken more than once."""

from collections import Counter
from uuid import uuid4

import pytest

from punchcard import partners
from punchcard.demo.people import good, line
from punchcard.partners import Shop
from tests.chaos.crowd import Answer, at_once, done, put, told
from tests.chaos.ground import audit, rounds
from tests.chaos.street import LINES, Street, paying, street
from tests.chaos.test_two_tills import READ_BEFORE_AT_THE_TILL
from tests.mutants import authorisation
from tests.mutants.copies import Mutant

COFFEE = [line("latte", "coffee", 16_00)]
CODE_SPENDS_TWICE = Mutant(
    "a rotating code spends twice, at any till",
    "authorisation/operations.py",
    "    if refused := await met(db, shown, spending.till_id, spending.at):\n        return refused\n",
    "    return None\n",
)
CLAIMED_BY_TWO = Mutant(
    "a receipt is a sale of whoever claims it",
    "checkout/guests.py",
    """        if mine := await sql.claim(db, basket.id, claim_id, member_id, at):
            await journal.hand_over(db, str(basket.id))
    if not mine:
        raise ReceiptNotYours
""",
    """        await sql.claim(db, basket.id, claim_id, member_id, at)
        await journal.hand_over(db, str(basket.id))
    unnumbered = json.encode(replace(json.decode(basket.body, type=Basket), receipt_number=""))
    basket = replace(basket, id=claim_id, body=unnumbered)
""",
)
DECIDED_BY_TWO = Mutant(
    "two decide one adjustment",
    "staff/adjusting.py",
    '            if kept.decider != operator.id or (kept.state == "rejected") == approve:\n',
    "            if False:\n",
)
APPROVED_TWICE = next(each for each in authorisation.MUTANTS if each.name == "an approval is used twice")


async def test_what_is_good_once_is_taken_once() -> None:
    for _ in range(rounds(1)):
        async with street() as here:
            for check in CHECKS:
                await check(here)
                await here.pass_by(900)
            await audit(here.stage)


async def one_voucher_at_fifty_tills_of_ten_shops(here: Street, requests: int = 1000) -> None:
    await here.gift(300)
    claim = good(await here.phones[0].ask("PUT", f"/me/claims/{uuid4()}", {"reward": "any-coffee"}))
    tills = await open_tills(here, shops=10, tills=5)
    sessions = await here.sessions(24, tills)
    body = {"cashier": "Dana", "lines": COFFEE, "vouchers": [claim["id"]]}
    shown = [*sessions, *((key, here.card) for key in tills[len(sessions) :])]

    answers = await at_once(
        here.stage,
        [
            put(key, f"/till/sales/{uuid4()}", body | {"card": card}, "voucher")
            for key, card in (shown[n % len(shown)] for n in range(requests))
        ],
    )

    taken_once(answers, {409})


async def one_receipt_by_two_members(here: Street) -> None:
    body = {"card": "", "cashier": "Dana", "lines": LINES, "receipt_number": "R-1"}
    printed = await here.tills[0].put(f"/till/sales/{uuid4()}", body)
    claim = {name: printed[name] for name in ("shop", "day", "number", "total")}
    phones = {"Maya": here.phones[0].key, "Maya again": here.phones[1].key, "Daniel": here.daniel.key}

    answers = await at_once(
        here.stage, [put(key, f"/me/receipts/{uuid4()}", claim, who) for who, key in phones.items() for _ in range(5)]
    )

    said = told(answers)
    print(f"one receipt: {dict(said)}")
    whose = {each.ask.what.split()[0] for each in done(answers)}
    assert len(whose) == 1 and len({each.body for each in done(answers)}) == 1, f"{dict(said)} asked for at once"
    assert {each.code for each in answers if each.status >= 300} == {"receipt-not-yours"}, said


async def one_adjustment_by_two_deciders(here: Street) -> None:
    wish, id, before = (
        {"points": 900, "reason": "goodwill", "note": "for a day of trying"},
        uuid4(),
        await here.points(),
    )
    await here.console.put(f"/console/members/{here.maya}/adjustments/{id}", wish)
    keys = [(await here.console.post("/console/operators", {"name": who, "role": "staff"}))["key"] for who in "AB"]

    answers = await at_once(
        here.stage,
        [
            put(keys[n % 2], f"/console/adjustments/{id}/decision", {"approve": n % 2 == 0}, "AB"[n % 2])
            for n in range(40)
        ],
    )

    said, moved = told(answers), await here.points() - before
    print(f"one decision: {dict(said)}, {moved} points moved")
    who = {each.ask.what for each in done(answers)}
    assert len(who) == 1 and len(done(answers)) == 20, f"{dict(said)} asked for at once"
    assert moved == (900 if who == {"A"} else 0)


async def one_approval_at_two_tills(here: Street) -> None:
    await here.gift(max(0, 4300 - await here.points()))
    id, (till, other) = uuid4(), here.tills
    await till.put(f"/till/approvals/{id}", {"card": here.card, "worth": 21_00})
    await here.phones[0].put(f"/me/approvals/{id}", {"approve": True})
    body = paying(21_00) | {"card": here.card, "approval": str(id)}

    answers = await at_once(
        here.stage,
        [put((till, other)[n % 2].key, f"/till/sales/{uuid4()}", body, "approval") for n in range(200)],
    )

    taken_once(answers, {404, 409})
    assert done(answers)[0].ask.key == till.key


async def one_rotating_code_at_two_tills(here: Street) -> None:
    await here.gift(max(0, 400 - await here.points()))
    body = paying(1_00) | {"card": here.rotating()}

    answers = await at_once(
        here.stage,
        [put(here.tills[n % 2].key, f"/till/sales/{uuid4()}", body, "rotating") for n in range(200)],
    )

    taken_once(answers, {409})


CHECKS = (
    one_voucher_at_fifty_tills_of_ten_shops,
    one_receipt_by_two_members,
    one_adjustment_by_two_deciders,
    one_approval_at_two_tills,
    one_rotating_code_at_two_tills,
)
BROKEN = (
    (READ_BEFORE_AT_THE_TILL, one_voucher_at_fifty_tills_of_ten_shops),
    (CLAIMED_BY_TWO, one_receipt_by_two_members),
    (DECIDED_BY_TWO, one_adjustment_by_two_deciders),
    (APPROVED_TWICE, one_approval_at_two_tills),
    (CODE_SPENDS_TWICE, one_rotating_code_at_two_tills),
)


@pytest.mark.parametrize(("mutant", "check"), BROKEN, ids=lambda case: getattr(case, "name", ""))
async def test_a_house_in_which_it_is_taken_twice_is_found(mutant: Mutant, check) -> None:
    async with street(mutant) as here:
        with pytest.raises(AssertionError, match="asked for at once"):
            await check(here)


def taken_once(answers: list[Answer], refused: set[int]) -> None:
    said = told(answers)
    print(f"one {answers[0].ask.what}: {dict(said)}")
    assert len(done(answers)) == 1, f"{dict(said)} asked for at once"
    assert {each.status for each in answers if each.status >= 300} <= refused, Counter(each.status for each in answers)


async def open_tills(here: Street, shops: int, tills: int) -> list[str]:
    """More shops of Nola; the keys of their tills, shop by shop in turn."""
    async with here.database.transaction() as db:
        keys = []
        for shop in range(shops):
            await partners.add_shop(db, Shop(f"nola-x{shop}", "nola", f"Nola {shop}", "Asia/Jerusalem"))
            keys.append([(await partners.add_till(db, f"nola-x{shop}", f"Till {n}"))[1] for n in range(tills)])
    return [key for each in zip(*keys, strict=True) for key in each]
