"""Mutants of what happens without a network: a till's ids, when things happened, which tokens are good, what waits."""

from tests.mutants.copies import Mutant

BATCHES, TILL, WEEK, TOKENS = "test_offline.py", "test_offline_till.py", "test_offline_week.py", "test_escrow.py"

MUTANTS = (
    Mutant(
        "a till makes a new id when it asks again",
        "sandbox/till.py",
        "            (str(id), kind, path, json.dumps(names | body)),\n",
        '            (str(id), kind, path, json.dumps(names | body | {"id": str(self.new_id())})),\n',
        (WEEK,),
    ),
    Mutant(
        "a till says its batch's time and not the sale's",
        "offline/working.py",
        "    return kind(**{name: getattr(item, name) for name in kind.__struct_fields__})\n",
        '    return kind(**{name: getattr(item, name) for name in kind.__struct_fields__} | {"at": None})\n',
        (BATCHES,),
    ),
    Mutant(
        "a spend token is good in another shop",
        "escrow/token.py",
        "    if said.shop != shop:\n",
        "    if not said.shop:\n",
        (TOKENS,),
    ),
    Mutant(
        "a spend token is good after its end",
        "escrow/token.py",
        "    if at >= said.until:\n",
        "    if at < 0:\n",
        (TOKENS,),
    ),
    Mutant(
        "a spend token is taken unsigned",
        "escrow/token.py",
        "    except (KeyError, ValueError, struct.error, InvalidSignature):\n",
        "    except InvalidSignature:\n        pass\n    except (KeyError, ValueError, struct.error):\n",
        (TOKENS,),
    ),
    Mutant(
        "a member has as many spend tokens as they like",
        "escrow/sql.py",
        "             where known.until <= $4 or known.token_id = excluded.token_id\n",
        "             where known.until <= $4 or known.token_id is not null\n",
        (TOKENS,),
    ),
    Mutant(
        "a return whose sale is not known is dropped",
        "offline/working.py",
        '        return Settled(number, "parked", json.encode(error.problem(language)))\n',
        '        return Settled(number, "refused", json.encode(error.problem(language)))\n',
        (BATCHES,),
    ),
    Mutant(
        "a void in a batch is of the batch's time",
        "checkout/voids.py",
        "    happened_at = journal.happened(back.at, counter.at) if counter.offline else counter.at\n",
        "    happened_at = counter.at\n",
        (BATCHES,),
    ),
    Mutant(
        "another batch is taken under the same key",
        "offline/operations.py",
        "        if known.asked != asked:\n",
        "        if not known.asked:\n",
        (BATCHES,),
    ),
    Mutant(
        "a till takes a token twice",
        "sandbox/till.py",
        '            self.db.execute("insert into taken (hold) values (?)", (str(said.hold),))\n',
        '            self.db.execute("insert or ignore into taken (hold) values (?)", (str(said.hold),))\n',
        (TILL,),
    ),
    Mutant(
        "a till forgets after a crash what it had asked",
        "sandbox/till.py",
        "where state = 'asked'\")",
        "where state = 'never'\")",
        (TILL,),
    ),
)
