"""Mutants of the webhooks: what is signed, in which order it is sent, when the cursor moves, and where a message may go."""

from tests.mutants.copies import Mutant

ORDER, SIGNED, ADDRESSES = "test_webhooks_order.py", "test_webhooks.py", "test_webhooks_addresses.py"

MUTANTS = (
    Mutant(
        "a webhook's signature is over the body alone",
        "webhooks/signing.py",
        '    said = f"{id}.{at}.".encode() + body\n',
        "    said = body\n",
        (SIGNED,),
    ),
    Mutant(
        "a webhook's former secret signs no more",
        "webhooks/signing.py",
        "at < endpoint.former_until:\n",
        "at < 0:\n",
        (SIGNED,),
    ),
    Mutant(
        "a webhook's former secret signs for ever",
        "webhooks/signing.py",
        "at < endpoint.former_until:\n",
        "at:\n",
        (SIGNED,),
    ),
    Mutant(
        "a member's next webhook is sent before the former was accepted",
        "webhooks/delivery.py",
        "        await sql.put_off(db, member_id, id, cursor, self.at, due_at)\n        return NotBefore(task, due_at)\n",
        "        await sql.move(db, member_id, id, cursor, happened.seq)\n        return None\n",
        (ORDER,),
    ),
    Mutant(
        "a webhook's cursor moves before it is sent",
        "webhooks/delivery.py",
        "        answer = await self.post(member_id, happened, ahead.tier)\n",
        "        async with self.database.transaction() as db:\n"
        "            await sql.move(db, member_id, self.endpoint.id, cursor, happened.seq)\n"
        "        answer = await self.post(member_id, happened, ahead.tier)\n",
        (ORDER,),
    ),
    Mutant(
        "a webhook is given a new id with each try",
        "webhooks/delivery.py",
        "        id = signing.message_id(endpoint.id, member_id, happened.seq)\n",
        "        id = signing.message_id(endpoint.id, member_id, happened.seq) + str(time.monotonic_ns())\n",
        (ORDER,),
    ),
    Mutant(
        "a webhook that nobody takes is tried for ever",
        "webhooks/delivery.py",
        "        dies = cursor.has_failed(self.at)\n",
        "        dies = False\n",
        (ORDER,),
    ),
    Mutant(
        "a webhook's receiver that is down is asked for every member",
        "webhooks/delivery.py",
        "            if self.failures >= FAILURES_MAX:\n",
        "            if False:\n",
        (ORDER,),
    ),
    Mutant(
        "while a worker is busy with one webhook it looks for no other",
        "worker.py",
        "        if not self.buckets:\n",
        "        if not self.buckets or self.busy:\n",
        (ORDER,),
    ),
    Mutant(
        "a redirect counts as an acceptance of a webhook",
        "webhooks/posting.py",
        "    if 200 <= status < 300:\n",
        "    if 200 <= status < 400:\n",
        (ADDRESSES,),
    ),
    Mutant(
        "a webhook follows where it is redirected",
        "webhooks/posting.py",
        "                return meaning(await response(connection, reader), at)\n",
        "                said = await response(connection, reader)\n"
        "                for name, value in said.headers:\n"
        '                    if name == b"location":\n'
        "                        return await post(value.decode(), headers, body, settings, at)\n"
        "                return meaning(said, at)\n",
        (ADDRESSES,),
    ),
    Mutant(
        "a webhook looks its name up again when it dials",
        "webhooks/posting.py",
        "    return await asyncio.open_connection(numbers[-1], target.port",
        "    return await asyncio.open_connection(target.host, target.port",
        (ADDRESSES,),
    ),
    Mutant(
        "a webhook goes to loopback in the clothes of IPv6",
        "webhooks/address.py",
        "        if wrapped := [each for each in inner if each is not None]:\n",
        "        if wrapped := []:\n",
        (ADDRESSES,),
    ),
    Mutant(
        "a webhook goes into our own network",
        "webhooks/address.py",
        "    if not lenient(settings) and not all(is_public(each) for each in numbers):\n",
        "    if False:\n",
        (ADDRESSES,),
    ),
    Mutant(
        "a webhook hears of other partners' shops",
        "webhooks/message.py",
        '    return endpoint.partner is None or endpoint.partner == getattr(fact, "partner", "")\n',
        "    return True\n",
        (SIGNED,),
    ),
    Mutant(
        "a webhook counts what time moved as a fact's",
        "journal/feed.py",
        "sum(e.points) filter (where e.step <> '')",
        "sum(e.points)",
        ("test_webhooks_feed.py",),
    ),
)
