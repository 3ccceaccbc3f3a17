"""Do the tables of points, money, returns and transfers bite? Each mutant breaks one of their rules; some test must fail."""

TESTS = (
    "test_programme_points.py",
    "test_programme_money.py",
    "test_programme_returns.py",
    "test_programme_transfers.py",
    "test_programme_money_order.py",
    "test_programme_tenders.py",
)

MUTANTS = {
    "a visit shortens what was prolonged": (
        "lots.py",
        "    if expires > lot.expires != NEVER:\n",
        "    if expires != lot.expires:\n",
    ),
    "prolonging forgets what pends": (
        "lots.py",
        "lot.currency == currency and lot.expires < NEVER):",
        "lot.currency == currency and lot.expires < NEVER and not lot.starts):",
    ),
    "a prolonged lot counts as expired": (
        "clawback.py",
        "            expires = max(expires, lots.later(expires, much, months, program) if kind else much)\n",
        "            pass\n",
    ),
    "what was prolonged before counts as prolonged": ("clawback.py", "if since < at <= now", "if at <= now"),
    "rolling points never lapse for a return": (
        "clawback.py",
        "        return None if gone else Lot",
        "        return Lot",
    ),
    "a return takes begun points of others first": (
        "lots.py",
        "    return own + [lot for lot in active if lot not in own]\n",
        "    return active + [lot for lot in own if lot not in active]\n",
    ),
    "today's policy judges yesterday's sale": (
        "clawback.py",
        "reach(standing, own, program.era(since)",
        "reach(standing, own, program.era(standing.at)",
    ),
    "what is forgiven is taken next time": (
        "returns.py",
        "excess = had.get(term.id, 0) - forgiven.get(term.id, 0) - ",
        "excess = had.get(term.id, 0) - ",
    ),
    "what is forgiven still counts for a tier": (
        "returns.py",
        "granted.points - each.forgiven.get(id, 0)) for",
        "granted.points) for",
    ),
    "what was cancelled is taken again": (
        "clawback.py",
        "if began else None\n",
        "if began else lots.uncovered(lot.currency)\n",
    ),
    "what has begun is not remembered": ("awaiting.py", "points=0, began=standing.at,", "points=0, began=0,"),
    "an activity lets everybody's points begin": (
        "awaiting.py",
        'and of in ("", each.of)]:\n        activate',
        "]:\n        activate",
    ),
    "waiting points live from when they were given": (
        "awaiting.py",
        "    lot = begun_lot(each, standing.at, program)\n",
        "    lot = begun_lot(each, standing.joined, program)\n",
    ),
    "what waited too long waits on": ("awaiting.py", "+ coin.awaits_days * DAY if", "+ coin.awaits_days * DAY * 9 if"),
    "what comes back pends again": ("lots.py", 'replace(coin, pending_days=0, pending_round="day")', "coin"),
    "a hold of another currency is lost": (
        "stored_value.py",
        "    if held is None or held.currency != tender.currency:\n",
        "    if held and held.currency != tender.currency:\n        del ruling.standing.holds[tender.hold]\n"
        "    if held is None or held.currency != tender.currency:\n",
    ),
    "what a capture leaves over stays set aside": (
        "stored_value.py",
        "    if goes_on and over.points:\n",
        "    if over.points:\n",
    ),
    "a shipment sets the rest of the order free": (
        "stored_value.py",
        "    if goes_on and over.points:\n",
        "    if False:\n",
    ),
    "an order that is held on lives anew": (
        "stored_value.py",
        "        ruling.standing.holds[tender.hold] = over\n",
        "        ruling.standing.holds[tender.hold] = replace(over, until=over.until + 86400)\n",
    ),
    "what a voucher pays earns": ("weighing.py", "tender.amount if tender.kind in NO_MONEY else 0", "0"),
    "what a shop gave away earns": ("weighing.py", "frozenset({VOUCHER, SHORTFALL})", "frozenset({VOUCHER})"),
    "a voucher is set aside twice": ("vouchers.py", " and hold.voucher not in held_vouchers(standing):", ":"),
    "a hold outlives its voucher": ("vouchers.py", "    if voucher and ruling.standing.holds:\n", "    if False:\n"),
    "a hold that was captured goes on": ("vouchers.py", "            del holds[id]\n", "            pass\n"),
    "a sale captures points as if they were a voucher": (
        "vouchers.py",
        "if id in holds and holds[id].voucher:",
        "if id in holds:",
    ),
    "what was set aside comes back on new terms": (
        "stored_value.py",
        "held.draws, held.credit, held.points,",
        "(), held.points, held.points,",
    ),
    "a gift card's own end is overlooked": ("stored_value.py", "    if fact.until:\n", "    if False:\n"),
    "a refund exceeds what paid": ("lots.py", "        back = min(points, lot.points)\n", "        back = points\n"),
    "multiples before the share": (
        "spending.py",
        "        if points > limit:\n            points, why = limit, reason\n",
        "        if points > limit:\n            points, why = max(limit, points - points % rules.multiple), reason\n",
    ),
    "a status pays": ("spending.py", 'known.kind == "status" or ', ""),
    "a discount is forgotten": ("spending.py", "100 - min(rules.discount_percent, 99)", "100"),
    "a share is rounded down for everybody": ("transfers.py", "[:left]:\n", "[:0]:\n"),
    "a newcomer pays for what was spent before": (
        "transfers.py",
        "        settle(standing, currency)\n    for lot in fact.lots",
        "        pass\n    for lot in fact.lots",
    ),
    "any journal keeps in mind who sent points": ("transfers.py", "        if fact.pooled:\n", "        if True:\n"),
    "who leaves keeps a share": ("transfers.py", "        change(standing, share, -fact.points)\n", "        pass\n"),
    "what expired on its way is gone": (
        "transfers.py",
        "lots.alive(lot, lot.points, standing.at, era.grace_days)",
        "lots.alive(lot, lot.points, standing.at, 0)",
    ),
    "a later policy gives less time to an award that was given": (
        "awaiting.py",
        "program.calendar.lapse(program.day(at), each.expiry)",
        "program.calendar.lapse(program.day(at), program.era(at).coin(each.currency).expiry)",
    ),
    "a challenge takes back more than the policy lets": (
        "clawback.py",
        "    forgiven = left - min(left, reach(standing, lots.uncovered",
        "    forgiven = 0 * min(left, reach(standing, lots.uncovered",
    ),
}
