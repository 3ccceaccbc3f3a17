"""Mutants of what Google tells us and of what we tell Google: in each one rule is broken, and the tests must notice."""

from tests.mutants.copies import Mutant

CALLBACKS, FLOW, RUNS = "test_passes_callbacks.py", "test_passes_google_flow.py", "test_redesign.py"

MUTANTS = (
    Mutant(
        "a callback says itself for which issuer it is",
        "passes/google/callbacks.py",
        "    message = opened(envelope, key, sender, settings.google_issuer_id, at) if key else None\n",
        '    issuer = envelope.signed_message.partition(\'"classId": "\')[2].partition(".")[0]\n'
        "    message = opened(envelope, key, sender, issuer, at) if key else None\n",
        (CALLBACKS,),
    ),
    Mutant(
        "whose card it is does not matter",
        "passes/google/callbacks.py",
        "    if member_id is None or not await sql.is_ours(db, member_id, message.object_id, message.class_id):\n",
        "    if member_id is None:\n",
        (CALLBACKS,),
    ),
    Mutant(
        "a callback is good for ever",
        "passes/google/callbacks_signature.py",
        "    return message if int(message.exp_time_millis) > 1000 * at else None\n",
        "    return message\n",
        (CALLBACKS,),
    ),
    Mutant(
        "an intermediate key is good for ever",
        "passes/google/callbacks_signature.py",
        "    return loaded(key.key_value) if int(key.key_expiration) > 1000 * at else None\n",
        "    return loaded(key.key_value)\n",
        (CALLBACKS,),
    ),
    Mutant(
        "lengths count characters",
        "passes/google/callbacks_signature.py",
        '    return b"".join(len(data).to_bytes(4, "little") + data for data in (part.encode() for part in parts))\n',
        '    return b"".join(len(part).to_bytes(4, "little") + part.encode() for part in parts)\n',
        (CALLBACKS,),
    ),
    Mutant(
        "a nonce is not kept",
        "passes/google/callback_sql.py",
        "    return rows == 1\n\n\nasync def told",
        "    return rows == rows\n\n\nasync def told",
        (CALLBACKS,),
    ),
    Mutant(
        "the newest callback is whichever comes last",
        "passes/google/callback_sql.py",
        "         where member_id = $1 and told_until <= $3\n",
        "         where member_id = $1\n",
        (CALLBACKS,),
    ),
    Mutant(
        "every forged callback fetches Google's keys",
        "passes/google/callbacks_keys.py",
        "            if time.monotonic() - self.tried_at < BETWEEN_SECONDS:\n",
        "            if time.monotonic() - self.tried_at < 0:\n",
        (CALLBACKS,),
    ),
    Mutant(
        "what can wait takes the last token",
        "passes/google/client.py",
        "        leave = LEFT_BY_UNHURRIED if unhurried else 0.0\n",
        "        leave = 0.0\n",
        (FLOW,),
    ),
    Mutant(
        "what can wait stands in the same line",
        "passes/google/client.py",
        "        async with self.unhurried_queue if unhurried else self.queue:\n",
        "        async with self.queue:\n",
        (FLOW,),
    ),
    Mutant(
        "a card is in two hands",
        "passes/google/converge.py",
        "    free = [task for task in tasks if task.member_id not in in_hand[REACTION]]\n",
        "    free = list(tasks)\n",
        (FLOW,),
    ),
    Mutant(
        "too fast is no reason to slow down",
        "passes/google/client.py",
        "        if is_too_fast(reply, body):\n",
        "        if False:\n",
        (FLOW,),
    ),
    Mutant(
        "a look that somebody came before is believed",
        "passes/google/reconcile.py",
        "    if is_so:\n        count(card",
        "    if True:\n        count(card",
        (FLOW,),
    ),
    Mutant(
        "a run goes on after everybody it looked at",
        "passes/redesign.py",
        "            last = some[-1].member_id\n",
        "            last = holders[-1].member_id\n",
        (RUNS,),
    ),
    Mutant(
        "a run that is killed passes over a chunk when it goes on",
        "passes/redesign.py",
        """\
        await outbox.put_many(db, [(member_id, due) for member_id in wanted], at)
        if some:
            skipped = run.skipped + len(some) - len(wanted)
            last = some[-1].member_id
            run = replace(run, last_member=last, handed=run.handed + len(wanted), skipped=skipped)
        await sql.step(db, run)
""",
        """\
        if some:
            skipped = run.skipped + len(some) - len(wanted)
            last = some[-1].member_id
            run = replace(run, last_member=last, handed=run.handed + len(wanted), skipped=skipped)
        await sql.step(db, run)
    async with world.database.transaction() as db:
        await outbox.put_many(db, [(member_id, due) for member_id in wanted], at)
""",
        (RUNS,),
    ),
    Mutant(
        "a run hands on without end",
        "passes/redesign.py",
        "    free = max(0, AHEAD_MAX - waiting)\n",
        "    free = AHEAD_MAX\n",
        (RUNS,),
    ),
    Mutant(
        "a new design begins where the former one was",
        "passes/redesign.py",
        '        await sql.turn(db, latest.id, "superseded", at, at)\n',
        '        await sql.turn(db, latest.id, "running", at, None)\n        return latest\n',
        (RUNS,),
    ),
)
