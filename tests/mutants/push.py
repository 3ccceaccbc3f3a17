"""Mutants of the way messages go: an outage that is fought, phones that are forgotten for nothing, what comes too late."""

from tests.mutants.copies import Mutant

DELIVERY, CIRCUIT, FCM = ("test_push_delivery.py",), ("test_circuit.py",), ("test_fcm.py",)
NOTICES = ("test_push_notices.py",)

MUTANTS = (
    Mutant(
        "while Firebase is away everybody is tried",
        "foundation/circuit.py",
        "        if self.state is State.CLOSED:\n            return Pass(self.era)\n",
        "        return Pass(self.era)\n",
        DELIVERY,
    ),
    Mutant(
        "a circuit never opens",
        "foundation/circuit.py",
        "        elif self.failures >= FAILURES_MAX:\n",
        "        elif False:\n",
        DELIVERY,
    ),
    Mutant(
        "late answers of an outage that is over begin another",
        "foundation/circuit.py",
        "        if given.era != self.era:\n            return\n",
        "",
        CIRCUIT,
    ),
    Mutant(
        "a probe that was given up is the last",
        "foundation/circuit.py",
        "        if given.is_probe and given.era == self.era:\n            self.become(State.OPEN)\n",
        "        return\n",
        CIRCUIT,
    ),
    Mutant(
        "what was put off comes back all at once",
        "foundation/circuit.py",
        "        self.last_place += 1 / self.per_second\n",
        "",
        CIRCUIT,
    ),
    Mutant(
        "an outage counts tries",
        "push/flow.py",
        "        if is_away(answer) and self.circuit.is_away:\n",
        "        if False:\n",
        DELIVERY,
    ),
    Mutant(
        "too many at Firebase holds one message, not all",
        "push/flow.py",
        "            self.circuit.hold(float(answer.after_seconds or 0))\n",
        "",
        DELIVERY,
    ),
    Mutant(
        "who was put off is decided anew all the time",
        "push/flow.py",
        "            self.known.add(hash((member_id, key)))\n",
        "            pass\n",
        DELIVERY,
    ),
    Mutant(
        "each worker takes the whole quota",
        "push/flow.py",
        "        flow.rate.per_second = flow.per_second / workers\n",
        "        flow.rate.per_second = flow.per_second\n",
        DELIVERY,
    ),
    Mutant(
        "an offer is tried again after its end",
        "push/delivery.py",
        "    if message.ends_at and at + wait >= message.ends_at:\n",
        "    if False:\n",
        DELIVERY,
    ),
    Mutant(
        "a phone is forgotten wherever it is reached by now",
        "push/delivery_sql.py",
        " and phone.address = gone.address\n",
        "\n",
        DELIVERY,
    ),
    Mutant(
        "any 404 forgets the phone",
        "push/fcm.py",
        '        case 404, "UNREGISTERED":\n',
        "        case 404, _:\n",
        FCM,
    ),
    Mutant(
        "a wrong project is complained of once a message",
        "push/fcm.py",
        "            self.alarmed.add(word)\n",
        "",
        FCM,
    ),
    Mutant(
        "a repeat has a name of its own",
        "push/delivery.py",
        "        collapse=message.id,\n",
        '        collapse=f"{message.id}:{random.random()}",\n',
        DELIVERY,
    ),
    Mutant(
        "a message lives as long as it did when it was first written",
        "push/fcm_message.py",
        """        TTL: b'"%ds"' % ttl_seconds,\n""",
        """        TTL: b'"7200s"',\n""",
        DELIVERY,
    ),
    Mutant(
        "a notice is sent whenever it is looked at",
        "push/notices.py",
        "            await notices_sql.mark(db, told.id, {task.key: at})\n",
        "            pass\n",
        NOTICES,
    ),
    Mutant(
        "the last time that a message was tapped counts",
        "push/receipts_sql.py",
        "set opened_at = coalesce(message.opened_at, $3)",
        "set opened_at = $3",
        NOTICES,
    ),
)
