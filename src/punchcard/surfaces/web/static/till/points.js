// Spending points: at once where the card as it was shown may, else when the member says yes on the phone.

import { batch, html, signal, useRef } from '../vendor/preact.js'
import { newId } from '../core/api.js'
import { now, secondsUntil } from '../core/clock.js'
import { money, num } from '../core/format.js'
import { Act, icon, Ring, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { cash, house } from './desk.js'
import { byPoints, card, due, lines, quote, refused, sheet, spendable, spending } from './state.js'

const POLL_MS = 1000
const MINUTE = 60
// {id, points, worth, until}: what the member is being asked.
export const approving = signal(null)

export function Spend() {
  const may = quote.value.may_spend
  if (spending.value) return html`<${Spent} />`
  const { one, most, free } = spendable()
  const some = most > 0 && lines.value.length > 0
  const first = free > 0 ? free : most
  return html`<div class="tile b">
    <span class="small">${t('quote.may-spend')}</span>
    <b class="num">${money(some ? cash(Math.floor(most * one)) : quote.value.worth)}</b>
    ${some && html`<${Act} class="btn compact primary" press=${() => use(first)}>${t(free > 0 ? 'quote.use-points' : 'quote.ask-points', { n: first })}<//>`}
    ${some && html`<button type="button" class="btn compact plain" onClick=${() => (sheet.value = Amount)}>${t('quote.other-amount')}</button>`}
    ${!some && may.detail && html`<span class="small after">${may.detail}</span>`}
  </div>`
}

const Spent = () => html`<div class="tile b">
  <span class="small">${t('quote.pays')}</span>
  <b class="num">${money(cash(byPoints.value))}</b>
  <span class="small">${t('common.points', { n: spending.value.points })}</span>
  ${spending.value.approval && html`<span class="small after">${icon('device-mobile', 'sm')}${t('quote.approved')}</span>`}
  <button type="button" class="btn compact soft" onClick=${() => (spending.value = null)}>${t('quote.take-out')}</button>
</div>`

// So many points as are asked for; above what the card may alone, the member is asked first.
export async function use(points) {
  const { one, free, left } = spendable()
  const worth = Math.min(left, Math.floor(points * one))
  if (points <= free) spending.value = { points, worth }
  else await ask(points, worth)
}

export async function ask(points, worth) {
  const [id, of] = [newId(), card.value.at]
  const asked = await house.put(`/till/approvals/${id}`, { card: card.value.text, worth, total: due.value }).catch(error => {
    if (!error.status) throw error
    refused.value = { error, from: 'spending', card: card.value }
  })
  if (!asked || card.value?.at !== of) return
  approving.value = { id, points, worth, until: asked.until }
  follow(id)
}

async function follow(id) {
  while (approving.value?.id === id) {
    await new Promise(wake => setTimeout(wake, POLL_MS))
    const said = await house.get(`/till/approvals/${id}`).catch(() => null)
    if (approving.value?.id !== id || !card.value) return
    if (said && said.state !== 'waiting') return answered(said.state)
  }
}

function answered(state) {
  const { id, points, worth } = approving.value
  batch(() => {
    approving.value = null
    if (state === 'approved') spending.value = { points, worth, approval: id }
    else refused.value = { from: 'approval', state, asked: { points, worth }, card: card.value }
  })
}

// Whoever was asked says yes to their own card and no other, also where one card follows another at once.
let asks
card.subscribe(it => {
  if (it?.at !== asks) approving.value = null
  asks = it?.at
})

export function Approval() {
  const { points, worth, until } = approving.value
  const left = now.value && secondsUntil(until)
  return html`<div class="approval" role="status">
    <${Ring} value=${left} of=${MINUTE}><bdi class="num strong">${left}</bdi><//>
    <div><h2>${t('quote.asks')}</h2><p class="muted">${t('common.points', { n: points })} · ${money(cash(worth))}</p><p class="small muted">${t('quote.asks-how')}</p></div>
    <button type="button" class="btn soft compact" onClick=${() => (approving.value = null)}>${t('quote.stop-asking')}</button>
  </div>`
}

// Round figures, all that the card may alone, and all that there is: one of them is mostly what is wanted.
const ROUND = [100, 500, 1000]
function Amount() {
  const field = useRef()
  const { one, most, free } = spendable()
  const shut = () => (sheet.value = null)
  const take = points => async () => {
    shut()
    if (points() > 0) await use(points())
  }
  const typed = () => Math.min(most, Math.floor(Number(field.current.value)))
  const offered = [...new Set([...ROUND.filter(each => each < most), free, most])].filter(Boolean).sort((a, b) => a - b)
  return html`<${Sheet} label=${text('quote.how-many')} close=${shut} class="choices">
    <h2>${t('quote.how-many')}</h2>
    <div class="amounts">${offered.map(each => html`<${Act} class="btn soft" press=${take(() => each)}>${num(each)}${each > free && icon('device-mobile', 'sm')}<//>`)}</div>
    ${most > free && html`<p class="small muted asks">${icon('device-mobile', 'sm')}${t('quote.needs-phone', { m: money(cash(Math.floor(free * one))) })}</p>`}
    <form class="two" onSubmit=${event => event.preventDefault()}>
      <label class="field"><span class="sr">${t('quote.points-field')}</span><input ref=${field} type="number" inputmode="numeric" min="1" max=${most} step="1" placeholder=${text('quote.points-field')} autofocus /></label>
      <${Act} type="submit" class="btn primary" press=${take(typed)}>${t('quote.use')}<//>
    </form>
  <//>`
}
