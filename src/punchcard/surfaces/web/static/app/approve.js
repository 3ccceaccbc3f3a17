// A till asks to spend: who, how much, and how long there is to answer. "Not me" is as near as "Approve", and locks the card.

import { html, signal, useEffect } from '../vendor/preact.js'
import { Refusal } from '../core/api.js'
import { secondsUntil } from '../core/clock.js'
import { bdi, money } from '../core/format.js'
import { Act, icon, mark, Ring, say, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { amount, amountText } from './card.js'
import { programme } from './frame.js'
import { follow, kept, refresh, useKept } from './kept.js'
import { partnerName } from './offer_parts.js'
import { instead, route } from './route.js'
import { house, whenAnother } from './session.js'

// What is shown: {stage: 'asks' | 'locked' | 'over', ask}. A question that was answered here does not come back with an answer
// that was on its way.
const shown = signal(null)
const answered = new Set()
whenAnother(() => (shown.value = null))
export const isAsking = () => shown.value !== null

const PATH = '/me/approvals'
const PUSHED = 'approval:'

export function Approve() {
  const waiting = useKept(PATH).data.value ?? []
  const next = waiting.filter(({ id, until }) => !answered.has(id) && secondsUntil(until) > 0).sort(byEnd)[0]
  const stage = shown.value?.stage
  const isGone = stage === 'asks' && (!waiting.some(({ id }) => id === shown.value.ask.id) || secondsUntil(shown.value.ask.until) === 0)
  useEffect(() => {
    if (next && (!stage || stage === 'over')) shown.value = { stage: 'asks', ask: next }
    else if (isGone) shown.value = { ...shown.value, stage: 'over' }
  }, [next?.id, stage, isGone])
  const { name, id } = route.value
  useEffect(() => void (name === 'message' && id.startsWith(PUSHED) && fromPush(id.slice(PUSHED.length))), [name, id])
  if (!stage) return null
  const Stage = { asks: Asks, locked: Locked, over: Over }[stage]
  return html`<${Stage} key=${stage} ask=${shown.value.ask} />`
}

const byEnd = (one, other) => Date.parse(one.until) - Date.parse(other.until)

// Somebody tapped the message: what it asks for may be over by now, and then that is said.
async function fromPush(id) {
  await follow(PATH)
  const { data, error } = kept(PATH)
  const isOpen = data.value?.some(each => each.id === id)
  if (!isOpen && !error.value && !answered.has(id) && !shown.value) shown.value = { stage: 'over', ask: { id } }
}

function close() {
  shown.value = null
  if (route.value.name === 'message' && route.value.id.startsWith(PUSHED)) instead('home')
}

function Asks({ ask }) {
  const { unit } = kept('/me/card').data.value ?? {}
  const seconds = secondsUntil(ask.until)
  const whole = Math.round((Date.parse(ask.until) - Date.parse(ask.asked_at)) / 1000)
  return html`<${Sheet} label=${text('approve.title', { p: amountText(ask.points, unit) })} role="alertdialog" partner=${ask.partner_id} class="ask">
    <${Ring} value=${seconds} of=${whole}>${mark(ask.partner_id)}<//>
    <span class="small muted num">${t('approve.left', { s: seconds })}</span>
    <h2>${t('approve.title', { p: amount(ask.points, unit) })}</h2>
    <p class="muted">${t('approve.off', { m: money(ask.worth), s: bdi(shopName(ask)), k: bdi(ask.till) })}</p>
    ${ask.total && html`<div class="bill"><span>${t('approve.to-pay')}</span><b class="num">${money(rest(ask))}</b></div>`}
    <div class="pair">
      <${Act} class="btn no" press=${() => decline(ask)}>${t('approve.no')}<//>
      <${Act} class="btn primary" press=${() => approve(ask)}>${t('approve.yes')}<//>
    </div>
    <p class="small muted">${t('approve.why')}</p>
  <//>`
}

// The partner's name stands in the member's language; a partner with several shops is better known by the shop.
const shopName = ({ partner_id, shop }) => {
  const shops = programme.data.value?.shops.filter(each => each.partner_id === partner_id) ?? []
  return shops.length > 1 ? shop : partnerName(partner_id)
}

const rest = ({ total, worth }) => ({ ...total, amount: Math.max(0, total.amount - worth.amount) })
const answer = (ask, yes) => house.put(`${PATH}/${ask.id}`, { approve: yes })

async function approve(ask) {
  await answer(ask, true)
  answered.add(ask.id)
  close()
  say(t('approve.approved', { m: money(ask.worth), s: bdi(shopName(ask)) }), 'good')
  refresh([PATH, '/me/card'])
}

// The card is locked even where the answer came too late: whoever says "not me" wants that first of all.
async function decline(ask) {
  const [locked, said] = await Promise.allSettled([house.put('/me/spend-lock'), answer(ask, false)])
  if (locked.reason) throw locked.reason
  if (said.reason && !(said.reason instanceof Refusal)) throw said.reason
  answered.add(ask.id)
  shown.value = { stage: 'locked', ask }
  refresh([PATH, '/me/spend-lock'])
}

async function unlock() {
  await house.remove('/me/spend-lock')
  close()
  say(t('approve.unlocked'))
  refresh(['/me/spend-lock'])
}

const Locked = () => html`<${Sheet} label=${text('approve.locked')} role="alertdialog" class="ask" close=${close}>
  <span class="seal good">${icon('shield-check')}</span>
  <h2>${t('approve.locked')}</h2>
  <p class="muted">${t('approve.locked-so')}</p>
  <div class="pair">
    <${Act} class="btn soft" press=${unlock}>${t('approve.unlock')}<//>
    <button type="button" class="btn primary" onClick=${close}>${t('common.done')}</button>
  </div>
<//>`

const Over = () => html`<${Sheet} label=${text('approve.over')} role="alertdialog" class="ask" close=${close}>
  <span class="seal">${icon('hourglass-medium')}</span>
  <h2>${t('approve.over')}</h2>
  <p class="muted">${t('approve.over-so')}</p>
  <button type="button" class="btn soft block" onClick=${close}>${t('common.close')}</button>
<//>`
