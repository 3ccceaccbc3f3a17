// What was done here and the house has not answered for yet: kept before it is sent, and struck off once there is an outcome.
//
// An item: {id, kind, sale, body, at, till, stage, batch, shown}. Its stage is 'asking' while the till asks for it alone, then
// 'waiting', 'told' when the house has taken it in, 'parked' when it waits there for its sale. `id` and `body` never change, so
// that whatever is sent twice counts once; only a number that the house said is another paper's gives way to another.

import { computed, signal } from '../vendor/preact.js'
import { newId } from '../core/api.js'
import { desk } from './desk.js'
import { change, everything, found, locks } from './store.js'

const FINAL = ['done', 'replayed', 'refused']

const all = signal([])
const refusals = signal([])
const brought = signal([])
const till = () => desk.value?.till.id
const mine = each => each.till === till()
// A batch that was made up for another till is never sent with the key of this one.
export const batches = computed(() => brought.value.filter(mine))
export const items = computed(() => all.value.filter(each => mine(each) && each.stage !== 'asking'))
export const asked = computed(() => all.value.some(each => mine(each) && each.stage === 'asking'))
// Of another till whose key was here before: only that key can bring them.
export const others = computed(() => all.value.filter(each => !mine(each)))
// What the house will not have: {…item, problem}, until somebody has looked.
export const troubles = computed(() => refusals.value.filter(mine))
export const untold = computed(() => items.value.filter(each => each.stage === 'waiting'))

const news = new BroadcastChannel('pc.till.queue')
news.onmessage = () => load()

export async function load() {
  const [kept, bad, made] = await Promise.all(['items', 'refused', 'batches'].map(everything))
  all.value = kept.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  refusals.value = bad
  brought.value = made
}

async function changed(names, work) {
  const said = await change(names, work)
  await load()
  news.postMessage('changed')
  return said
}

export const keep = item => changed(['items'], ({ items }) => items.put({ ...item, till: till(), stage: 'asking' }) && item)
export const strike = id => changed(['items'], ({ items }) => items.delete(id) && null)
export const wait = id => restage([id], 'waiting')

const restage = (ids, stage) =>
  changed(['items'], async ({ items }) => {
    for (const id of ids) {
      const item = await found(items.get(id))
      if (item) items.put({ ...item, stage })
    }
  })

// What a page asked for that is gone now, crashed or closed, is nobody's: it waits. Answers what it was, the last one at the end.
export async function adopt() {
  const asked = (await everything('items')).filter(each => each.stage === 'asking')
  const alive = new Set((await locks.query()).held.map(({ name }) => name))
  const left = asked.filter(({ id }) => !alive.has(lockOf(id)))
  if (left.length) await restage(left.map(({ id }) => id), 'waiting')
  return left
}
export const keptSale = async id => (await everything('items')).find(each => each.id === id)
export const lockOf = id => `pc.till.asking.${id}`

// The next batch, with the key under which it will be sent: as it happened, what is oldest first.
export function gather(most) {
  return changed(['items', 'batches'], async ({ items, batches }) => {
    const waiting = (await found(items.getAll())).filter(each => mine(each) && each.stage === 'waiting' && !each.batch)
    if (!waiting.length) return null
    const chosen = waiting.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, most)
    const batch = { key: newId(), till: till(), ids: chosen.map(({ id }) => id), address: '', after: 0, done: 0 }
    chosen.forEach(each => items.put({ ...each, batch: batch.key }))
    batches.put(batch)
    return batch
  })
}

export async function bodyOf(batch) {
  const kept = new Map((await everything('items')).map(each => [each.id, each]))
  return { items: batch.ids.map(id => kept.get(id)).filter(Boolean).map(({ kind, id, sale, body }) => ({ kind, id, ...(sale ? { sale } : {}), ...body })) }
}

// The house has taken it in: from now on it is asked what became of it.
export const told = (batch, address) =>
  changed(['items', 'batches'], async ({ items, batches }) => {
    for (const id of batch.ids) items.put({ ...(await found(items.get(id))), stage: 'told' })
    batches.put({ ...batch, address })
  })

// The house will not hear this batch as it is: what is in it waits again, and may be sent in another.
export const takeApart = batch =>
  changed(['items', 'batches'], async ({ items, batches }) => {
    for (const id of batch.ids) {
      const item = await found(items.get(id))
      if (item) items.put({ ...item, batch: null, stage: 'waiting' })
    }
    batches.delete(batch.key)
  })

export const refuse = (batch, problem) =>
  changed(['items', 'batches', 'refused'], async ({ items, batches, refused }) => {
    for (const id of batch.ids) {
      refused.put({ ...(await found(items.get(id))), problem })
      items.delete(id)
    }
    batches.delete(batch.key)
  })

// The house looks whether it knows an id before it looks at the number: where that is taken, nothing was written under this id.
const TAKEN = 'urn:punchcard:receipt-taken'
const NUMBERS_MOST = 9
function renumbered(item, problem) {
  const nth = (item.nth ?? 1) + 1
  if (item.kind !== 'sale' || problem?.type !== TAKEN || nth > NUMBERS_MOST) return null
  return { ...item, nth, batch: null, stage: 'waiting', body: { ...item.body, receipt_number: `${item.shown.number}-${nth}` } }
}

// One page of outcomes. What has one leaves the queue, and only that; what is refused goes where somebody looks at it. Answers
// what is to be told again under another number.
export const settle = (batch, results, progress) =>
  changed(['items', 'batches', 'refused'], async ({ items, batches, refused }) => {
    const anew = []
    for (const { number, outcome, problem } of results) {
      const item = await found(items.get(batch.ids[number - 1]))
      if (!item || item.batch !== batch.key) continue
      const again = outcome === 'refused' && renumbered(item, problem)
      if (again) {
        anew.push(again)
        items.put(again)
        continue
      }
      if (outcome === 'refused') refused.put({ ...item, problem })
      if (FINAL.includes(outcome)) items.delete(item.id)
      else if (outcome === 'parked' && item.stage !== 'parked') items.put({ ...item, stage: 'parked' })
    }
    const left = (await found(items.getAll())).some(each => each.batch === batch.key)
    left ? batches.put({ ...batch, ...after(batch, results), done: progress.done }) : batches.delete(batch.key)
    return anew
  })

// Where to read on next time: behind what is settled without a gap.
function after(batch, results) {
  const open = results.find(({ number, outcome }) => number > batch.after && !FINAL.includes(outcome))
  const last = open ? open.number - 1 : (results.at(-1)?.number ?? 0)
  return results.length && results[0].number === batch.after + 1 ? { after: Math.max(batch.after, last) } : {}
}

export const dismiss = id => changed(['refused'], ({ refused }) => refused.delete(id) && null)
