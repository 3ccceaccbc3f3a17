// What this till sold lately, as the house would show it, so that goods can come back without a network; and what cannot be done
// without one.

import { text } from '../core/words.js'
import { cashier, desk } from './desk.js'
import { change, everything } from './store.js'

const DAY_MS = 86_400_000
const KEPT_MS = 3 * DAY_MS

const MONEY = ['money', 'cash']
export const spendsOurs = body => Boolean(body.vouchers?.length || body.tenders?.some(({ kind, token }) => !token && !MONEY.includes(kind)))

// Said as the house says a refusal, so that it is shown like one.
export const withoutNetwork = () => Object.assign(new Error(text('offline.no-points-how')), { status: 409, code: 'no-network' })

export async function remember({ id, at, body, shown }) {
  await change(['sold'], async ({ sold }) => {
    const asked = sold.getAll()
    asked.onsuccess = () => asked.result.filter(each => each.until < at).forEach(each => sold.delete(each.id))
    sold.put({ id, till: desk.value.till.id, until: at + KEPT_MS, day: shown.day, number: shown.number, seen: seenAs({ id, at, body, shown }) })
  })
}

function seenAs({ id, at, body, shown }) {
  const lines = body.lines.map(({ sku, quantity, amount }, line) => ({ line, sku, name: shown.lines[line]?.name ?? sku, quantity, amount, returned: 0 }))
  const total = body.lines.reduce((sum, { amount }) => sum + amount, 0)
  return {
    ...{ id, lines, total, tenders: body.tenders ?? [], refundable: {}, voided: null, detail: null },
    ...{ at: new Date(at).toISOString(), void_until: new Date(at + DAY_MS).toISOString() },
    ...{ receipt_number: shown.number, shop_name: desk.value.shop.name, cashier: body.cashier || cashier.value, member: shown.name || null },
    ...{ returnable: !spendsOurs(body) && Boolean(body.card), spent: spendsOurs(body), guest: !body.card },
  }
}

const same = (a, b) => a.replaceAll(' ', '').toUpperCase() === b.replaceAll(' ', '').toUpperCase()

// As the house answers where it is asked for a sale; null where this till does not know it.
export async function known({ id, day, number }) {
  const found = (await everything('sold')).find(each => each.till === desk.value.till.id && (id ? each.id === id : each.day === day && same(each.number, number)))
  if (!found) return null
  const detail = found.seen.spent ? text('offline.return-spent') : found.seen.guest ? text('offline.return-guest') : null
  return { ...found.seen, detail }
}

// What came back, so that it does not come back twice.
export async function cameBack(id, quantities) {
  await change(['sold'], async ({ sold }) => {
    const asked = sold.get(id)
    asked.onsuccess = () => {
      if (!asked.result) return
      const { seen } = asked.result
      const back = new Map(quantities.map(each => [each.line, each.quantity]))
      const lines = seen.lines.map(line => ({ ...line, returned: line.returned + (back.get(line.line) ?? 0) }))
      sold.put({ ...asked.result, seen: { ...seen, lines, returnable: seen.returnable && lines.some(line => line.returned < line.quantity) } })
    }
  })
}
