"""Do the tables of earning terms bite? Each mutant breaks one of their rules; some test must fail."""

TESTS = ("test_programme_earning.py", "test_programme_stacking.py", "test_programme_reasons.py")

MUTANTS = {
    "a tender earns for the whole basket": (
        "evaluate.py",
        "paid = min(net, sum(scene.paid.get(kind, 0) for kind in term.tenders))",
        "paid = net if any(kind in scene.paid for kind in term.tenders) else 0",
    ),
    "pieces ignore how they were paid": ("evaluate.py", 'points = divide(points * paid, gross, "half-up")', "pass"),
    "change earns": ("evaluate.py", "paid = min(net, sum(", "paid = max(0, sum("),
    "points are a tender that earns": (
        "weighing.py",
        "+ tender.amount - no_money(tender, program)",
        "+ tender.amount",
    ),
    "a multiple ignores how its goods were paid": (
        "evaluate.py",
        "points * paid // net if paid != net else points",
        "points",
    ),
    "half rounds down": ("rounding.py", "return whole + (2 * rest >= by)", "return whole + (2 * rest > by)"),
    "half to even rounds half up": ("rounding.py", "2 * rest > by or (2 * rest == by and whole % 2)", "2 * rest >= by"),
    "up is one more": ("rounding.py", "return whole + (rest > 0)", "return whole + 1"),
    "whole steps are proportions": ("rounding.py", "        amount -= amount % award.per\n", "        pass\n"),
    "the next rate begins a cent later": ("rounding.py", "if rate.since <= amount)", "if rate.since < amount)"),
    "parts overlap": ("rounding.py", "min(amount, end) - rate.since", "amount - rate.since"),
    "a birthday week has four days": ("occasions.py", "DAYS_AROUND = 3", "DAYS_AROUND = 4"),
    "a birthday week ends with the year": (
        "occasions.py",
        "for year in (today.year - 1, today.year, today.year + 1)]",
        "for year in (today.year,)]",
    ),
    "29 February is 1 March": (
        "occasions.py",
        "return min(date(year, month, 1) + timedelta(number - 1), last)",
        "return date(year, month, 1) + timedelta(number - 1)",
    ),
    "yes is one": ("occasions.py", "choice == data[key] and type(choice) is type(data[key])", "choice == data[key]"),
    "a channel is not asked": ("program.py", 'channel if self.by_channel else "",', '"",'),
    "a basket's minimum is that of its goods": (
        "evaluate.py",
        "share(amounts[-1], net, gross)",
        "share(amounts[step.index], net, gross)",
    ),
    "pieces of anything count": (
        "evaluate.py",
        "units[step.index] < term.units_minimum",
        "units[-1] < term.units_minimum",
    ),
    "one of what is asked for is enough": (
        "evaluate.py",
        "if not term.requires <= hand.gave:",
        "if term.requires and term.requires.isdisjoint(hand.gave):",
    ),
    "what is asked for comes in its own time": ("plans.py", "set(step.term.requires), set()", "set(), set()"),
    "a hold-out holds everybody's first term": ("evaluate.py", 'f"{term.id}/{seed}"', 'f"{seed}"'),
    "most is before caps": (
        "evaluate.py",
        "(hold_back(step, points, hand)[1], points, step)",
        "(points, points, step)",
    ),
    "the oldest is the newest": (
        "plans.py",
        "return -step.term.since, -step.term.edition,",
        "return step.term.since, 0,",
    ),
    "one of a group is all": (
        "evaluate.py",
        "hand.taken.get(step.group, 0) >= step.at_most",
        "step.group in hand.taken",
    ),
    "a lonely group has company": ("evaluate.py", "        hand.alone = hand.alone or step.group\n", "        pass\n"),
    "a lonely group waits for its turn": ("plans.py", "before | ahead", "set(before)"),
    "the worst ones stay": (
        "evaluate.py",
        "(-award[0].term.priority, -award[1], award[0].id)",
        "(award[0].term.priority, award[1])",
    ),
    "points before priority": (
        "evaluate.py",
        "(-award[0].term.priority, -award[1], ",
        "(-award[1], -award[0].term.priority, ",
    ),
    "who is too many leaves the group open": (
        "evaluate.py",
        "    if step.group:\n        hand.taken[",
        "    if step.group and step.id not in hand.out:\n        hand.taken[",
    ),
    "a limit is used up by the next sale only": (
        "evaluate.py",
        "hand.left.get(key, hand.scene.spare[key]) - points",
        "hand.scene.spare[key]",
    ),
    "a limit is of every currency": ("plans.py", "limit.currency == term.coin.currency and ", ""),
    "a return leaves the limit used": (
        "returns.py",
        "        use_limits(standing, program, limits, term, keeps - had, sale.at)\n",
        "        pass\n",
    ),
    "a cap a sale lasts": ("accrual.py", 'if cap.every != "sale" and (until', "if (until"),
    "what prolongs, prolongs its own points": (
        "accrual.py",
        "    for step, _ in awarded:\n        if step.extends",
        "    for step, _ in awarded[:0]:\n        if step.extends",
    ),
    "the door is asked for what it has answered": ("weighing.py", " and id not in grants)", ")"),
    "points set aside are spent": ("explain.py", 'HELD: ("released", "held")', 'HELD: ("released", "spent")'),
    "what a return keeps is not said": ("explain.py", "for kept in ruling.kept))", "for kept in ruling.kept[:0]))"),
    "what begins is not said": (
        "explain.py",
        "return ((BEGUN, points if counter == PENDING else -points),)",
        "return ()",
    ),
}
