"""Mutants of what is known of members, and of who enters and leaves a watched segment."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "segments: two who look at a member at once do not wait for each other",
        "segments/portrait_sql.py",
        "from portrait where member_id = any($1::uuid[]) order by member_id for update\n",
        "from portrait where member_id = any($1::uuid[]) order by member_id\n",
        ("test_watch.py",),
    ),
    Mutant(
        "segments: whoever is in a segment is told again and again",
        "segments/watch.py",
        "    entered = await sql.enter(db, sorted(now - before), at) if now - before else []\n",
        "    entered = sorted(now)\n",
        ("test_watch.py",),
    ),
    Mutant(
        "segments: who is in it when it is made is told of",
        "segments/watch.py",
        "    told = {each.id for each in all_watched if each.is_known}\n",
        "    told = ids\n",
        ("test_watch.py",),
    ),
    Mutant(
        "segments: the walk forgets who left by time alone",
        "segments/refresh_walks.py",
        "    moved: set[UUID] = set(found.members) ^ await sql.inside(db, segment.id, walk.through, through)\n",
        "    moved: set[UUID] = set(found.members)\n",
        ("test_watch.py",),
    ),
    Mutant(
        "segments: what came late is counted where it came",
        "segments/refresh.py",
        "    late = {id: 0 for id, each in arrived.items() if not each.in_order}\n",
        "    late: dict[UUID, int] = {}\n",
        ("test_portrait.py",),
    ),
    Mutant(
        "segments: a return takes nothing off",
        "segments/portrait_counts.py",
        "            kept[name] = at, max(0, cents - amount), times\n",
        "            kept[name] = at, cents, times\n",
        ("test_portrait.py",),
    ),
    Mutant(
        "members: a place is kept without consent",
        "members/places.py",
        '    if not (await operations.member(db, member_id)).consents.get("location"):\n',
        "    if False:\n",
        ("test_portrait_places.py",),
    ),
    Mutant(
        "members: a place outlives the consent",
        "members/operations.py",
        '    if not consents.get("location"):\n',
        "    if False:\n",
        ("test_portrait_places.py",),
    ),
)
