// The receipt of a sale that was found, as it stands now.

import { html } from '../vendor/preact.js'
import { bdi, dayText, hourText, money, num } from '../core/format.js'
import { mark } from '../core/ui.js'
import { t } from '../core/words.js'
import { cash, desk, zone } from './desk.js'

export const Paper = ({ sale }) => html`<section class="pane slip"><div class="paperwrap"><div class="paper num">
  <div class="c">${mark(desk.value.partner.id)}<bdi>${sale.shop_name}</bdi></div>
  <div class="small when"><bdi>${dayText(sale.at, zone())} ${hourText(sale.at, zone())}</bdi></div>
  <div class="small when">${t('sold.receipt', { number: bdi(sale.receipt_number || '–') })}</div>
  <hr />
  ${sale.lines.map(line => html`<div><span>${num(line.quantity)} × <bdi>${line.name || line.sku}</bdi></span><span>${money(cash(line.amount))}</span></div>`)}
  <hr />
  <div class="t"><span>${t('basket.to-pay')}</span><span>${money(cash(sale.total))}</span></div>
</div></div></section>`
