// The basket: what is bought, what it costs, and the one large button.

import { html, useRef } from '../vendor/preact.js'
import { hour, money, num } from '../core/format.js'
import { Act, icon, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { sellBasket } from './counter.js'
import { cash, currency, zone } from './desk.js'
import { hold, held, takeUp } from './held.js'
import { minorOf, shownOf } from './amounts.js'
import { Products } from './products.js'
import { doubt } from './selling.js'
import { asking, byPoints, byReward, change, discount, lines, offOf, picking, selling, sheet, subtotal, toPay } from './state.js'

export function Basket() {
  const empty = !lines.value.length
  const choosing = picking.value || empty
  return html`<section class="pane basket" aria-label=${text('basket.title')} inert=${Boolean(doubt.value)}>
    <div class="head"><h2>${t('basket.title')}</h2>
      ${choosing && !empty
        ? html`<button type="button" class="btn plain compact" aria-expanded="true" onClick=${() => (picking.value = false)}>${icon('check', 'sm')}${t('common.done')}</button>`
        : html`<button type="button" class="btn plain compact" aria-expanded=${String(choosing)} onClick=${openPicker}>${icon('plus', 'sm')}${t('basket.add')} <kbd class="hide-s">F2</kbd></button>`}
    </div>
    ${choosing ? html`<${Products} />` : html`<${Lines} />`}
    <${Sum} />
    <div class="acts">
      ${empty && held.value.length > 0
        ? html`<button type="button" class="btn soft" onClick=${() => (sheet.value = Held)}>${icon('basket')}<span class="hide-s">${t('basket.held')}</span><span class="num">${num(held.value.length)}</span></button>`
        : html`<button type="button" class="btn soft" disabled=${empty} aria-label=${text('basket.hold')} onClick=${hold}>${icon('pause')}<span class="hide-s">${t('basket.hold')}</span></button>`}
      <${Act} class="btn primary" disabled=${empty} aria-busy=${String(selling.value || asking.value)} press=${sellBasket}><span>${t('basket.sell')}</span> <span class="num">${money(cash(toPay.value))}</span> <kbd class="hide-s">↵</kbd><//>
    </div>
  </section>`
}

function openPicker() {
  picking.value = true
  requestAnimationFrame(() => document.querySelector('#product')?.focus())
}

const Lines = () => html`<ul class="lines">
  ${lines.value.map(line => html`<li key=${line.key}>
    <button type="button" class="l" onClick=${() => (sheet.value = () => html`<${Line} id=${line.key} />`)}>
      <span class="q num">${num(line.quantity)}</span>
      <span><bdi>${line.name}</bdi>${offOf(line) > 0 && html`<br /><span class="small good">${line.free > 0 && icon('gift', 'sm')}${money(cash(-offOf(line)))}</span>`}</span>
      <span class="num">${money(cash(line.price * line.quantity))}</span>
    </button>
  </li>`)}
</ul>`

const Row = ({ label, value, look = '' }) => html`<div class=${look}><span>${label}</span><span class="num">${money(cash(value))}</span></div>`
const Sum = () => html`<div class="sum" aria-live="polite">
  <${Row} label=${t('basket.subtotal')} value=${subtotal.value} />
  ${discount.value > 0 && html`<${Row} look="less" label=${t('basket.discount')} value=${-discount.value} />`}
  ${byReward.value > 0 && html`<${Row} look="less" label=${t('basket.rewards')} value=${-byReward.value} />`}
  ${byPoints.value > 0 && html`<${Row} look="less" label=${t('basket.points')} value=${-byPoints.value} />`}
  <div class="pay"><span>${t('basket.to-pay')}</span><b class="num">${money(cash(toPay.value))}</b></div>
</div>`

// One line: how many, what is taken off its price, or none of it.
function Line({ id }) {
  const off = useRef()
  const line = lines.value.find(each => each.key === id)
  const shut = () => (sheet.value = null)
  if (!line) return null
  const keep = () => {
    const typed = off.current.value.trim() ? minorOf(off.current.value, currency()) : 0
    if (typed === null) return off.current.select()
    const taken = Math.min(typed, line.price * line.quantity)
    change(id, { off: taken })
    shut()
  }
  const step = by => () => change(id, { quantity: line.quantity + by, free: Math.min(line.free, line.quantity + by) })
  return html`<${Sheet} label=${line.name} close=${shut} class="choices">
    <form onSubmit=${event => (event.preventDefault(), keep())}>
      <h2><bdi>${line.name}</bdi></h2>
      <div class="stepper">
        <button type="button" class="btn soft" aria-label=${text('basket.fewer')} disabled=${line.quantity < 2} onClick=${step(-1)}>${icon('minus')}</button>
        <b class="num" role="status">${num(line.quantity)}</b>
        <button type="button" class="btn soft" aria-label=${text('basket.more')} onClick=${step(1)}>${icon('plus')}</button>
        <span class="num">${money(cash(line.price * line.quantity))}</span>
      </div>
      <label class="labelled"><span class="small muted">${t('basket.off')}</span><span class="field">${icon('seal-percent')}<input ref=${off} inputmode="decimal" autocomplete="off" value=${line.off ? shownOf(line.off, currency()) : ''} /></span></label>
      <div class="two">
        <button type="button" class="btn bad" onClick=${() => (change(id, { quantity: 0 }), shut())}>${t('basket.remove')}</button>
        <button type="submit" class="btn primary" autofocus>${t('common.done')}</button>
      </div>
    </form>
  <//>`
}

function Held() {
  const shut = () => (sheet.value = null)
  return html`<${Sheet} label=${text('basket.held')} close=${shut}>
    <h2>${t('basket.held')}</h2>
    ${held.value.map((each, i) => html`<div class="row" key=${each.id}>
      <div class="grow"><div class="title">${t('basket.items', { n: each.pieces })} · ${money(cash(each.total))}</div><div class="small muted">${t('basket.held-at', { at: hour(each.at, zone()) })}${each.name && html` · <bdi>${each.name}</bdi>`}</div></div>
      <button type="button" class="btn primary compact" autofocus=${i === 0} onClick=${() => (shut(), takeUp(each.id))}>${t('basket.take-up')}</button>
    </div>`)}
  <//>`
}
