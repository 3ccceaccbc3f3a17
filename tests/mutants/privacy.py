"""Mutants of leaving: a place that is forgotten to be forgotten, a card that goes on, points that are owed for ever."""

from tests.mutants.copies import Mutant

LEAVING, DEVICES, EXPORT = "test_leaving.py", "test_devices.py", "test_export.py"

MUTANTS = (
    Mutant(
        "what a member was told outlives them",
        "push/sql.py",
        '    await execute(db, "delete from message where member_id = $1", member_id)\n',
        "",
        (LEAVING,),
    ),
    Mutant(
        "an operator's note outlives the member",
        "privacy/forgetting.py",
        "    await staff.forget_member(db, member_id)\n",
        "",
        (LEAVING,),
    ),
    Mutant(
        "facts keep what people wrote",
        "privacy/forgetting.py",
        "    await journal.redact(db, member_id, at)\n",
        "",
        (LEAVING,),
    ),
    Mutant(
        "a code that is on its way keeps the address of who left",
        "members/leaving.py",
        '    await forgetting.withdraw(db, [codes.outbox_key(each) for each in hashes], ["members.code"])\n',
        "",
        (LEAVING,),
    ),
    Mutant(
        "what is said in the last second stays",
        "privacy/settling.py",
        "        await forget(db, task.member_id, at)\n",
        "        pass\n",
        (LEAVING,),
    ),
    Mutant(
        "the card at Google keeps its words",
        "privacy/forgetting.py",
        "    await passes.google.retire(db, member_id, at)\n",
        "",
        (LEAVING,),
    ),
    Mutant(
        "a card that was given up still sells",
        "members/leaving.py",
        "        await cards_sql.replace_codes(db, member_id, LEFT, at)\n",
        "",
        (LEAVING,),
    ),
    Mutant(
        "what comes back from a hold is owed for ever",
        "privacy/settling.py",
        "    return NotBefore(task, max(at + 1, min(next_change_at(now), at + DAY)))\n",
        "    return Done(task)\n",
        (LEAVING,),
    ),
    Mutant(
        "a fact without its words may be rewritten",
        "journal/proof.py",
        "            if fact.redacted not in (None, digest_of(said)):\n",
        "            if False:\n",
        (LEAVING,),
    ),
    Mutant(
        "whoever left is told of their tier",
        "push/deciding.py",
        '    if member is None or member.state == "erased":\n',
        "    if member is None:\n",
        (LEAVING,),
    ),
    Mutant(
        "any device is signed out by anybody",
        "members/sql.py",
        '"delete from session where member_id = $1 and family = $2", member_id, family)',
        '"delete from session where $1::uuid is not null and family = $2", member_id, family)',
        (DEVICES,),
    ),
    Mutant(
        "a copy holds the keys of phones",
        "privacy/exporting.py",
        'SECRET_MEMBERS = frozenset({"address", "address_kind"})',
        "SECRET_MEMBERS = frozenset[str]()",
        (EXPORT,),
    ),
    Mutant(
        "a copy ends with its first page",
        "privacy/exporting.py",
        "        before = lines[-1].at, lines[-1].id\n",
        "        return\n",
        (EXPORT,),
    ),
)
