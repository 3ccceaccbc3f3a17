"""Mutants of groups of members: what Python and SQL must not see differently, and whom no condition may choose."""

from tests.mutants.copies import Mutant

TESTS = ("test_segments.py",)
MUTANTS = (
    Mutant(
        "segments: points in SQL are compared without the edge",
        "segments/fragments.py",
        '"points-at-least": "points >= $1::bigint"',
        '"points-at-least": "points > $1::bigint"',
        TESTS,
    ),
    Mutant(
        "segments: a comparison in SQL is swapped",
        "segments/fragments.py",
        '"joined-within": "joined_at >= $1::timestamptz"',
        '"joined-within": "joined_at <= $1::timestamptz"',
        TESTS,
    ),
    Mutant(
        "segments: SQL asks nobody for consent",
        "segments/everybody.py",
        "        bits = reduce(int.__or__, (PURPOSE_BITS[each] for each in purposes(expression)), 0)\n",
        "        bits = 0\n",
        TESTS,
    ),
    Mutant(
        "segments: Python asks nobody for consent",
        "segments/model.py",
        "    return purposes(expression) <= profile.consents and true_of(expression, profile, at)\n",
        "    return true_of(expression, profile, at)\n",
        TESTS,
    ),
    Mutant(
        "segments: what stands within a not needs no consent",
        "segments/model.py",
        "            return purposes(of)\n",
        "            return frozenset()\n",
        TESTS,
    ),
    Mutant(
        "segments: what is not known is neither so nor not",
        "segments/everybody.py",
        '        return f"(({text}) is true)"\n',
        '        return f"({text})"\n',
        TESTS,
    ),
    Mutant(
        "segments: a member who never came was not away",
        "segments/fragments.py",
        '"not-visited-within": "(last_visit_at >= $1::timestamptz) is not true"',
        '"not-visited-within": "last_visit_at < $1::timestamptz"',
        TESTS,
    ),
    Mutant(
        "segments: parameters are counted from one in every fragment",
        "segments/everybody.py",
        "        before = len(self.values)\n",
        "        before = 0\n",
        TESTS,
    ),
    Mutant(
        "segments: what has expired still expires",
        "segments/fragments.py",
        "case when expiring_at[:n] > $1::bigint then",
        "case when expiring_at[:n] > 0 then",
        TESTS,
    ),
    Mutant(
        "segments: whoever bought one thing bought another",
        "segments/fragments.py",
        '    return "strict " + " || ".join(',
        '    return "strict " + " && ".join(',
        TESTS,
    ),
    Mutant(
        "segments: the date line is a wall",
        "segments/model.py",
        "    along = ((profile.place[1] - ring.longitude + 3 * HALF_TURN) % (2 * HALF_TURN) - HALF_TURN) * ring.narrow\n",
        "    along = (profile.place[1] - ring.longitude) * ring.narrow\n",
        TESTS,
    ),
    Mutant(
        "segments: the estimate knows no error",
        "segments/everybody.py",
        "ceil(1.96 * deviation * everybody)",
        "0",
        TESTS,
    ),
    Mutant(
        "segments: what did not decide is a reason",
        "segments/because.py",
        "                if truth is decided:\n",
        "                if True:\n",
        TESTS,
    ),
    Mutant(
        "segments: two who draw a portrait do not wait for each other",
        "segments/portrait_sql.py",
        "          from portrait where member_id = any($1::uuid[]) order by member_id for update\n",
        "          from portrait where member_id = any($1::uuid[]) order by member_id\n",
        ("test_watch.py::test_two_who_draw_a_portrait_wait_for_each_other",),
    ),
)
