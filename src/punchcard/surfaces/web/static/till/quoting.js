// What this basket earns and may spend: asked whenever the basket or the card changes. The newest answer wins.

import { batch, effect } from '../vendor/preact.js'
import { Offline, online } from '../core/api.js'
import { announce } from '../core/ui.js'
import { text } from '../core/words.js'
import { cashier, house } from './desk.js'
import { asking, card, dropCard, lines, quoteBody, quoted, refused, rewards, spending } from './state.js'

const SETTLE_MS = 120
let turn = 0
let timer
let waiting = []

// Asked at once for a card that was just read, a moment later while the basket changes.
effect(() => {
  const now = card.value
  ;[lines.value, spending.value, rewards.value]
  if (!now || refused.peek()) return
  clearTimeout(timer)
  turn += 1
  asking.value = true
  timer = setTimeout(ask, quoted.peek() ? SETTLE_MS : 0, turn)
})

async function ask(mine) {
  const of = lines.value
  try {
    const answer = await house.post('/till/quotes', quoteBody(cashier.value))
    if (mine === turn && card.value) settle(answer, of)
  } catch (error) {
    if (mine === turn && card.value) fail(error)
  }
  if (mine === turn) done()
}

function settle(answer, of) {
  if (!quoted.value) announce(`${answer.member.name}, ${answer.member.tier.name}`)
  batch(() => {
    quoted.value = { answer, of }
    // The session stands for the code from now on. It is set without asking again: the answer is of this very card.
    card.value.text = answer.session || card.value.text
  })
}

function done() {
  asking.value = false
  waiting.splice(0).forEach(wake => wake())
}

function fail(error) {
  if (error instanceof Offline) return announce(text('scan.no-answer'))
  if (!error.status) throw error
  batch(() => {
    refused.value = { error, from: 'quote', card: card.value }
    if (spending.value) spending.value = null
    else if (!quoted.value || isOfTheCard(error.code)) dropCard()
  })
}

const OF_THE_CARD = ['rotating-wrong', 'rotating-locked', 'session-over', 'shown-elsewhere', 'own-card']
export const isOfTheCard = code => code.startsWith('card-') || OF_THE_CARD.includes(code)

export function ready() {
  return asking.value ? new Promise(wake => waiting.push(wake)) : Promise.resolve()
}

export function askAgain() {
  if (card.value) card.value = { ...card.value }
}

let before = online.value
online.subscribe(now => {
  if (now && !before && card.value && !quoted.value) askAgain()
  before = now
})
