// The queue is brought to the house, by one page at a time: first everything is handed over, then it is asked what became of it.

import { computed, effect, signal } from '../vendor/preact.js'
import { Offline, online } from '../core/api.js'
import { say } from '../core/ui.js'
import { t } from '../core/words.js'
import { isOfNobody } from './answers.js'
import { ended, house, key } from './desk.js'
import { adopt, asked, batches, bodyOf, gather, items, load, refuse, settle, takeApart, told, untold } from './queue.js'
import { locks } from './store.js'

const LOCK = 'pc.till.bringing'
const MOST = 2000
const PATIENCE_MS = 30_000
const LOOK_MS = [300, 600, 1200, 2500]
const PARKED_MS = 60_000
const AGAIN_MS = [2000, 4000, 8000, 16_000, 32_000]
const SOON = ['running', 'busy', 'too-many']

export const bringing = signal(false)
// The house's sentence when it would not listen to this till at all.
export const shut = signal('')
// How far the house is with what it has: {done, total}, or null.
export const progress = computed(() => {
  const open = batches.value.filter(({ address }) => address)
  const total = open.reduce((sum, { ids }) => sum + ids.length, 0)
  return total ? { total, done: open.reduce((sum, { done }) => sum + done, 0) } : null
})

let running = null
let timer
let failed = 0

// Once at a time; another page of this browser may be at it already, and then it is done there.
export const bring = () =>
  (running ??= locks.request(LOCK, { ifAvailable: true }, lock => lock && turn()).finally(() => (running = null)))

const again = () => bring().catch(console.warn)

async function turn() {
  clearTimeout(timer)
  await load()
  await adopt()
  // No batch is made up while nobody answers: what is sold meanwhile goes with it.
  if (!key.value || !online.value || !items.value.length) return
  bringing.value = true
  try {
    await everythingTold()
    failed = 0
    shut.value = ''
  } catch (error) {
    if (!isForLater(error)) throw error
    failed += 1
  } finally {
    bringing.value = false
    if (items.value.length && !ended.value) timer = setTimeout(again, failed ? AGAIN_MS[Math.min(failed, AGAIN_MS.length) - 1] : PARKED_MS)
  }
}

async function everythingTold() {
  for (let looks = 0; ; looks += 1) {
    await handOver()
    await Promise.all(batches.value.filter(({ address }) => address).map(outcomes))
    const open = items.value.filter(({ stage }) => stage !== 'parked')
    if (!open.length) return
    if (!untold.value.length) await new Promise(wake => setTimeout(wake, LOOK_MS[Math.min(looks, LOOK_MS.length - 1)]))
  }
}

// Everything that waits is taken in by the house, in batches whose keys were written down. What it will not hear in a batch it
// hears in halves, so that one item that is wrong keeps no other back.
async function handOver() {
  let most = MOST
  for (;;) {
    const batch = batches.value.find(({ address }) => !address) ?? (await gather(most))
    if (!batch) return
    try {
      const { address } = await house.post('/till/batches', await bodyOf(batch), { headers: { 'Idempotency-Key': batch.key }, patience: PATIENCE_MS })
      await told(batch, address)
      most = Math.min(MOST, most * 2)
    } catch (error) {
      if (!error.status || isForLater(error)) throw error
      most = Math.max(1, Math.floor(batch.ids.length / 2))
      await (batch.ids.length > 1 ? takeApart(batch) : refuse(batch, { detail: error.message, type: error.type }))
    }
  }
}

// A till whose key is not in use any more is heard again with its next one, and has everything still.
function isForLater(error) {
  if (error instanceof Offline || error.status >= 500 || SOON.includes(error.code) || isOfNobody(error)) return true
  if (error.status !== 401 && error.status !== 403) return false
  shut.value = error.message
  ended.value = error.status === 401
  return true
}

async function outcomes(batch) {
  for (let [next, read] = [batch.after, batch]; next !== null; read = batches.value.find(each => each.key === batch.key)) {
    if (!read) return
    try {
      const said = await house.get(`${batch.address}?after=${next}`)
      const anew = await settle(read, said.results, said)
      for (const { shown, body } of anew) say(t('offline.renumbered', { number: shown.number, other: body.receipt_number }))
      next = said.next
    } catch (error) {
      if (error.status === 404) return takeApart(batch)
      throw error
    }
  }
}

effect(() => {
  if (online.value && key.value && !ended.value) queueMicrotask(() => bring().catch(console.warn))
})

// Whoever asks may crash before there is an answer, or find no room to write down that there was none: then somebody looks again.
effect(() => {
  if (!asked.value) return
  const looking = setInterval(again, PARKED_MS)
  return () => clearInterval(looking)
})

// True once nothing waits that the house has not taken in: what comes later may pass then. It waits a moment for it.
export async function allTold(within_ms) {
  if (!untold.value.length) return true
  await Promise.race([bring().catch(console.warn), new Promise(wake => setTimeout(wake, within_ms))])
  return !untold.value.length
}
