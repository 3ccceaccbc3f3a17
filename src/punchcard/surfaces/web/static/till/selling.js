// The one place where a sale is made. Its id and its body are kept before they are sent and struck off once there is an answer:
// whoever asks again asks the same, so that nothing is sold twice. Where nobody answers it waits in the queue, and the next
// customer is served.

import { signal } from '../vendor/preact.js'
import { Offline, online } from '../core/api.js'
import { allTold, bring } from './bringing.js'
import { ended, house } from './desk.js'
import { items, keep, lockOf, strike, wait } from './queue.js'
import { locks } from './store.js'

const PATIENCE_MS = 6000
const PAUSE_MS = [700, 1500]
const BEFORE_MS = 3000
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
    await keep(item)
    const behind = items.value.some(({ id }) => id === item.sale)
    const passes = !behind && online.value && !ended.value && (await allTold(BEFORE_MS))
    return passes ? ask(item, path(item)) : later(item)
  })
  if (!receipt) bring().catch(console.warn)
  return receipt
}

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

const isInDoubt = error => error instanceof Offline || error.status >= 500 || BUSY.includes(error.code)

async function struck({ id }) {
  await strike(id)
  doubt.value = null
}

// The till's key is not in use any more: what was sold is told with the next one.
function shutOut(item) {
  ended.value = true
  return later(item)
}

async function later({ id }) {
  await wait(id)
  doubt.value = null
  return null
}

const pause = ms => new Promise(wake => {
  const timer = setTimeout(wake, ms)
  hurry = () => (clearTimeout(timer), wake())
})
