// What a sale did, and its receipt beside it. A sale without an answer says so, and goes on asking.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { file } from '../core/files.js'
import { day, num, signed } from '../core/format.js'
import { complain, icon, Ring } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { nextCustomer } from './counter.js'
import { tiers, zone } from './desk.js'
import { Paper } from './paper.js'
import { find, openReturns } from './returning.js'
import { doubt, tryNow } from './selling.js'
import { show } from './show.js'
import { sold } from './state.js'

export function Sold() {
  const { receipt, shown } = sold.value
  const next = useRef()
  useEffect(() => next.current.focus(), [])
  const back = async () => openReturns(await find({ id: sold.value.id }))
  return html`<section class="pane">
    <div class="done">
      <div class="ok"><img src=${file('art/flower.svg')} alt="" /></div>
      <h1>${t('sold.title')}</h1>
      ${!receipt ? html`<${Kept} shown=${shown} />` : receipt.tier ? html`<${Earned} receipt=${receipt} name=${shown.name} />` : html`<${Guest} receipt=${receipt} />`}
    </div>
    <div class="acts">
      <button type="button" class="btn soft" aria-label=${text('frame.returns')} onClick=${() => back().catch(complain)}>${icon('arrow-u-up-left', 'flip')}<span class="hide-s">${t('frame.returns')}</span></button>
      <button type="button" class="btn primary" ref=${next} onClick=${nextCustomer}>${t('sold.next')} <kbd class="hide-s">↵</kbd></button>
    </div>
  </section>`
}

const nameOf = tier => tiers.value.find(each => each.id === tier.id)?.name ?? tier.name

const Earned = ({ receipt, name }) => html`
  <p class="big">${name && html`<bdi>${name}</bdi>: `}${signed(receipt.earned)} ${t('common.unit', { n: receipt.earned })}</p>
  <p class="muted">${t('sold.new-balance', { points: t('common.points', { n: receipt.balance }) })}</p>
  ${receipt.tier_reached && html`<span class="chip brand">${icon('leaf', 'sm')}${t('sold.reached', { tier: nameOf(receipt.tier_reached) })}</span>`}
  ${receipt.challenges_completed.map(each => html`<span class="chip brand">${icon('trophy', 'sm')}${t('sold.finished', { name: each.name })}</span>`)}
  <span class="chip good">${icon('device-mobile', 'sm')}${t('sold.on-its-way')}</span>`

const Guest = ({ receipt }) => html`
  <p class="big">${t('sold.would-earn', { n: receipt.would_earn })}</p>
  <p class="muted">${t('sold.claim', { at: day(receipt.claim_until, zone()) })}</p>
  <span class="chip num">${t('sold.receipt', { number: receipt.number })}</span>`

const Kept = ({ shown }) => html`
  <p class="big">${t('offline.kept')}</p>
  <p class="muted">${t(shown.card ? 'offline.points-later' : 'offline.claim-later')}</p>
  <span class="chip honey">${icon('cloud-arrow-up', 'sm')}${t('offline.will-be-sent')}</span>
  <span class="chip num">${t('sold.receipt', { number: shown.number })}</span>`

export const Receipt = () => html`<section class="pane slip">
  <${Paper} sold=${sold.value} />
  <div class="ways"><button type="button" class="btn plain" onClick=${() => print()}>${icon('printer')}${t('sold.print')}</button>
    <button type="button" class="btn plain" onClick=${show}>${icon('device-mobile')}${t('receipt.show')}</button></div>
</section>`

export const Doubt = () => html`<section class="pane"><div class="refuse" role="status">
  <${Ring} value=${doubt.value.tries % 5} of=${5}>${num(doubt.value.tries)}<//>
  <h1>${t('sold.doubt')}</h1>
  <p>${t('sold.doubt-how')}</p>
  <div class="go"><button type="button" class="btn primary" onClick=${tryNow}>${t('common.again')}</button></div>
</div></section>`
