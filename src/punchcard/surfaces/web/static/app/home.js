// The card first, then the wallets, then the offer that ends first. Nothing else; on a tablet, two challenges beside it.

import { html, signal } from '../vendor/preact.js'
import { dayKey, day, hour } from '../core/format.js'
import { now } from '../core/clock.js'
import { art, Ring, Timer } from '../core/ui.js'
import { t } from '../core/words.js'
import { amount, Card, isStale } from './card.js'
import { programme, Screen } from './frame.js'
import './install.js'
import { kept, useKept } from './kept.js'
import { isUsable, partnerName, pictured } from './offer_parts.js'
import { to } from './route.js'
import { stands } from './stands.js'
import { Wallets } from './wallets.js'

const tablet = matchMedia('(min-width: 760px)')
const wide = signal(tablet.matches)
tablet.addEventListener('change', () => (wide.value = tablet.matches))

export function Home() {
  const cannotTell = isStale(kept('/me/card'))
  return html`<${Screen} on="home" title=${t('frame.tab-card')} hideTitle class="home">
    <${Card} />
    <div class="side">
      ${stands.value && !cannotTell && html`<${Wallets} /><${Next} />`}
      ${stands.value && wide.value && html`<${InProgress} />`}
    </div>
  <//>`
}

function Next() {
  const offers = useKept('/me/offers').data.value ?? []
  const lasting = offers.filter(offer => isUsable(offer) && Date.parse(offer.until) > now.value)
  if (!lasting.length) return null
  const first = lasting.reduce((one, other) => (Date.parse(other.until) < Date.parse(one.until) ? other : one))
  return html`<a class="panel next" href=${to('offers', first.id)} data-partner=${first.partner_id}>
    ${art(pictured(first))}
    <div class="grow">
      <div class="strong"><bdi>${first.title}</bdi></div>
      <div class="small muted">${until(first)}</div>
    </div>
    <${Timer} at=${first.until} short />
  </a>`
}

function until({ partner_id, until: at }) {
  const { zone } = programme.data.value ?? {}
  const values = { p: html`<bdi>${partnerName(partner_id)}</bdi>`, d: day(at, zone), t: hour(at, zone) }
  return t(dayKey(at, zone) === dayKey(now.value, zone) ? 'home.until-today' : 'home.until-day', values)
}

function InProgress() {
  const all = useKept('/me/challenges').data.value ?? []
  const going = all.filter(each => each.open && !each.completed && each.done > 0 && (each.joined || !each.opt_in)).slice(0, 2)
  const { unit } = kept('/me/card').data.value ?? {}
  return html`<div class="wide">
    ${going.map(
      each => html`<a class="panel row" href=${to('challenges', each.id)} data-partner=${each.partner_id}>
        <${Ring} value=${each.done} of=${each.target} />
        <div class="grow">
          <div class="title"><bdi>${each.name}</bdi></div>
          <div class="small muted">${each.text ? html`<bdi>${each.text}</bdi>` : t('home.waits', { a: amount(each.reward, unit) })}</div>
        </div>
      </a>`,
    )}
  </div>`
}
