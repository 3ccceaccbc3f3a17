// Goods come back: the receipt is found, what comes back is chosen, and what to give back is said.

import { html, useEffect, useRef, useSignal } from '../vendor/preact.js'
import { houseTime } from '../core/api.js'
import { bdi, dayText, hourText, money, num, signed } from '../core/format.js'
import { Act, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { cash, today, zone } from './desk.js'
import { broughtBack, closeReturns, find, makeVoid, openReturns, returning, takeBack } from './returning.js'
import { Paper } from './slip.js'
import { View } from './view.js'

export function Returns() {
  const found = returning.value
  if (broughtBack.value) return html`<div class="panes"><${Done} /><${Paper} sale=${found} /></div>`
  if (!found) return html`<div class="panes"><${Find} /><section class="pane"><${View} /></section></div>`
  return html`<div class="panes"><${Choose} key=${found.id} sale=${found} /><${Paper} sale=${found} /></div>`
}

const Head = ({ title, how }) => html`<div class="head"><div><h1>${title}</h1>${how && html`<p class="muted">${how}</p>`}</div>
  <button type="button" class="iconbtn" aria-label=${text('common.close')} onClick=${closeReturns}>${icon('x')}</button></div>`

function Find() {
  const [day, number] = [useRef(), useRef()]
  useEffect(() => number.current.focus(), [])
  const said = useSignal(null)
  const look = async () => {
    if (!number.current.value.trim()) return number.current.focus()
    said.value = null
    try {
      openReturns(await find({ day: day.current.value, number: number.current.value.trim() }))
    } catch (error) {
      if (!error.status) throw error
      said.value = error.message
    }
  }
  return html`<section class="pane"><form class="find" onSubmit=${event => event.preventDefault()}>
    <${Head} title=${t('returns.title')} how=${t('returns.how')} />
    <label class="labelled"><span class="small muted">${t('returns.number')}</span><span class="field">${icon('receipt')}<input ref=${number} autocomplete="off" spellcheck="false" maxlength="64" /></span></label>
    <label class="labelled"><span class="small muted">${t('returns.day')}</span><span class="field"><input ref=${day} type="date" value=${today()} max=${today()} required /></span></label>
    ${said.value && html`<p class="notice" role="alert">${icon('prohibit', 'sm')}${said.value}</p>`}
    <${Act} type="submit" class="btn primary block" press=${look}>${t('returns.find')}<//>
  </form></section>`
}

function Choose({ sale }) {
  const back = useSignal({})
  const whole = useSignal(true)
  const said = useSignal(null)
  const voiding = useSignal(false)
  const count = Object.values(back.value).reduce((sum, each) => sum + each, 0)
  const attempt = work => async () => {
    said.value = null
    try {
      await work()
    } catch (error) {
      if (!error.status) throw error
      said.value = error.message
    }
  }
  const chosen = () => Object.entries(back.value).filter(([, n]) => n).map(([line, quantity]) => ({ line: Number(line), quantity }))
  const everything = () => (back.value = Object.fromEntries(sale.lines.map(line => [line.line, line.quantity - line.returned])))
  const canVoid = !sale.voided && new Date(sale.void_until).getTime() > houseTime() && sale.lines.some(line => line.returned < line.quantity)
  return html`<section class="pane">
    <${Head} title=${t('returns.title')} how=${html`${t('sold.receipt', { number: bdi(sale.receipt_number || '–') })} · <bdi>${dayText(sale.at, zone())} ${hourText(sale.at, zone())}</bdi>`} />
    <p class="muted">${sale.member ? t('returns.to', { name: bdi(sale.member) }) : t('returns.no-member')} · ${t('returns.sold-by', { name: bdi(sale.cashier) })}</p>
    ${sale.detail && html`<p class="notice">${icon('prohibit', 'sm')}${sale.detail}</p>`}
    ${sale.returnable && !voiding.value && html`<ul class="lines">${sale.lines.map(line => html`<${Line} key=${line.line} line=${line} back=${back} />`)}</ul>
      ${Object.keys(sale.refundable).length > 0 && html`<label class="tick"><input type="checkbox" checked=${whole.value} onChange=${event => (whole.value = event.currentTarget.checked)} /><span>${t('returns.points-too')}</span></label>`}
      <button type="button" class="btn soft compact" onClick=${everything}>${t('returns.all')}</button>`}
    ${said.value && html`<p class="notice" role="alert">${icon('prohibit', 'sm')}${said.value}</p>`}
    ${voiding.value
      ? html`<${Void} stop=${() => (voiding.value = false)} press=${reason => attempt(() => makeVoid(reason))()} />`
      : html`<div class="foot">
          ${canVoid && html`<button type="button" class="btn plain bad" onClick=${() => (voiding.value = true)}>${t('returns.void')}</button>`}
          ${sale.returnable && html`<${Act} class="btn primary" disabled=${!count} press=${attempt(() => takeBack(chosen(), whole.value))}>${icon('arrow-u-up-left', 'flip')}${t('returns.take-back')}<//>`}
        </div>`}
  </section>`
}

function Line({ line, back }) {
  const left = line.quantity - line.returned
  const n = back.value[line.line] ?? 0
  const step = by => () => (back.value = { ...back.value, [line.line]: n + by })
  return html`<li class="l back">
    <span><bdi>${line.name || line.sku}</bdi><br /><span class="small muted">${t('returns.left', { n: left, m: line.quantity })} · ${money(cash(line.amount))}</span></span>
    <span class="stepper">
      <button type="button" class="btn soft" aria-label=${text('basket.fewer')} disabled=${n < 1} onClick=${step(-1)}>${icon('minus', 'sm')}</button>
      <b class="num" role="status">${num(n)}</b>
      <button type="button" class="btn soft" aria-label=${text('basket.more')} disabled=${n >= left} onClick=${step(1)}>${icon('plus', 'sm')}</button>
    </span>
  </li>`
}

function Void({ stop, press }) {
  const field = useRef()
  useEffect(() => field.current.focus(), [])
  const send = async () => (field.current.value.trim() ? press(field.current.value.trim()) : field.current.focus())
  return html`<form class="find" onSubmit=${event => event.preventDefault()}>
    <label class="labelled"><span class="small muted">${t('returns.void-why')}</span><span class="field"><input ref=${field} maxlength="200" aria-label=${text('returns.reason')} /></span></label>
    <div class="two"><button type="button" class="btn plain" onClick=${stop}>${t('common.back')}</button><${Act} type="submit" class="btn primary" press=${send}>${t('returns.void')}<//></div>
  </form>`
}

// What a return earned is below zero: it was taken back. What it spent is below zero: it was given back.
function Done() {
  const { receipt, kind, money: back } = broughtBack.value
  const given = -(receipt.spent ?? 0)
  const done = useRef()
  useEffect(() => done.current.focus(), [])
  return html`<section class="pane"><div class="done">
    <span class="d good">${icon('arrow-u-up-left', 'flip')}</span>
    <h1>${t(kind === 'void' ? 'returns.done-void' : 'returns.done')}</h1>
    ${back > 0 && html`<p class="big">${t('returns.give-back')}: ${money(cash(back))}</p>`}
    ${receipt.kept && html`<span class="chip honey">${icon('cloud-arrow-up', 'sm')}${t('offline.will-be-sent')}</span>`}
    ${receipt.tier && html`<dl class="facts">
      ${receipt.earned < 0 && html`<div><dt>${t('returns.taken')}</dt><dd>${signed(receipt.earned)}</dd></div>`}
      ${given > 0 && html`<div><dt>${t('returns.returned')}</dt><dd>${signed(given)}</dd></div>`}
      <div><dt>${t('sold.balance')}</dt><dd>${num(receipt.balance)}</dd></div>
    </dl>`}
  </div>
  <div class="foot"><button type="button" class="btn primary" ref=${done} onClick=${closeReturns}>${t('common.done')}</button></div></section>`
}
