// When points expire: a calendar of months, what comes first first. And the strip that says what expires next.

import { html } from '../vendor/preact.js'
import { now } from '../core/clock.js'
import { dayText, longDayText, monthText } from '../core/format.js'
import { grouped } from '../core/group.js'
import { Empty, icon } from '../core/ui.js'
import { t } from '../core/words.js'
import { SubScreen } from './frame.js'
import { useKept } from './kept.js'
import { Known } from './known.js'
import { to } from './route.js'

const SOON_DAYS = 60
// A calendar's day has no hour: it is read at noon UTC, wherever the reader is.
const noon = day => Date.parse(`${day}T12:00:00Z`)
const isSoon = day => noon(day) - now.value < SOON_DAYS * 86_400_000
const said = day => {
  const thisYear = day.slice(0, 4) === String(new Date(now.value).getUTCFullYear())
  return html`<bdi>${(thisYear ? dayText : longDayText)(noon(day), 'UTC')}</bdi>`
}

export function Due() {
  const first = useKept('/me/card/expiries').data.value?.find(each => !each.pending)
  if (!first) return null
  return html`<div class=${`due ${isSoon(first.day) ? '' : 'calm'}`}>
    ${icon('hourglass-medium')}<span class="grow">${t('expiry.expiring', { n: first.points, d: said(first.day) })}</span>
    <a class="btn compact" href=${to('expiry')}>${t('expiry.calendar')}</a>
  </div>`
}

export function Screen() {
  const expiries = useKept('/me/card/expiries')
  return html`<${SubScreen} on="activity" title=${t('expiry.title')} from="activity">
    <${Known} of=${expiries}>${all => (all.length ? html`<${Months} all=${all} />` : html`<${Never} />`)}<//>
  <//>`
}

const Never = () => html`<${Empty} drawing="empty" title=${t('expiry.none')}><p>${t('expiry.none-more')}</p><//>`

function Months({ all }) {
  const first = all.find(each => !each.pending)
  return html`<p class="muted">${t('expiry.keep')}</p>
    ${grouped(all, each => each.day.slice(0, 7)).map(
      ({ key, items }) => html`<h2 class="head" key=${key}><bdi>${monthText(noon(items[0].day), 'UTC')}</bdi></h2>
        <section class="panel" key=${`${key}-days`}>${items.map(each => html`<${Day} each=${each} isFirst=${each === first} />`)}</section>`,
    )}
    <a class="btn soft" href=${to('rewards')}>${t('expiry.use')}</a>`
}

const Day = ({ each, isFirst }) => html`<div class=${`row ${isFirst ? 'first' : ''}`}>
  <span class="seal num"><b><bdi>${Number(each.day.slice(8))}</bdi></b></span>
  <div class="grow">
    <div class="title">${said(each.day)}</div>
    <div class="small muted">${t(each.pending ? 'expiry.pending' : isFirst ? 'expiry.first' : 'expiry.last-day')}</div>
  </div>
  <span class="delta num">${t('common.points', { n: each.points })}</span>
</div>`
