"""Mutants of offers that lower the price."""

from tests.mutants.copies import Mutant

TILL = ("test_offers_benefits_till.py",)
TABLE = ("test_offers_benefits.py",)

MUTANTS = (
    Mutant(
        "two tills use up the last use of an offer",
        "checkout/offered.py",
        "        if ruling.levels.get(id, cents) >= cents:\n",
        "        if id in ruling.levels:\n",
        TILL,
    ),
    Mutant(
        "a till takes off what it likes",
        "checkout/offered.py",
        "        if cents > given.get(id, 0):\n",
        "        if id not in given:\n",
        TILL,
    ),
    Mutant(
        "what came back stays used",
        "programme/returns.py",
        "            if term.id not in wanted:\n                keeps.pop(term.id, None)\n",
        "",
        TILL,
    ),
    Mutant(
        "a till that asks twice uses an offer twice",
        "offers/uses_sql.py",
        "                on conflict (member_id, offer_id, fact_id) do update set worth = excluded.worth\n",
        "                on conflict (member_id, offer_id, fact_id) do update set worth = offer_use.worth + excluded.worth\n",
        TILL,
    ),
    Mutant(
        "offers of one class pile up",
        "offers/benefits_applied.py",
        "of_class[less.stacking] < most.get(less.stacking, 1)",
        "of_class[less.stacking] < 9",
        TABLE,
    ),
    Mutant(
        "two offers take the same money off",
        "offers/benefits_applied.py",
        "            left = [price - off.get(line, 0) for line, price in enumerate(left)]\n",
        "",
        TABLE,
    ),
)
