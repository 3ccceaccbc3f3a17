// A receipt as paper shows it: what was sold, what was paid with, and what it earned.

import { html } from '../vendor/preact.js'
import { bdi, dayText, hourText, money, num, signed } from '../core/format.js'
import { Matrix } from '../core/matrix.js'
import { mark } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { cash, desk, title, zone } from './desk.js'

const Row = ({ label, value, look = '' }) => html`<div class=${look}><span>${label}</span><span>${value}</span></div>`

export function Paper({ sold }) {
  const { shown, receipt } = sold
  const { partner, till } = desk.value
  const points = receipt?.tier ? receipt : null
  return html`<div class="paperwrap"><div class="paper num">
    <div class="c">${mark(partner.id)}<bdi>${title.value}</bdi></div>
    <div class="small when"><span><bdi>${dayText(shown.at, zone())} ${hourText(shown.at, zone())}</bdi> · <bdi>${till.name}</bdi></span></div>
    <div class="small when">${t('sold.receipt', { number: bdi(shown.number) })}</div>
    <hr />
    ${shown.lines.map(line => html`<${Row} label=${html`${num(line.quantity)} × <bdi>${line.name}</bdi>`} value=${money(cash(line.price * line.quantity))} />`)}
    ${shown.discount > 0 && html`<${Row} label=${t('basket.discount')} value=${money(cash(-shown.discount))} />`}
    <hr />
    ${shown.rewards > 0 && html`<${Row} label=${t('basket.rewards')} value=${money(cash(-shown.rewards))} />`}
    ${shown.points > 0 && html`<${Row} label=${t('basket.points')} value=${money(cash(-shown.points))} />`}
    <${Row} look="t" label=${t('basket.to-pay')} value=${money(cash(shown.toPay))} />
    <hr />
    ${points
      ? html`<${Row} label=${t('sold.earned')} value=${signed(points.earned)} />
          ${points.spent > 0 && html`<${Row} label=${t('sold.spent')} value=${signed(-points.spent)} />`}
          <${Row} label=${t('sold.balance')} value=${num(points.balance)} />`
      : html`<div class="small">${receipt ? t('sold.would-earn', { n: receipt.would_earn }) : t(shown.card ? 'offline.points-later' : 'offline.claim-later')}</div>`}
    <hr />
    <div class="c"><${Matrix} said=${sold.id} label=${text('receipt.code')} /></div>
    <div class="small when">${t('receipt.bring')}</div>
  </div></div>`
}
