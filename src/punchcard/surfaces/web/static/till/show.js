// A receipt for the customer's phone: what a return needs, and without a card what the app needs to make the points theirs.

import { html } from '../vendor/preact.js'
import { bdi, dayText, money } from '../core/format.js'
import { Matrix } from '../core/matrix.js'
import { icon, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { shownOf } from './amounts.js'
import { cash, currency, desk, title, zone } from './desk.js'
import { sheet, sold } from './state.js'

const totalOf = ({ body }) => body.lines.reduce((sum, { amount }) => sum + amount, 0)

// The app's place for a receipt without a card, filled in: shop, day, number and total.
export function claimLink({ body, shown }) {
  const said = ['receipt', desk.value.shop.id, shown.day, shown.number, shownOf(totalOf({ body }), currency())]
  return `${location.origin}/app/#activity/${encodeURIComponent(said.join('~'))}`
}

export const show = () => (sheet.value = Show)

function Show() {
  const it = sold.value
  const shut = () => (sheet.value = null)
  if (!it) return null
  const guest = !it.shown.card
  return html`<${Sheet} label=${text('receipt.show')} close=${shut} class="showing">
    <h2>${t(guest ? 'receipt.claim' : 'receipt.keep')}</h2>
    <p class="muted">${t(guest ? 'receipt.claim-how' : 'receipt.keep-how')}</p>
    <${Matrix} said=${guest ? claimLink(it) : it.id} label=${text(guest ? 'receipt.claim' : 'receipt.code')} />
    <dl class="facts">
      <div><dt>${t('receipt.shop')}</dt><dd><bdi>${title.value}</bdi></dd></div>
      <div><dt>${t('returns.day')}</dt><dd>${bdi(dayText(it.shown.at, zone()))}</dd></div>
      <div><dt>${t('returns.number')}</dt><dd class="num">${bdi(it.shown.number)}</dd></div>
      <div><dt>${t('receipt.total')}</dt><dd class="num">${money(cash(totalOf(it)))}</dd></div>
    </dl>
    <button type="button" class="btn primary block" autofocus onClick=${shut}>${icon('check', 'sm')}${t('common.done')}</button>
  <//>`
}
