// The one place where a sale is made. Its id and its body are kept before they are sent and struck off once there is an answer:
// whoever asks again asks the same, so that nothing is sold twice. Where nobody answers it waits in the queue, and the next
// customer is served.

import { signal } from '../vendor/preact.js'
import { Offline, online } from '../core/api.js'
import { text } from '../core/words.js'
import { isOfNobody } from './answers.js'
import { allTold, bring } from './bringing.js'
import { ended, house } from './desk.js'
import { write } from './memory.js'
import { spendsOurs, withoutNetwork } from './past.js'
import { items, keep, lockOf, strike, wait } from './queue.js'
import { locks } from './store.js'

const PATIENCE_MS = 6000
const PAUSE_MS = [700, 1500]
const BEFORE_MS = 3000
// The sale that the basket was handed to once it was kept: after a crash it must not be found unsold, whoever tells it.
export const HANDED = 'pc.till.handed'
const BUSY = ['running', 'busy', 'too-many']

// The sale that is sent and not yet answered, from the second try on: {id, body, tries}.
export const doubt = signal(null)
let hurry = () => {}
export const tryNow = () => hurry()

// {id, body} and what the receipt shows. Answers the receipt, or null where the sale is kept to be told later; throws the house's
// refusal.
export const sell = sale => tell({ kind: 'sale', ...sale }, () => `/till/sales/${sale.id}`)

// What waits untold goes first: what comes later is told behind it, and so is what comes back of a sale that still waits.
export async function tell(item, path) {
  const receipt = await locks.request(lockOf(item.id), async () => {
    await kept(item)
    if (item.kind === 'sale') write(HANDED, item.id)
    const behind = items.value.some(({ id }) => id === item.sale)
    const passes = !behind && online.value && !ended.value && (await allTold(BEFORE_MS))
    if (passes) return ask(item, path(item))
    // Never asked, so nothing is spent: what only the house can say yes to is not given away.
    if (item.kind === 'sale' && spendsOurs(item.body)) throw (await struck(item), withoutNetwork())
    return later(item)
  })
  if (!receipt) bring().catch(console.warn)
  return receipt
}

// What cannot be kept is not done at all: nobody could tell it later.
const kept = item =>
  keep(item).catch(async error => {
    console.warn(error)
    await struck(item)
    throw Object.assign(new Error(text('offline.no-room')), { status: 507, code: 'no-room' })
  })

async function ask(item, path) {
  for (let tries = 1; ; tries += 1) {
    try {
      const receipt = await house.put(path, item.body, { patience: PATIENCE_MS })
      await struck(item)
      return receipt
    } catch (error) {
      if (error.status === 401) return shutOut(item)
      if (!isInDoubt(error)) {
        await struck(item)
        throw error
      }
      if (error instanceof Offline || tries > PAUSE_MS.length) return later(item)
    }
    doubt.value = { ...item, tries }
    await pause(PAUSE_MS[tries - 1])
  }
}

const isInDoubt = error => error instanceof Offline || error.status >= 500 || BUSY.includes(error.code) || isOfNobody(error)

// Where a disk is full what was answered may stay in the queue, and is told again: that is no reason to sell it again.
async function struck({ id }) {
  await strike(id).catch(console.warn)
  doubt.value = null
}

// The till's key is not in use any more: what was sold is told with the next one.
function shutOut(item) {
  ended.value = true
  return later(item)
}

async function later({ id }) {
  await wait(id).catch(console.warn)
  doubt.value = null
  return null
}

const pause = ms => new Promise(wake => {
  const timer = setTimeout(wake, ms)
  hurry = () => (clearTimeout(timer), wake())
})
