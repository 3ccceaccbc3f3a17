// A sale that comes back: found by its receipt, in part or whole, or made void because it should not have been.

import { signal } from '../vendor/preact.js'
import { newId } from '../core/api.js'
import { cashier, house } from './desk.js'
import { view } from './state.js'

// What was found: the sale as it stands, or null while it is looked for.
export const returning = signal(null)
// What a return or a void did: {receipt, money, points, kind}.
export const broughtBack = signal(null)
let id = newId()

export function openReturns(found = null) {
  returning.value = found
  broughtBack.value = null
  id = newId()
  view.value = 'returns'
}

export function closeReturns() {
  if (returning.value && !broughtBack.value) return openReturns()
  view.value = 'sale'
}

export const find = ({ id: sale, day, number }) =>
  sale ? house.get(`/till/sales/${sale}`) : house.get(`/till/receipts?${new URLSearchParams({ day, number })}`)

// The same id for the same goods, however often it is pressed: once it was answered, another.
export async function takeBack(quantities, refunds) {
  const sale = returning.value
  const body = { cashier: cashier.value, quantities, ...(Object.keys(refunds).length ? { refunds } : {}) }
  const receipt = await house.put(`/till/sales/${sale.id}/returns/${id}`, body)
  id = newId()
  broughtBack.value = { receipt, kind: 'return', worth: worthOf(sale, quantities) }
}

export async function makeVoid(reason) {
  const sale = returning.value
  const receipt = await house.put(`/till/sales/${sale.id}/void`, { cashier: cashier.value, reason })
  const left = sale.lines.map(line => ({ line: line.line, quantity: line.quantity - line.returned }))
  broughtBack.value = { receipt, kind: 'void', worth: worthOf(sale, left) }
}

// What these goods cost, a part of a line by its share.
function worthOf(sale, quantities) {
  return quantities.reduce((sum, each) => {
    const line = sale.lines.find(known => known.line === each.line)
    return sum + Math.round((line.amount * each.quantity) / line.quantity)
  }, 0)
}
