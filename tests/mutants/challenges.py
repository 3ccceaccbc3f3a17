"""Do the tests of challenges bite? Each mutant breaks one of their rules; some test must fail."""

TESTS = ("test_programme_challenges.py",)

MUTANTS = {
    "whoever has not opted in takes part": ("challenges.py", "(challenge.opt_in and not now.joined)", "False"),
    "whatever the activity says counts": (
        "marks.py",
        "    return occasions.says(where,",
        "    return True or occasions.says(where,",
    ),
    "a challenge opens and is entered by one fact": (
        "challenges.py",
        " and challenge.after not in just_completed",
        "",
    ),
    "a completion by a total is counted once": (
        "challenges.py",
        "return min(way // target, challenge.most or way)",
        "return int(way >= target)",
    ),
    "what began anew is taken back": ("challenges.py", " or at <= now.begun", ""),
    "a return takes from the next window": ("challenges.py", "now.until != until or ", ""),
    "steps are paid again": ("challenges.py", "stages(challenge)[now.steps : steps]", "stages(challenge)[:steps]"),
    "a step that fell stays paid": (
        "challenges.py",
        "taken, forgiven = withdraw(ruling, challenge, now, lost, fallen, program)",
        "taken, forgiven = withdraw(ruling, challenge, now, lost, 0, program)",
    ),
    "a completion that fell stays paid": (
        "challenges.py",
        "taken, forgiven = withdraw(ruling, challenge, now, lost, fallen, program)",
        "taken, forgiven = withdraw(ruling, challenge, now, 0, fallen, program)",
    ),
    "the clerk is not told": (
        "challenges.py",
        "        if now.done and now.until in (until, NEVER):\n",
        "        if False:\n",
    ),
    "opting out lets the window pay again": (
        "challenges.py",
        " else marks, begun=at, target=0)",
        " else marks, begun=at, target=0, done=0, paid=0)",
    ),
    "a kept total falls below what it has paid": (
        "challenges.py",
        'marks = {"": max(after, now.done * target)}',
        "pass",
    ),
    "once and for all is forgotten": ("challenges.py", 'challenge.recurs == "never" and now.done', "False"),
    "opting in ends with the window": ("challenges.py", "now.joined and challenge.holds(at)", "False"),
    "a window is promised anew at every step": ("challenges.py", "if until >= challenge.until:", "if True:"),
    "a window by days begins anew with the hour": (
        "windows.py",
        "timedelta(challenge.window_days)",
        "timedelta(challenge.window_days + 1)",
    ),
    "freezes are forgiven without end": ("streaks.py", "while missing > challenge.freezes:", "while False:"),
    "a frozen day is a day done": ("streaks.py", "last - first + 1)", "last - first + 1 + missing)"),
    "a day of rest counts": ("streaks.py", "None if day.weekday() in challenge.rests else ", ""),
    "a closed shop breaks a streak": ("streaks.py", " and day not in closed", ""),
    "a sequence keeps what came after a gap": (
        "marks.py",
        "following = str(len(marks))",
        "following = max(seen, default='')",
    ),
    "a return cuts what another sale has marked": (
        "marks.py",
        "if marks.get(place) == by",
        "if place in marks",
    ),
    "the last answer counts": ("marks.py", " if question not in marks}", "}"),
    "a streak keeps every day": ("challenges.py", "dict(islice(marks.items(), 1, None))", "dict(marks)"),
    "what differs is kept without end": ("marks.py", "KEYS_MOST = 2\n", "KEYS_MOST = 99\n"),
}
