"""Mutants of offers that lower the price."""

from tests.mutants.copies import Mutant

TILL = ("test_offers_benefits_till.py",)
TABLE = ("test_offers_benefits.py",)
TRIED = ("test_offers_tried.py",)

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
    Mutant(
        "half of what was bought comes back and the offer is used again",
        "offers/terms.py",
        "        units_minimum=0 if is_off else asked.units_minimum,\n",
        "        units_minimum=asked.units_minimum,\n",
        TRIED,
    ),
    Mutant(
        "the order of fields makes another sale",
        "checkout/writing.py",
        '    return json.encode((till.id, sale, request), order="deterministic")\n',
        "    return json.encode((till.id, sale, request))\n",
        TRIED,
    ),
    Mutant(
        "who asks again for what was set aside for them is told that it is sold out",
        "offers/uses.py",
        "    if held.untaken:\n",
        "    if held.sold_out or held.untaken:\n",
        TRIED,
    ),
    Mutant(
        "a window of one's own counts before it began",
        "offers/uses_sql.py",
        "           and (exposure.until is null or exposure.opened_at <= to_timestamp(asked.at))\n",
        "",
        TRIED,
    ),
    Mutant(
        "an occasion gives more than was approved",
        "offers/flash.py",
        "    return replace(budget, units=min(occasion.units, budget.units or occasion.units))\n",
        "    return replace(budget, units=occasion.units)\n",
        TRIED,
    ),
    Mutant(
        "whoever publishes in one step is not checked",
        "offers/desk.py",
        "        await checking.allow(db, offer.id, drafts.sketch_of(offer), at)\n",
        "",
        TRIED,
    ),
)
