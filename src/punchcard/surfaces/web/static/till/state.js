// The basket and what is known of the member who buys it, as signals. Nothing here asks the house.

import { batch, computed, effect, signal } from '../vendor/preact.js'
import { pointValue } from './desk.js'
import { read, write } from './memory.js'

// A line: {key, sku, name, category, brand, quantity, price, off, free}: the price of one, what was taken off all of them in
// minor units, and how many of them a reward pays.
export const lines = signal(read('pc.till.basket') ?? [])
// What was shown: {text, at, again}; `text` is the code at first, then the session that stands for it.
export const card = signal(null)
// {answer, of}: what the house said, and of which lines.
export const quoted = signal(null)
export const asking = signal(false)
// From the press until the answer: what is sold is what was in the basket then, and nobody else's card comes between.
export const selling = signal(false)
// {points, worth, approval}: what shall be spent.
export const spending = signal(null)
// Rewards that this sale uses up: [{id, name, amount, line}].
export const rewards = signal([])
// {error, way, text}: what is wrong, and what was being done.
export const refused = signal(null)
export const sold = signal(null)
// Which screen stands: 'sale', or 'returns' with what was found.
export const view = signal('sale')
export const picking = signal(false)
export const sheet = signal(null)
// What was typed in the field of the card.
export const typed = signal('')

effect(() => write('pc.till.basket', lines.value))

export const quote = computed(() => quoted.value?.answer ?? null)
const grossOf = line => line.price * line.quantity
export const offOf = line => Math.min(grossOf(line), line.off + line.free * line.price)
const netOf = line => grossOf(line) - offOf(line)

// The offers of the quote that lower the price, if it is a quote of this very basket.
const offersNow = computed(() =>
  quoted.value && quoted.value.of === lines.value ? quoted.value.answer.offers.filter(offer => offer.amount > 0) : [],
)
const byLine = computed(() => {
  const off = {}
  for (const offer of offersNow.value) for (const each of offer.lines ?? []) off[each.line] = (off[each.line] ?? 0) + each.amount
  return off
})

export const subtotal = computed(() => lines.value.reduce((sum, line) => sum + grossOf(line), 0))
export const discount = computed(
  () => lines.value.reduce((sum, line) => sum + offOf(line), 0) + offersNow.value.reduce((sum, offer) => sum + offer.amount, 0),
)
export const due = computed(() => subtotal.value - discount.value)
export const byReward = computed(() => Math.min(due.value, rewards.value.reduce((sum, each) => sum + each.amount, 0)))
export const byPoints = computed(() => Math.min(due.value - byReward.value, spending.value?.worth ?? 0))
export const toPay = computed(() => due.value - byReward.value - byPoints.value)
export const pieces = computed(() => lines.value.reduce((sum, line) => sum + line.quantity, 0))

let next = Date.now()
export function add(product) {
  const same = lines.value.find(line => line.sku === product.sku && line.price === product.amount && !line.off)
  if (same) return change(same.key, { quantity: same.quantity + 1 })
  const { sku, name, category, brand = '', amount } = product
  lines.value = [...lines.value, { key: (next += 1), sku, name, category, brand, price: amount, quantity: 1, off: 0, free: 0 }]
}

export function change(key, values) {
  const changed = lines.value.map(line => (line.key === key ? { ...line, ...values } : line))
  lines.value = changed.filter(line => line.quantity > 0)
  // A reward pays for a piece that is there: where pieces go, so do the rewards that paid for them.
  for (const line of changed) {
    const pays = rewards.value.filter(each => each.line === line.key)
    const over = pays.slice(line.quantity < 1 ? 0 : line.quantity)
    if (over.length) rewards.value = rewards.value.filter(each => !over.includes(each))
  }
}

export function useReward(reward, line) {
  batch(() => {
    rewards.value = [...rewards.value, { id: reward.id, name: reward.name, amount: reward.amount, line: line?.key }]
    if (line) change(line.key, { free: line.free + 1 })
  })
}

export function leaveReward(id) {
  const { line: key } = rewards.value.find(each => each.id === id)
  const line = lines.value.find(each => each.key === key)
  batch(() => {
    rewards.value = rewards.value.filter(each => each.id !== id)
    if (line) change(key, { free: Math.max(0, line.free - 1) })
  })
}

// The member goes, the basket stays.
export function dropCard() {
  batch(() => {
    rewards.value.forEach(each => leaveReward(each.id))
    ;[card, quoted, spending].forEach(each => (each.value = null))
    ;[asking.value, typed.value] = [false, '']
  })
}

export function emptied() {
  batch(() => {
    rewards.value = []
    lines.value = []
    dropCard()
    ;[refused.value, sold.value, picking.value, view.value] = [null, null, false, 'sale']
  })
}

// ── what the house is asked and told ──

const GREETING = { sku: 'greeting', category: 'greeting', quantity: 1, amount: 0 }
const wired = (line, more = 0) => {
  const off = offOf(line) + more
  const wire = { sku: line.sku, category: line.category, brand: line.brand, quantity: line.quantity, amount: netOf(line) - more }
  return off ? { ...wire, discount: off } : wire
}

// Before anything is in the basket a card is asked for with a line of nothing: so its code becomes a session while it is good.
export function quoteBody(cashier) {
  const wire = lines.value.length ? lines.value.map(line => wired(line)) : [GREETING]
  const whole = wire.reduce((sum, line) => sum + line.amount, 0)
  return { card: card.value.text, cashier, lines: wire, ...paid(whole) }
}

export function saleBody(cashier, receipt_number) {
  const wire = lines.value.map((line, i) => wired(line, byLine.value[i] ?? 0))
  const offers = Object.fromEntries(offersNow.value.map(offer => [offer.id, offer.amount]))
  const named = offersNow.value.length && card.value ? { offers } : {}
  const said = spending.value?.approval && byPoints.value ? { approval: spending.value.approval } : {}
  return { card: card.value?.text ?? '', cashier, receipt_number, lines: wire, ...named, ...paid(due.value), ...said }
}

// Points and rewards that take something off are tenders; what they leave is paid with money.
function paid(whole) {
  const things = rewards.value.filter(each => !each.amount).map(each => each.id)
  const tenders = []
  let left = whole
  for (const each of rewards.value.filter(reward => reward.amount && left)) {
    const amount = Math.min(left, each.amount)
    tenders.push({ kind: 'voucher', voucher: each.id, amount })
    left -= amount
  }
  const amount = Math.min(left, spending.value?.worth ?? 0)
  if (amount) tenders.push({ kind: 'points', amount, ...(amount === spending.value.worth ? { points: spending.value.points } : {}) })
  if (tenders.length && left > amount) tenders.push({ kind: 'money', amount: left - amount })
  return { ...(tenders.length ? { tenders } : {}), ...(things.length ? { vouchers: things } : {}) }
}

// How many points pay for what is due, and what they are worth: no more than the house lets this card.
export function spendable() {
  const may = quote.value.may_spend
  const left = due.value - byReward.value
  const one = may.points ? may.worth.amount / may.points : pointValue.value
  const most = Math.min(quote.value.balance, Math.ceil(left / one))
  return { one, most: may.needs === 'approval' ? most : Math.min(most, may.points), free: Math.min(most, may.points), left }
}
