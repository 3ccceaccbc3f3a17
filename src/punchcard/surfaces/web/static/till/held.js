// A basket that waits while somebody fetches one thing more: it is set aside on this till, with its card, and taken up again.
// Nothing is set aside at the house: what a hold there reserves is points for a sale to come, which nobody here has decided on.

import { batch, signal } from '../vendor/preact.js'
import { houseTime, newId } from '../core/api.js'
import { read, write } from './memory.js'
import { card, emptied, lines, pieces, quote, rewards, toPay } from './state.js'

const KEPT = 'pc.till.held'
// [{id, at, lines, card, rewards, name, pieces, total}]
export const held = signal(read(KEPT) ?? [])
const keep = all => (write(KEPT, all), (held.value = all))

export function hold() {
  const name = quote.value?.member.name ?? ''
  const it = { id: newId(), at: houseTime(), lines: lines.value, card: card.value, rewards: rewards.value, name, pieces: pieces.value, total: toPay.value }
  keep([...held.value, it])
  emptied()
}

export function takeUp(id) {
  const it = held.value.find(each => each.id === id)
  keep(held.value.filter(each => each.id !== id))
  batch(() => {
    emptied()
    lines.value = it.lines
    rewards.value = it.rewards
    card.value = it.card
  })
}
