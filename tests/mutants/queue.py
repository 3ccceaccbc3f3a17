"""Mutants of what the till keeps without a network: nothing leaves the queue before its answer, and told twice counts once."""

from tests.mutants.copies import Mutant

TILL, OFFLINE = "surfaces/web/static/till/", "browser/test_till_offline.py"
LOST = (f"{OFFLINE}::test_the_house_goes_away_and_the_first_answer_is_lost",)
CRASHED = (f"{OFFLINE}::test_a_page_that_crashed_while_it_asked_sells_nothing_twice",)
REFUSED = (f"{OFFLINE}::test_what_the_house_will_not_have_is_shown_until_somebody_has_looked",)
ILL = (f"{OFFLINE}::test_a_house_that_is_ill_or_will_not_know_the_key_loses_nothing",)

MUTANTS = (
    Mutant(
        "the till drops a sale when it sends it",
        f"{TILL}queue.js",
        "    chosen.forEach(each => items.put({ ...each, batch: batch.key }))\n",
        "    chosen.forEach(each => items.delete(each.id))\n",
        LOST,
    ),
    Mutant(
        "the till sends a batch again under another key",
        f"{TILL}bringing.js",
        "{ 'Idempotency-Key': batch.key }",
        "{ 'Idempotency-Key': crypto.randomUUID() }",
        LOST,
    ),
    Mutant(
        "the till sends before it has written down",
        f"{TILL}selling.js",
        "    await keep(item)\n",
        "",
        CRASHED,
    ),
    Mutant(
        "what the house refuses of a till's queue is lost",
        f"{TILL}queue.js",
        "      if (outcome === 'refused') refused.put({ ...item, problem })\n",
        "",
        REFUSED,
    ),
    Mutant(
        "a till whose key has ended throws its queue away",
        f"{TILL}bringing.js",
        "  if (error.status !== 401 && error.status !== 403) return false\n",
        "  return false\n",
        ILL,
    ),
)
