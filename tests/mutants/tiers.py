"""Do the tests of tiers and of the calendar bite? Each mutant breaks one rule of theirs; some test must fail."""

TESTS = ("test_programme_tiers.py", "test_programme_calendar.py")

MUTANTS = {
    "a tier falls two steps at once": ("tiers.py", "max(earned, stairs.below(held))", "earned"),
    "members fall into a tier that is given": (
        "program.py",
        "max((place for place in self.places if place < tier), default=self.entry)",
        "max(tier - 1, 0)",
    ),
    "a return of a season that is over takes the tier": ("tiers.py", "deal.seasons[stairs.id] == rung.until", "True"),
    "a return leaves the count": ("tiers.py", "max(0, rung.qualified - amount)", "rung.qualified"),
    "a count falls below nothing": (
        "tiers.py",
        "qualified=max(0, rung.qualified - amount)",
        "qualified=rung.qualified - amount",
    ),
    "a climb cannot be taken back": ("stages.py", "        if reached > stage[0]:\n", "        if True:\n"),
    "what counted after a climb that fell is lost": ("stages.py", "stage[1] + more", "stage[1]"),
    "a return moves a year that is over": ("stages.py", "    if until <= at:\n        return rung\n", ""),
    "pending points are held": (
        "tiers.py",
        "if not lot.starts and lot.currency in wanted",
        "if lot.currency in wanted",
    ),
    "what is set aside is lost": ("tiers.py", "    if standing.holds:\n", "    if False:\n"),
    "a placement keeps the ladder from moving": (
        "tiers.py",
        "        if amount > 0:\n            rung",
        "        if amount > 0 and not standing.rungs.get(stairs.id, NOWHERE).placed:\n            rung",
    ),
    "a floor is a ceiling": ("tiers.py", "return max(given, tier) if rung.floor else given", "return given"),
    "a second grace cuts the first one short": ("tiers.py", " and rung.kept <= held:", ":"),
    "an entry that is of nobody's merit is carried over": ("turning.py", " if tier > was.entry else 0", ""),
    "another name is news": ("turning.py", "        place = max(now, held)\n", "        place = was.entry\n"),
    "a placement on all ladders": ("tiers.py", "stairs.id != fact.ladder or ", ""),
    "a rung that says nothing stays": ("tiers.py", "        if rung == NOWHERE:\n", "        if False:\n"),
    "a late fact tells a tier again": (
        "tiers.py",
        'program.period_end(standing.at, "year") if stairs.by_change else season_end',
        "season_end",
    ),
    "a month's end runs into the next month": (
        "calendar.py",
        "min(day.day, (following - timedelta(1)).day)",
        "min(day.day, 28)",
    ),
    "a life that is rounded down ends before its first day": (
        "calendar.py",
        "max(self.begin(last, expiry.round), self.midnight(day + timedelta(1)))",
        "self.begin(last, expiry.round)",
    ),
    "a day has 24 hours": (
        "calendar.py",
        "return self.midnight(day + timedelta(1))\n            case",
        "return self.midnight(day) + 86400\n            case",
    ),
    "the beginning of a day moves with the clocks": (
        "calendar.py",
        "        if at == self.midnight(today):\n            return self.midnight(day)\n",
        "",
    ),
}
