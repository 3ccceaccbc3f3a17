// What was done without the house and waits to be told, and what the house would not have, until somebody has looked.

import { effect, html, signal } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { bdi, dayKey, dayText, hour, money } from '../core/format.js'
import { complain, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { camera } from './camera.js'
import { cash, today, zone } from './desk.js'
import { Field } from './idle.js'
import { dismiss, items, troubles } from './queue.js'

const SHOWN = 100

// Whether the list stands where the camera would: as the cashier wants it, and without that where a camera would show nothing.
const wanted = signal(null)
const blind = signal(false)
effect(() => ['refused', 'absent', 'busy'].includes(camera.value.state) && (blind.value = true))
const some = () => items.value.length + troubles.value.length > 0
export const isListed = () => some() && (wanted.value ?? (blind.value && !online.value))
export const list = on => (wanted.value = on)
effect(() => some() || (wanted.value = null))

export function Waiting() {
  const more = items.value.length - SHOWN
  return html`<section class="pane kept">
    <div class="head"><h1>${items.value.length ? t('offline.waiting', { n: items.value.length }) : t('offline.look')}</h1>
      <button type="button" class="iconbtn" aria-label=${text('scan.title')} onClick=${() => list(false)}>${icon('scan')}</button></div>
    ${troubles.value.length > 0 && html`<div class="troubles">${items.value.length > 0 && html`<h2>${t('offline.look')}</h2>`}
      <ul class="lines">${troubles.value.map(each => html`<${Trouble} key=${each.id} item=${each} />`)}</ul></div>`}
    <ul class="lines">${items.value.slice(-SHOWN).reverse().map(each => html`<${Row} key=${each.id} item=${each} />`)}</ul>
    ${more > 0 && html`<p class="small muted">${t('offline.more', { n: more })}</p>`}
    <p class="small muted safe">${icon('shield-check', 'sm')}${t('offline.safe')}</p>
    <${Field} />
  </section>`
}

const whatOf = ({ kind, shown }) => (kind === 'sale' ? (shown.card ? 'card-sale' : 'plain-sale') : kind)
const When = ({ at }) => html`<span class="num muted">${hour(at, zone())}${dayKey(at, zone()) !== today() && html`<br /><span class="small">${bdi(dayText(at, zone()))}</span>`}</span>`

const Row = ({ item }) => html`<li class="l">
  <${When} at=${item.at} />
  <span>${t(`offline.${whatOf(item)}`)}${item.shown.estimate > 0 && html`<br /><span class="small muted">${t('offline.estimate', { points: t('common.points', { n: item.shown.estimate }) })}</span>`}</span>
  <span class="end"><span class="num strong">${money(cash(item.shown.toPay))}</span><br /><span class="small faint">${t(`offline.stage-${item.stage}`)}</span></span>
</li>`

const Trouble = ({ item }) => html`<li class="l">
  <${When} at=${item.at} />
  <span>${t(`offline.${whatOf(item)}`)} · <span class="num">${money(cash(item.shown.toPay))}</span><br /><span class="small">${item.problem?.detail ?? item.problem?.title}</span>
    ${item.shown.number && html`<br /><span class="small muted">${t('sold.receipt', { number: bdi(item.shown.number) })}</span>`}</span>
  <button type="button" class="btn soft compact" onClick=${() => dismiss(item.id).catch(complain)}>${t('offline.noted')}</button>
</li>`
