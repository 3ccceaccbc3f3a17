"""Mutants of the seams between the rooms of the till."""

from tests.mutants.copies import Mutant

SEAMS = ("test_till_review.py",)

MUTANTS = (
    Mutant(
        "points beyond what they pay count for nothing",
        "checkout/tenders.py",
        "    return tender.amount + max(0, tender.points - needed_for(tender.amount, known)) * known.value\n",
        "    return tender.amount\n",
        SEAMS,
    ),
    Mutant(
        "a spending that is asked for again elsewhere counts for less",
        "authorisation/sql.py",
        "               worth = greatest(spending_trail.worth, excluded.worth),\n",
        "               worth = excluded.worth,\n",
        SEAMS,
    ),
    Mutant(
        "the id of a guest's basket is free for a member's sale",
        "journal/papers.py",
        "    if not await own(db, id):\n        raise OtherBody(id=id)\n",
        "",
        SEAMS,
    ),
    Mutant(
        "a session begins again whenever it is quoted by",
        "authorisation/codes.py",
        "(shown.until or at + SESSION_SECONDS)",
        "(at + SESSION_SECONDS)",
        SEAMS,
    ),
    Mutant(
        "a token's points go to whoever names its hold",
        "checkout/doors.py",
        'f"{SET_ASIDE_FOR}{sale.partner}" if by_token else sale.partner',
        'f"{SET_ASIDE_FOR}{sale.partner}", sale.partner',
        SEAMS,
    ),
    Mutant(
        "a till is shown what another partner sold",
        "checkout/sold.py",
        "            if deal is None or not isinstance(deal.fact, Sale) or deal.fact.partner != counter.till.partner_id:\n",
        "            if deal is None or not isinstance(deal.fact, Sale):\n",
        ("test_till_receipts.py",),
    ),
    Mutant(
        "a till is shown the guests of another partner",
        "checkout/sold.py",
        "    if basket is None or basket.partner_id != counter.till.partner_id:\n",
        "    if basket is None:\n",
        ("test_till_receipts.py",),
    ),
)
