"""Mutants of what the till keeps without a network: nothing leaves the queue before its answer, and told twice counts once."""

from tests.mutants.copies import Mutant

TILL, OFFLINE = "surfaces/web/static/till/", "browser/test_till_offline.py"
LOST = (f"{OFFLINE}::test_the_house_goes_away_and_the_first_answer_is_lost",)
CRASHED = (f"{OFFLINE}::test_a_page_that_crashed_while_it_asked_sells_nothing_twice",)
REFUSED = (f"{OFFLINE}::test_what_the_house_will_not_have_is_shown_until_somebody_has_looked",)
ILL = (f"{OFFLINE}::test_a_house_that_is_ill_or_will_not_know_the_key_loses_nothing",)
FAULTS, LEFT = "browser/test_till_faults.py", "browser/test_till_left.py"
FILLS = (f"{FAULTS}::test_a_disk_that_fills_while_a_sale_is_told_sells_it_once",)

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
        "    await kept(item)\n",
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
    Mutant(
        "where a disk is full the cashier hears of nothing",
        f"{TILL}selling.js",
        "    throw Object.assign(new Error(text('offline.no-room')), { status: 507, code: 'no-room' })\n",
        "    throw error\n",
        (f"{FAULTS}::test_where_a_disk_is_full_nothing_is_sold_and_the_cashier_is_told",),
    ),
    Mutant(
        "a sale that could not be set to wait is in the basket still",
        f"{TILL}selling.js",
        "  await wait(id).catch(console.warn)\n",
        "  await wait(id)\n",
        FILLS,
    ),
    Mutant(
        "what was handed over is found unsold where another page brought it",
        f"{TILL}counter.js",
        "  const handed = read(HANDED)\n",
        "  const handed = null\n",
        (f"{FAULTS}::test_a_basket_that_another_page_brought_is_not_found_unsold",),
    ),
    Mutant(
        "a page brings what another one is asking still",
        f"{TILL}queue.js",
        "  const left = asked.filter(({ id }) => !alive.has(lockOf(id)))\n",
        "  const left = asked\n",
        (f"{FAULTS}::test_a_sale_of_a_page_that_crashed_is_brought_by_one_of_two",),
    ),
    Mutant(
        "nobody looks for what a page left that crashed",
        f"{TILL}bringing.js",
        "  const looking = setInterval(again, PARKED_MS)\n",
        "  const looking = 0\n",
        (f"{FAULTS}::test_a_till_that_stands_by_itself_brings_what_a_page_beside_it_left",),
    ),
    Mutant(
        "points pay behind what cannot be told",
        f"{TILL}selling.js",
        "    if (item.kind === 'sale' && spendsOurs(item.body)) throw (await struck(item), withoutNetwork())\n",
        "",
        (f"{FAULTS}::test_points_do_not_pay_behind_a_sale_that_cannot_be_told",),
    ),
    Mutant(
        "goods that wait to have come back come back again",
        f"{TILL}returning.js",
        "    return withWaiting(await look(asked))\n",
        "    return await look(asked)\n",
        (f"{FAULTS}::test_goods_that_came_back_and_wait_to_be_told_do_not_come_back_again",),
    ),
    Mutant(
        "two rewards pay for one piece",
        f"{TILL}state.js",
        "    if (over.length) rewards.value = rewards.value.filter(each => !over.includes(each))\n",
        "",
        (f"{FAULTS}::test_a_piece_is_paid_by_one_reward",),
    ),
    Mutant(
        "a number that is taken stops a sale in the queue",
        f"{TILL}queue.js",
        "  if (item.kind !== 'sale' || problem?.type !== TAKEN || nth > NUMBERS_MOST) return null\n",
        "  return null\n",
        (f"{FAULTS}::test_a_number_that_another_paper_bears_gives_way_when_the_queue_is_told",),
    ),
    Mutant(
        "a till that is left goes on showing whose card it was",
        f"{TILL}quiet.js",
        "  if (isLeft()) timer =",
        "  if (!isLeft()) timer =",
        (f"{LEFT}::test_a_till_that_is_left_shows_the_next_customer_nobodys_balance",),
    ),
    Mutant(
        "baskets that were set aside outlive the till's key",
        f"{TILL}frame.js",
        "leaveHeld(), signOut()",
        "signOut()",
        (f"{LEFT}::test_baskets_that_are_set_aside_do_not_outlive_the_key_and_that_is_asked",),
    ),
    Mutant(
        "what does not fit into storage is forgotten at once",
        f"{TILL}memory.js",
        "    unkept.set(name, value)\n",
        "",
        (f"{LEFT}::test_storage_that_is_full_does_not_break_a_sale_nor_number_two_alike",),
    ),
)
