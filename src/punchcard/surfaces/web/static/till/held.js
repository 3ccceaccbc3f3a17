// A basket that waits while somebody fetches one thing more: it is set aside on this till, with its card, and taken up again.
// Nothing is set aside at the house: what a hold there reserves is points for a sale to come, which nobody here has decided on.

import { batch, computed, signal } from '../vendor/preact.js'
import { houseTime, newId } from '../core/api.js'
import { desk } from './desk.js'
import { read, write } from './memory.js'
import { card, emptied, lines, pieces, quote, rewards, toPay } from './state.js'

const KEPT = 'pc.till.held'
// [{id, at, till, lines, card, rewards, name, pieces, total}], of every till whose key was here; another page may have changed it.
const all = signal(read(KEPT) ?? [])
const till = () => desk.value?.till.id
export const held = computed(() => all.value.filter(each => each.till === till()))
const keep = work => {
  const now = work(read(KEPT) ?? [])
  write(KEPT, now)
  all.value = now
}
addEventListener('storage', ({ key }) => key === KEPT && (all.value = read(KEPT) ?? []))

export function hold() {
  const name = quote.value?.member.name ?? ''
  const it = { id: newId(), at: houseTime(), till: till(), lines: lines.value, card: card.value, rewards: rewards.value, name, pieces: pieces.value, total: toPay.value }
  keep(before => [...before, it])
  emptied()
}

// Who signs the till out leaves nobody's basket and nobody's card behind.
export const leaveHeld = () => keep(before => before.filter(each => each.till !== till()))

export function takeUp(id) {
  const it = held.value.find(each => each.id === id)
  if (!it) return
  keep(before => before.filter(each => each.id !== id))
  batch(() => {
    emptied()
    lines.value = it.lines
    rewards.value = it.rewards
    card.value = it.card
  })
}
