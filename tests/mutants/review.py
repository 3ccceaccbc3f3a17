"""Does the table of cheats bite? Each mutant opens one of the holes again; some test must fail."""

TESTS = ("test_programme_review.py",)

MUTANTS = {
    "bags of no number come back again and again": (
        "returns.py",
        "        if 0 <= i < len(sale.lines) and sale.lines[i].quantity:\n",
        "        if 0 <= i < len(sale.lines):\n",
    ),
    "a first purchase that was forgiven can be made again": (
        "returns.py",
        "not any(step.term.first_purchase and step.id in awards for step in weighed.plan.steps)",
        "1",
    ),
    "points hide in a claim or a hold": (
        "clawback.py",
        "    return pends + max(0, there",
        "    return pends + max(0, there * 0",
    ),
    "what is hidden is taken twice": ("clawback.py", "there - standing.owed.get(own.currency, 0)", "there"),
    "giving a quiz up is another try": (
        "challenges.py",
        'now.marks if challenge.kind == "quiz" else marks',
        "marks",
    ),
    "an earlier edition's target judges a completion": (
        "challenges.py",
        "    challenge = reached_by(challenge, now, program, ruling.standing.at)\n",
        "",
    ),
    "today's target judges an earlier completion": (
        "windows.py",
        "    return latest if steps_done",
        "    return latest if 1 or steps_done",
    ),
    "a forgiven challenge is paid again": (
        "challenges.py",
        "        if forgiven:\n            lost = fallen = 0\n",
        "",
    ),
    "pieces that points paid earn": (
        "evaluate.py",
        '            if paid != gross:\n                points = divide(points * paid, gross, "half-up")\n',
        "",
    ),
    "a visit that points paid earns": (
        "evaluate.py",
        "step.numerator if paid or not gross or step.off else 0",
        "step.numerator",
    ),
    "what points paid counts for a challenge": ("weighing.py", "[amount * net // gross for", "[amount for"),
    "every return has a new grace": ("lots.py", "now if lot.rolling == GRACE else now", "now"),
    "a cap knows no period": ("plans.py", 'f"{term.id}/{cap.every[:2]}{cap.of[0]}"', 'f"{term.id}/{cap.of[0]}"'),
    "periods of two editions are one": ("accrual.py", "    if known and known.until == until:\n", "    if known:\n"),
    "what comes back of another period is room": ("accrual.py", "    elif known and amount < 0:\n        return\n", ""),
    "yes is the number one": (
        "occasions.py",
        "any(choice == data[key] and type(choice) is type(data[key]) for choice in choices)",
        "data[key] in choices",
    ),
}
