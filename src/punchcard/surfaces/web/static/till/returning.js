// A sale that comes back: found by its receipt, in part or whole, or made void because it should not have been.

import { signal } from '../vendor/preact.js'
import { houseTime, newId, Offline } from '../core/api.js'
import { text } from '../core/words.js'
import { cashier, house } from './desk.js'
import { cameBack, known } from './past.js'
import { items } from './queue.js'
import { tell } from './selling.js'
import { sold, view } from './state.js'

// What was found: the sale as it stands, or null while it is looked for.
export const returning = signal(null)
// What a return or a void did: {receipt, kind, money}.
export const broughtBack = signal(null)
let id = newId()
// While goods are taken back nothing else is looked at: what to give back must be seen.
let taking = false
export const isTaking = () => taking

export function openReturns(found = null) {
  if (taking) return
  returning.value = found
  broughtBack.value = null
  id = newId()
  view.value = 'returns'
}

export function closeReturns() {
  if (taking) return
  if (broughtBack.value) sold.value = null
  else if (returning.value) return openReturns()
  view.value = 'sale'
}

// Where nobody answers, what this till sold lately is known all the same.
export async function find(asked) {
  try {
    return withWaiting(await look(asked))
  } catch (error) {
    if (!(error instanceof Offline)) throw error
    const seen = await known(asked)
    if (seen) return seen
    throw Object.assign(new Error(text('offline.not-known')), { status: 409, code: 'no-network' })
  }
}

const look = ({ id: sale, day, number }) =>
  sale ? house.get(`/till/sales/${sale}`) : house.get(`/till/receipts?${new URLSearchParams({ day, number })}`)

// What came back here and the house has not been told yet has come back all the same.
function withWaiting(found) {
  const back = items.value.filter(({ kind, sale }) => kind !== 'sale' && sale === found.id)
  if (!back.length) return found
  const voided = back.some(({ kind }) => kind === 'void')
  const count = line => back.flatMap(({ body }) => body.quantities ?? []).reduce((sum, each) => sum + (each.line === line ? each.quantity : 0), 0)
  const lines = found.lines.map(line => ({ ...line, returned: voided ? line.quantity : Math.min(line.quantity, line.returned + count(line.line)) }))
  const given = name => back.reduce((sum, { body }) => sum + (body.refunds?.[name] ?? 0), 0)
  const refundable = Object.fromEntries(Object.entries(found.refundable).map(([name, most]) => [name, voided ? 0 : Math.max(0, most - given(name))]))
  const left = lines.some(line => line.returned < line.quantity)
  return { ...found, lines, refundable, returnable: found.returnable && left, voided: found.voided || voided }
}

// What so many of a line cost: what the rest came to before, less what it comes to after, as the house reckons it.
const costOf = ({ amount, quantity, returned }, n) => partOf(amount, quantity - returned, quantity) - partOf(amount, quantity - returned - n, quantity)
const partOf = (amount, n, of) => Math.floor((amount * n) / of)

export const worthOf = (sale, quantities) =>
  quantities.reduce((sum, each) => sum + costOf(sale.lines.find(({ line }) => line === each.line), each.quantity), 0)

// What rewards and points paid was never in the drawer: of money no more comes back than was paid with it and has not come back.
const NO_MONEY = ['points', 'voucher', 'shortfall']
const byOurs = ({ kind, points }) => points > 0 || NO_MONEY.includes(kind)
const sum = tenders => tenders.reduce((all, { amount }) => all + amount, 0)
function moneyLeft(sale) {
  const paid = Math.max(0, sale.total - sum(sale.tenders.filter(byOurs)))
  const gone = sale.lines.reduce((all, line) => all + line.amount - partOf(line.amount, line.quantity - line.returned, line.quantity), 0)
  const given = sale.tenders.filter(({ currency, points }) => currency && points > 0).reduce((all, each) => all + each.amount - Math.round(((sale.refundable[each.currency] ?? 0) * each.amount) / each.points), 0)
  return paid - Math.min(paid, Math.max(0, gone - Math.max(0, given)))
}

// What had paid comes back first, as far as the goods are worth it; the rest of their worth is money, as far as money paid.
export function split(sale, quantities, ours) {
  const refunds = {}
  let left = worthOf(sale, quantities)
  for (const [currency, most] of Object.entries(ours ? sale.refundable : {})) {
    const paid = sale.tenders.find(tender => tender.currency === currency && tender.points > 0)
    const value = paid ? paid.amount / paid.points : 1
    const back = Math.min(most, Math.floor(left / value))
    if (back) refunds[currency] = back
    left -= Math.round(back * value)
  }
  return { refunds, money: Math.max(0, Math.min(left, moneyLeft(sale))) }
}

// The same id for the same goods, however often it is pressed: once it was answered, another.
export async function takeBack(quantities, ours) {
  const sale = returning.value
  const { refunds, money } = split(sale, quantities, ours)
  const more = Object.keys(refunds).length ? { refunds } : {}
  const body = { cashier: cashier.value, quantities, ...more }
  const receipt = await told('return', id, sale, body, money, () => `/till/sales/${sale.id}/returns/${id}`)
  await cameBack(sale.id, quantities).catch(console.warn)
  id = newId()
  broughtBack.value = { receipt, kind: 'return', money }
}

export async function makeVoid(reason) {
  const sale = returning.value
  const left = sale.lines.map(line => ({ line: line.line, quantity: line.quantity - line.returned }))
  const { money } = split(sale, left, true)
  const receipt = await told('void', newId(), sale, { cashier: cashier.value, reason }, money, () => `/till/sales/${sale.id}/void`)
  await cameBack(sale.id, left).catch(console.warn)
  broughtBack.value = { receipt, kind: 'void', money }
}

// Kept like a sale, and told later where nobody answers: then there is no receipt yet.
async function told(kind, id, sale, body, money, path) {
  const at = houseTime()
  const shown = { toPay: -money, number: sale.receipt_number, card: Boolean(sale.member) }
  taking = true
  try {
    return (await tell({ kind, id, sale: sale.id, at, body: { ...body, at: new Date(at).toISOString() }, shown }, path)) ?? { kept: true }
  } finally {
    taking = false
  }
}
