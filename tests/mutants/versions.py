"""Mutants of what phones show: tags in order, seen and not only sent, outages, repair, and a void card that is worth nothing."""

from tests.mutants.copies import Mutant

REFRESH, VERSIONS, VOID = "test_passes_apple_refresh.py", "test_passes_apple_versions.py", "test_passes_void.py"

MUTANTS = (
    Mutant(
        "two passes that changed at once bear one tag",
        "passes/apple/versions_sql.py",
        "tagged as (update apple_tag set tag = tag + 1 where exists (select from stale) returning tag),",
        "tagged as (select tag + 1 as tag from apple_tag),",
        (REFRESH,),
    ),
    Mutant(
        "a pass is seen when its push was taken",
        "passes/apple/versions_sql.py",
        "               pushed_at = $6, push_outcome = said.outcome\n",
        "               pushed_at = $6, push_outcome = said.outcome, seen_tag = said.tag, stale_since = null\n",
        (VERSIONS,),
    ),
    Mutant(
        "a phone that was told of a version has it",
        "passes/apple/versions_sql.py",
        "stale_since = case when held.tag > known or is_older then stale_since end,",
        "stale_since = null,",
        (VERSIONS,),
    ),
    Mutant(
        "whoever fetches is one of the phones that we know",
        "passes/apple/versions_sql.py",
        "and (listed_tag > coalesce(seen_tag, -1)\n",
        "and (true\n",
        (VERSIONS,),
    ),
    Mutant(
        "a tag that was never given out is believed",
        "passes/apple/asking.py",
        "    if known > passes[0].newest_tag:\n",
        "    if known < -1:\n",
        (VERSIONS,),
    ),
    Mutant(
        "while Apple is away every phone is tried",
        "passes/apple/outages.py",
        "        return random.sample(tokens, min(1, len(tokens)))\n",
        "        return tokens\n",
        (VERSIONS,),
    ),
    Mutant(
        "an outage counts as a try",
        "passes/apple/notify.py",
        "                return NotBefore(task, at + (answer.after_seconds or outage.wait_seconds()))\n",
        "                return Dead(task, why)\n",
        (REFRESH, VERSIONS),
    ),
    Mutant(
        "a phone is forgotten with its old address",
        "passes/apple/sql.py",
        "registered_at <= $4 and $5 in ('', push_token)\n",
        "registered_at <= $4 and $5 in ('', $5)\n",
        (REFRESH,),
    ),
    Mutant(
        "a phone is repaired without end",
        "passes/apple/repair.py",
        "or repairs < $2 and repaired_at",
        "or repairs < $2 + 100 and repaired_at",
        (VERSIONS,),
    ),
    Mutant(
        "repairs come at one pace",
        "passes/apple/repair.py",
        "interval '10 minutes' * 2 ^ repairs)",
        "interval '10 minutes')",
        (VERSIONS,),
    ),
    Mutant(
        "a phone whose push still waits is repaired, too",
        "passes/apple/repair.py",
        "               and not exists (select from outbox where member_id = phone.member_id and reaction = 'passes.apple')\n",
        "",
        (VERSIONS,),
    ),
    Mutant(
        "the code of a void card sells on",
        "members/cards_sql.py",
        "update card_code set state = 'replaced', replaced_at = $3, because = $2",
        "update card_code set replaced_at = $3, because = $2",
        (VOID,),
    ),
    Mutant(
        "the pass of a void card shows the member on",
        "passes/apple/versions_sql.py",
        "update apple_pass set voided_at = $2, tag = tagged.tag,",
        "update apple_pass set tag = tagged.tag,",
        (VOID,),
    ),
    Mutant(
        "phones that hold a void pass are not told",
        "passes/apple/operations.py",
        '    await outbox.put(db, member_id, [Due(REACTION, f"{AGAIN}{each.serial}") for each in gone], at)\n',
        "",
        (VOID,),
    ),
    Mutant(
        "a link to a void card leads to the new one",
        "passes/links.py",
        '    return f"card {digest(card_code).hex()}"\n',
        '    return "card"\n',
        (VOID,),
    ),
    Mutant(
        "a pass is noted as fetched before its phone was told of it",
        "passes/apple/versions.py",
        "        if not found or mine & devices or serials & passes:\n",
        "        if not found:\n",
        ("test_asking.py",),
    ),
    Mutant(
        "a partner that was renamed keeps its old name on cards",
        "partners/operations.py",
        "    if not await sql.update_partner(db, partner):\n        raise NotFound\n    await renewed(db)\n",
        "    if not await sql.update_partner(db, partner):\n        raise NotFound\n",
        ("test_asking.py",),
    ),
)
