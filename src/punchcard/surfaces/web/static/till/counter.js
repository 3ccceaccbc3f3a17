// What the cashier does with the basket: sell it, go on with the next customer.

import { batch, signal } from '../vendor/preact.js'
import { houseTime, newId } from '../core/api.js'
import { cashier, nextNumber, today } from './desk.js'
import { ready } from './quoting.js'
import { sell, unanswered } from './selling.js'
import { card, discount, emptied, lines, quote, refused, saleBody, sold, subtotal, toPay, byPoints, byReward } from './state.js'

export const selling = signal(false)

export async function sellBasket() {
  if (selling.value || !lines.value.length) return
  selling.value = true
  try {
    await ready()
    if (!refused.value) await settle(draft())
  } finally {
    selling.value = false
  }
}

// One id for one basket, with all that its receipt shows: the basket may be gone when the answer comes.
function draft() {
  const number = nextNumber()
  return {
    id: newId(),
    body: saleBody(cashier.value, number),
    shown: {
      number,
      day: today(),
      at: houseTime(),
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
  try {
    const receipt = await sell(sale)
    batch(() => {
      emptied()
      sold.value = { ...sale, receipt }
    })
  } catch (error) {
    if (!error.status) throw error
    if (error.code === 'receipt-taken') return settle(renumbered(sale))
    refused.value = { error, from: 'sale', card: card.value }
  }
}

function renumbered(sale) {
  const number = nextNumber()
  return { id: newId(), body: { ...sale.body, receipt_number: number }, shown: { ...sale.shown, number } }
}

export const nextCustomer = emptied

// A sale that was sent when the page was closed is asked for first.
export async function resume() {
  const sale = unanswered()
  if (!sale) return
  selling.value = true
  try {
    await settle(sale)
  } finally {
    selling.value = false
  }
}
