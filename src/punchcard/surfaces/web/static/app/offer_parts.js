// What the list of offers and one offer both say: what remains, how it stands, and the tap that takes it.

import { html } from '../vendor/preact.js'
import { secondsUntil } from '../core/clock.js'
import { num } from '../core/format.js'
import { Act, announce, icon, Timer } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { refresh } from './kept.js'
import { house } from './session.js'

const FEW = 0.2 // of all that there were
const USABLE = ['open', 'needs-activation']
const PICTURES = { nola: 'cup', rayhan: 'citrus', miro: 'loaf' }

export const isUsable = offer => USABLE.includes(offer.state)
export const pictured = offer => offer.art || PICTURES[offer.partner_id] || ''
export const partnerName = id => programme.data.value?.partners.find(each => each.id === id)?.name ?? id
const again = () => refresh(['/me/offers', '/me/offers/best', '/me/rewards', '/me/claims'])

export const isGone = offer => offer.state === 'sold-out' || offer.state === 'ended'
export const isFew = units => units && units.left <= units.all * FEW

// What remains: few units before time, since they may be gone any minute.
export function Remaining({ offer, large }) {
  const few = isFew(offer.units) && html`<span class="chip hot">${left(offer.units)}</span>`
  const within = secondsUntil(offer.until) < 86400
  const timer = html`<${Timer} at=${offer.until} short=${!large} ended=${again} />`
  if (large && within) return html`<div>${few || html`<div class="small muted">${t('offers.ends-in')}</div>`}${timer}</div>`
  return html`<span class="left">${few || timer}</span>`
}

export const left = units => t('offers.left-of', { n: units.left, m: num(units.all) })

export function Standing({ offer }) {
  const { state, units } = offer
  if (state === 'sold-out') return html`<span class="small muted">${units ? t('offers.all-gone', { n: units.all }) : t('offers.gone')}</span>`
  if (state === 'used') return html`<span class="chip good">${icon('check', 'sm')}${t('offers.used')}</span>`
  return html`<span class=${state === 'ended' ? 'small muted' : 'chip'}>${t(`offers.${state}`)}</span>`
}

// One tap takes an offer, one more gives it back. What needs no tap says where it is to be had: at the till, or among the rewards.
const CLAIMED = ['reward', 'early-access']
export function Taking({ offer, look }) {
  if (!isUsable(offer)) return null
  if (!offer.activation) return html`<span class="small muted lies">${t(CLAIMED.includes(offer.kind) ? 'offers.among-rewards' : 'offers.by-itself')}</span>`
  const on = offer.activated_at !== null
  const path = `/me/offers/${encodeURIComponent(offer.id)}/activation`
  const press = async () => {
    await (on ? house.remove(path) : house.put(path))
    await again()
    announce(text(on ? 'offers.not-active' : 'offers.is-active'))
  }
  return html`<${Act} class=${look} aria-pressed=${on} aria-label=${text(on ? 'offers.active-named' : 'offers.activate-named', { name: offer.title })} press=${press}>
    ${on ? html`${icon('check', 'sm')}${t('offers.active')}` : t('offers.activate')}
  <//>`
}
