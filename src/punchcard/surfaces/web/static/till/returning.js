// A sale that comes back: found by its receipt, in part or whole, or made void because it should not have been.

import { signal } from '../vendor/preact.js'
import { houseTime, newId, Offline } from '../core/api.js'
import { text } from '../core/words.js'
import { cashier, house } from './desk.js'
import { cameBack, known } from './past.js'
import { tell } from './selling.js'
import { sold, view } from './state.js'

// What was found: the sale as it stands, or null while it is looked for.
export const returning = signal(null)
// What a return or a void did: {receipt, kind, money}.
export const broughtBack = signal(null)
let id = newId()

export function openReturns(found = null) {
  returning.value = found
  broughtBack.value = null
  id = newId()
  view.value = 'returns'
}

export function closeReturns() {
  if (broughtBack.value) sold.value = null
  else if (returning.value) return openReturns()
  view.value = 'sale'
}

// Where nobody answers, what this till sold lately is known all the same.
export async function find(asked) {
  try {
    return await look(asked)
  } catch (error) {
    if (!(error instanceof Offline)) throw error
    const seen = await known(asked)
    if (seen) return seen
    throw Object.assign(new Error(text('offline.not-known')), { status: 409, code: 'no-network' })
  }
}

const look = ({ id: sale, day, number }) =>
  sale ? house.get(`/till/sales/${sale}`) : house.get(`/till/receipts?${new URLSearchParams({ day, number })}`)

// What these goods cost, a part of a line by its share.
export function worthOf(sale, quantities) {
  return quantities.reduce((sum, each) => {
    const line = sale.lines.find(known => known.line === each.line)
    return sum + Math.round((line.amount * each.quantity) / line.quantity)
  }, 0)
}

// What had paid comes back first, as far as the goods are worth it; the rest of their worth is money.
export function split(sale, worth, ours) {
  const refunds = {}
  let left = worth
  for (const [currency, most] of Object.entries(ours ? sale.refundable : {})) {
    const paid = sale.tenders.find(tender => tender.currency === currency && tender.points > 0)
    const value = paid ? paid.amount / paid.points : 1
    const back = Math.min(most, Math.floor(left / value))
    if (back) refunds[currency] = back
    left -= Math.round(back * value)
  }
  return { refunds, money: left }
}

// The same id for the same goods, however often it is pressed: once it was answered, another.
export async function takeBack(quantities, ours) {
  const sale = returning.value
  const { refunds, money } = split(sale, worthOf(sale, quantities), ours)
  const more = Object.keys(refunds).length ? { refunds } : {}
  const body = { cashier: cashier.value, quantities, ...more }
  const receipt = await told('return', id, sale, body, money, () => `/till/sales/${sale.id}/returns/${id}`)
  await cameBack(sale.id, quantities)
  id = newId()
  broughtBack.value = { receipt, kind: 'return', money }
}

export async function makeVoid(reason) {
  const sale = returning.value
  const left = sale.lines.map(line => ({ line: line.line, quantity: line.quantity - line.returned }))
  const { money } = split(sale, worthOf(sale, left), true)
  const receipt = await told('void', newId(), sale, { cashier: cashier.value, reason }, money, () => `/till/sales/${sale.id}/void`)
  await cameBack(sale.id, left)
  broughtBack.value = { receipt, kind: 'void', money }
}

// Kept like a sale, and told later where nobody answers: then there is no receipt yet.
async function told(kind, id, sale, body, money, path) {
  const at = houseTime()
  const shown = { toPay: -money, number: sale.receipt_number, card: Boolean(sale.member) }
  return (await tell({ kind, id, sale: sale.id, at, body: { ...body, at: new Date(at).toISOString() }, shown }, path)) ?? { kept: true }
}
