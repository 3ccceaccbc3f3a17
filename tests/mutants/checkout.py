"""Mutants of the till: what is spent, brought back, claimed and given away."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "a cashier reads the quote in the member's language",
        "checkout/operations.py",
        "    language = counter.language or ready.member.language\n",
        "    language = ready.member.language\n",
        ("test_checkout.py",),
    ),
    Mutant(
        "a void leaves points",
        "checkout/voids.py",
        "left_of(deal), dict(+paid_by(deal))",
        "left_of(deal), dict[str, int]()",
        ("test_checkout_tenders.py",),
    ),
    Mutant(
        "a guest's basket is claimed by two",
        "checkout/sql.py",
        "             where id = $1 and voided_at is null and (claimed_by is null or claimed_by = $3)\n",
        "             where id = $1 and voided_at is null\n",
        ("test_checkout_guests.py",),
    ),
    Mutant(
        "a reward that is set aside for another sale is used",
        "checkout/doors.py",
        "        if id in aside and aside[id] not in sale.holds:\n",
        "        if False:\n",
        ("test_checkout_tenders.py",),
    ),
    Mutant(
        "a reward takes off more than it is worth",
        "checkout/doors.py",
        "        if pays.by_voucher.get(id, 0) > worth:\n",
        "        if False:\n",
        ("test_checkout_tenders.py",),
    ),
    Mutant(
        "what a till gave away without a network becomes a debt",
        "checkout/shortfalls.py",
        "        covered(sale, before, program, pays)\n        for currency, wanted in from_the_card(sale).items():\n",
        "        for currency, wanted in dict[str, int]().items():\n",
        ("test_checkout_offline.py",),
    ),
    Mutant(
        "guesses of a receipt are not counted",
        "checkout/guests.py",
        "        if basket and not wait:\n",
        "        if not wait:\n",
        ("test_checkout_guests.py",),
    ),
    Mutant(
        "a card that was replaced never was one",
        "members/cards_sql.py",
        "               and (card_code.state = 'active' or card_code.replaced_at > shown.at)\n",
        "               and card_code.state = 'active'\n",
        ("test_passes_void_late.py",),
    ),
    Mutant(
        "an old card sells on for whoever says that it is yesterday",
        "checkout/scanning.py",
        "    found = await scans.get(database, (shown.code_hash, shown_at, sold_at))\n",
        "    found = await scans.get(database, (shown.code_hash, sold_at, sold_at))\n",
        ("test_passes_void_late.py",),
    ),
)
