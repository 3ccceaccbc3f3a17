// One line of the statement, opened: every term that counted with its points, then every one that did not, and why.

import { html } from '../vendor/preact.js'
import { bdi, money, signed, signedText } from '../core/format.js'
import { icon } from '../core/ui.js'
import { t } from '../core/words.js'
import { programme } from './frame.js'
import { to } from './route.js'

const COUNTED = new Set(['applied', 'completed', 'given', 'adjusted', 'activated', 'prolonged', 'extended', 'loaded', 'forgiven', 'cancelled', 'held', 'released'])
const counts = reason => reason.points !== 0 || COUNTED.has(reason.verdict)

export function Terms({ line }) {
  const [yes, no] = [line.reasons.filter(counts), line.reasons.filter(reason => !counts(reason))]
  return html`<div class="whybox"><div class="in">
    <h3>${asked(line)}</h3>
    ${yes.map(reason => html`<${Term} reason=${reason} />`)}
    ${no.length > 0 && yes.length > 0 && html`<h4 class="small muted">${t('activity.not-this')}</h4>`}
    ${no.map(reason => html`<${Term} reason=${reason} no />`)}
    ${!line.reasons.length && html`<p class="muted">${t('activity.no-terms')}</p>`}
    ${line.pending > 0 && html`<p class="small muted">${t('activity.later-more', { n: line.pending })}</p>`}
    ${line.kind === 'sale' && html`<a class="btn plain compact" href=${to('activity', 'receipt')}>${t('activity.missing')}</a>`}
  </div></div>`
}

function asked(line) {
  const points = line.points || line.pending
  if (!points) return t('activity.what-happened')
  return t('activity.why', { n: Math.abs(points), m: bdi(points < 0 ? signedText(points) : String(points)) })
}

const Term = ({ reason, no }) => html`<div class=${`l ${no ? 'no' : ''}`}>
  ${icon(no ? 'prohibit' : 'check-circle', 'sm')}<span>${reason.sentence}</span><b class="num">${moved(reason)}</b>
</div>`

function moved({ verdict, points }) {
  const { currency } = programme.data.value ?? {}
  if (!points) return ''
  return verdict === 'loaded' && currency ? money({ amount: points, currency }) : signed(points)
}
