// What the cashier does with the basket: sell it, go on with the next customer.

import { batch } from '../vendor/preact.js'
import { houseTime, newId, online } from '../core/api.js'
import { bring } from './bringing.js'
import { cashier, nextNumber, today } from './desk.js'
import { read, write } from './memory.js'
import { adopt, keptSale, load, lockOf } from './queue.js'
import { ready } from './quoting.js'
import { remember, spendsOurs, withoutNetwork } from './past.js'
import { HANDED, sell } from './selling.js'
import { locks } from './store.js'
import { card, discount, emptied, lines, quote, quoted, refused, saleBody, selling, sold, subtotal, toPay, byPoints, byReward } from './state.js'

const [QUOTE_MS, HANDED_MS] = [4000, 3000]
const moment = ms => new Promise(wake => setTimeout(wake, ms))

export async function sellBasket() {
  if (selling.value || !lines.value.length) return
  selling.value = true
  try {
    if (online.value) await Promise.race([ready(), moment(QUOTE_MS)])
    if (!refused.value) await settle(draft())
  } finally {
    selling.value = false
  }
}

// One id for one basket, with all that its receipt shows: the basket may be gone when the answer comes.
function draft() {
  const number = nextNumber()
  const at = houseTime()
  return {
    id: newId(),
    at,
    body: { ...saleBody(cashier.value, number), at: new Date(at).toISOString() },
    shown: {
      number,
      day: today(),
      at,
      card: Boolean(card.value),
      // What the house reckoned for this very basket; without that nothing is said.
      estimate: quoted.value?.of === lines.value ? quoted.value.answer.earns : null,
      name: quote.value?.member.name ?? '',
      lines: lines.value,
      subtotal: subtotal.value,
      discount: discount.value,
      points: byPoints.value,
      rewards: byReward.value,
      toPay: toPay.value,
    },
  }
}

async function settle(sale) {
  if (!online.value && spendsOurs(sale.body)) return (refused.value = { error: withoutNetwork(), from: 'sale', card: card.value })
  try {
    const receipt = await sell(sale)
    await remember(sale).catch(console.warn)
    batch(() => {
      emptied()
      sold.value = { ...sale, receipt }
    })
    write(HANDED, null)
  } catch (error) {
    if (!error.status) throw error
    write(HANDED, null)
    if (error.code === 'receipt-taken') return settle(renumbered(sale))
    refused.value = { error, from: 'sale', card: card.value }
  }
}

// Under the same id, since nothing was written: what was approved or shown for this sale is good for it still.
function renumbered(sale) {
  const number = nextNumber()
  return { ...sale, body: { ...sale.body, receipt_number: number }, shown: { ...sale.shown, number } }
}

export const nextCustomer = emptied

// A sale that was sent when the page was closed is told with what waits; its basket is not sold again.
export async function resume() {
  await load()
  const handed = read(HANDED)
  // A page that was closed a moment ago may hold its sale still.
  if (handed) await locks.request(lockOf(handed), { signal: AbortSignal.timeout(HANDED_MS) }, () => null).catch(console.debug)
  const adopted = (await adopt()).findLast(each => each.kind === 'sale')
  const sale = adopted ?? (handed && (await keptSale(handed)))
  const isOurs = adopted || sale?.stage !== 'asking' // or another page is still at it
  if (sale || handed) batch(() => (emptied(), (sold.value = sale && isOurs ? { ...sale, receipt: null } : null)))
  if (handed && isOurs) write(HANDED, null)
  await bring()
}
