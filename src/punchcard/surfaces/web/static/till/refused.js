// What is wrong, what to do, and two ways on. The basket is as it was.

import { batch, html, useEffect, useRef } from '../vendor/preact.js'
import { hour } from '../core/format.js'
import { Act, icon } from '../core/ui.js'
import { t } from '../core/words.js'
import { forgetSeen } from './camera.js'
import { sellBasket } from './counter.js'
import { endShift, zone } from './desk.js'
import { ask } from './points.js'
import { askAgain } from './quoting.js'
import { card, dropCard, picking, refused, rewards, leaveReward, spendable, spending, typed } from './state.js'

const CARD_LENGTH = 17
const KINDS = {
  old: ['timer', ['scan', 'type'], ['rotating-wrong', 'session-over', 'shown-elsewhere', 'code-used']],
  number: ['scan', ['scan', 'retype'], ['card-mistyped', 'card-unknown', 'holder-unknown', 'malformed']],
  closed: ['cardholder', ['scan', 'guest'], ['card-replaced', 'card-given-up', 'card-closed']],
  locked: ['shield-check', ['unpaid', 'scan'], ['spend-locked', 'spending-off', 'rotating-locked']],
  own: ['user', ['guest', 'cashier'], ['own-card']],
  cashier: ['user', ['cashier', 'back'], ['cashier-unknown']],
  spending: [
    'gift',
    ['unpaid', 'ask'],
    ['above-floor', 'too-fast', 'too-far', 'day-limit', 'not-enough-points', 'points-worth-less', 'tenders-short', 'pays-otherwise', 'no-such-voucher', 'voucher-elsewhere', 'voucher-held', 'voucher-worth-less', 'approval-open'],
  ],
  declined: ['prohibit', ['unpaid', 'again'], ['approval-declined']],
  over: ['hourglass-medium', ['again', 'unpaid'], ['approval-over', 'approval-used', 'approval-too-small', 'approval-unknown', 'approval-waiting']],
  network: ['wifi-slash', ['unpaid', 'back'], ['no-network']],
  offer: ['seal-percent', ['back', 'guest'], ['offers-do-not-mix']],
}
const WORDS = { scan: 'again', type: 'type', retype: 'type', guest: 'no-card', unpaid: 'no-points', ask: 'ask', again: 'ask-again', cashier: 'change-cashier', back: 'back' }

const codeOf = ({ error, state }) => error?.code ?? `approval-${state}`
function kindOf(it) {
  const code = codeOf(it)
  const found = Object.entries(KINDS).find(([, [, , codes]]) => codes.includes(code))
  return found?.[0] ?? (code.startsWith('offer') ? 'offer' : 'other')
}

export function Refused() {
  const it = refused.value
  const kind = kindOf(it)
  const [picture, ways] = KINDS[kind] ?? ['prohibit', it.card ? ['back', 'scan'] : ['back', 'type']]
  const first = useRef()
  useEffect(() => first.current.querySelector('button').focus(), [it])
  return html`<section class="pane"><div class="refuse" role="alert">
    <span class="d">${icon(picture)}</span>
    <h1>${t(`refused.${kind}`)}</h1>
    <p>${it.error ? it.error.message : t(it.state === 'declined' ? 'refused.declined-how' : 'refused.over-how')}</p>
    ${it.card?.at && kind === 'old' && html`<span class="chip num">${t('refused.scanned-at', { at: hour(it.card.at, zone()) })}</span>`}
    <div class="go" ref=${first}>${ways.map((way, i) => html`<${Act} class=${`btn ${i ? 'soft' : 'primary'}`} press=${() => WAYS[way](it)}>${i === 0 && way === 'scan' ? icon('scan') : null}${t(`refused.${WORDS[way]}`)}<//>`)}</div>
  </div></section>`
}

// Whatever may be right now is asked for anew.
export function dismiss() {
  refused.value = null
  askAgain()
}

// A card of which too many codes were wrong may earn all the same: by the number alone, without the digits of now.
const bare = it => ({ ...it, text: it.text.replace(/[\s-]/g, '').slice(0, CARD_LENGTH) })

function withoutPoints(it) {
  batch(() => {
    if (it.error?.code === 'rotating-locked') card.value = bare(it.card)
    spending.value = null
    rewards.value.forEach(each => leaveReward(each.id))
    refused.value = null
  })
  askAgain()
}

const toField = () => requestAnimationFrame(() => document.querySelector('#card')?.focus())
const anew = text => {
  batch(() => (dropCard(), (typed.value = text), (refused.value = null)))
  toField()
}

const WAYS = {
  scan: async () => (forgetSeen(), anew('')),
  type: async () => anew(''),
  retype: async it => anew(it.card && it.card.by !== 'camera' ? it.card.text : ''),
  guest: async () => {
    batch(() => (dropCard(), (refused.value = null)))
    picking.value = false
    await sellBasket()
  },
  unpaid: async it => withoutPoints(it),
  back: async () => dismiss(),
  cashier: async () => (dismiss(), endShift()),
  ask: async () => {
    refused.value = null
    if (!card.value) return
    const { most, one, left } = spendable()
    await ask(most, Math.min(left, Math.floor(most * one)))
  },
  again: async it => {
    refused.value = null
    // A yes is good once: after it was used or was over, the member is asked for another.
    const asked = it.asked ?? (spending.value?.approval ? spending.value : null)
    if (!asked) return askAgain()
    spending.value = null
    await ask(asked.points, asked.worth)
  },
}
