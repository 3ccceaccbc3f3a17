"""Mutants of what an offer brought, and of which one is shown next."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "lift: an interval that is meant for one look",
        "insights/lift.py",
        "    return math.sqrt(2 * (time + r) * math.log(math.sqrt((time + r) / r) / alpha))\n",
        "    return 1.96 * math.sqrt(time + 0 * r)\n",
        ("test_lift.py",),
    ),
    Mutant(
        "lift: an arm that lacks the big spenders passes for a certain one",
        "insights/lift.py",
        "    return max(apart, pooled * (1 / one.members + 1 / other.members))\n",
        "    return apart + 0 * pooled\n",
        ("test_lift.py",),
    ),
    Mutant(
        "lift: something is said of a handful",
        "insights/lift.py",
        "    if min(treated, held_out) < MEMBERS_MIN:\n",
        "    if min(treated, held_out) < 2:\n",
        ("test_lift.py",),
    ),
    Mutant(
        "lift: whoever is counted is never counted again",
        "insights/lift_sql.py",
        "(select * from page where is_changed)",
        "(select * from page where is_new)",
        ("test_lift_measuring.py",),
    ),
    Mutant(
        "lift: what came back counts",
        "insights/lift_sql.py",
        "else line.amount * left_over.quantity / line.quantity end",
        "else line.amount end",
        ("test_lift_measuring.py",),
    ),
    Mutant(
        "lift: a killed round forgets where it stood",
        "insights/lift_measuring.py",
        "    after = await sql.hold(db, offer_id)\n",
        "    after = await sql.hold(db, offer_id) and None\n",
        ("test_lift_measuring.py",),
    ),
    Mutant(
        "lift: an offer stops at what it was not told to",
        "insights/lift_measuring.py",
        "    if said not in subject.stop_when:\n",
        '    if said in ("early", "open", "lift"):\n',
        ("test_lift_measuring.py",),
    ),
    Mutant(
        "next best: the order is another one every second",
        "offers/best_model.py",
        "(member_id.bytes, at // DAY, offer_id.encode())",
        "(member_id.bytes, at, offer_id.encode())",
        ("test_next_best.py",),
    ),
    Mutant(
        "next best: who did not agree is known all the same",
        "offers/best_sql.py",
        "case when p.consents & 2 = 2 then",
        "case when p.member_id is not null then",
        ("test_next_best.py",),
    ),
    Mutant(
        "next best: what is learned moves today's order",
        "offers/best_next.py",
        "TOMORROW = 1\n",
        "TOMORROW = 0\n",
        ("test_next_best.py",),
    ),
    Mutant(
        "next best: who did not agree gets a personal order",
        "offers/best_sql.py",
        """         where member.member_id = $1 and member.consents @> '{"personalisation": true}'\n""",
        "         where member.member_id = $1\n",
        ("test_next_best.py",),
    ),
    Mutant(
        "a gift counts as a sale that used the offer",
        "insights/lift_sql.py",
        "and u.offer_id = $1 and u.fact_id <> 'gift')",
        "and u.offer_id = $1)",
        ("test_lift_measuring.py",),
    ),
)
