// One offer in a sheet: what it gives and on what terms, why the member has it, and how to hear no more of such.

import { html, useState } from '../vendor/preact.js'
import { day, hour, money } from '../core/format.js'
import { art, icon, mark, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { useKept } from './kept.js'
import { isFew, isUsable, left, partnerName, pictured, Remaining, Standing, Taking } from './offer_parts.js'
import { to } from './route.js'

export function OfferSheet({ id, offer, best, close }) {
  if (!offer) {
    return html`<${Sheet} label=${text('offers.not-yours')} close=${close} class="redeem">
      <h2>${t('offers.not-yours')}</h2>
      <button type="button" class="btn soft block" onClick=${close}>${t('common.close')}</button>
    <//>`
  }
  return html`<${Sheet} label=${offer.title} close=${close} partner=${offer.partner_id} class="redeem tall">
    <button type="button" class="iconbtn shut" aria-label=${text('common.close')} onClick=${close}>${icon('x')}</button>
    ${art(pictured(offer), isUsable(offer) ? '' : 'pale')}
    <span class="chip brand">${mark(offer.partner_id)}<bdi>${partnerName(offer.partner_id)}</bdi></span>
    <h2><bdi>${offer.title}</bdi></h2>
    ${offer.text && html`<p class="muted"><bdi>${offer.text}</bdi></p>`}
    ${isUsable(offer) ? html`<${Remaining} offer=${offer} large />` : html`<${Standing} offer=${offer} />`}
    <${Terms} offer=${offer} />
    <${Taking} offer=${offer} look="btn primary block" />
    <${Why} id=${id} best=${best?.id === id && best} />
  <//>`
}

function Terms({ offer }) {
  const zone = programme.data.value?.zone
  const { currency } = programme.data.value ?? {}
  const at = instant => ({ day: day(instant, zone), hour: hour(instant, zone) })
  const over = offer.state === 'ended'
  const line = (picture, words) => words && html`<li>${icon(picture, 'sm')}<span>${words}</span></li>`
  return html`<ul class="terms">
    ${line('gift', offer.gives && html`<bdi>${offer.gives}</bdi>`)}
    ${line('timer', html`${t(over ? 'offers.ended-at' : 'offers.until', at(offer.until))}`)}
    ${line('user', offer.personal && t('offers.personal'))}
    ${line('basket', offer.basket_minimum > 0 && t('offers.basket-from', { m: money({ amount: offer.basket_minimum, currency }) }))}
    ${line('check', isUsable(offer) && offer.uses_left !== null && t('offers.uses-left', { n: offer.uses_left }))}
    ${line('hourglass-medium', isUsable(offer) && offer.units && !isFew(offer.units) && left(offer.units))}
    ${line('pause', ['paused', 'limit'].includes(offer.state) && t(`offers.${offer.state}-why`))}
    ${['reward', 'early-access'].includes(offer.kind) && isUsable(offer) && html`<li>${icon('gift', 'sm')}<a class="link" href=${to('rewards')}>${t('offers.among-rewards')}</a></li>`}
  </ul>`
}

function Why({ id, best }) {
  const [open, setOpen] = useState(false)
  return html`<div class="why-offer">
    <button type="button" class="btn plain compact" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t('offers.why')}</button>
    ${open && html`<${Because} id=${id} best=${best} />`}
  </div>`
}

function Because({ id, best }) {
  const why = useKept(`/me/offers/${encodeURIComponent(id)}/why`).data.value
  if (!why) return html`<div class="waiting" aria-busy="true"></div>`
  const said = [...why.because, ...(best ? [best.why] : [])]
  return html`<div class="because" role="status">
    ${said.map(sentence => html`<p>${sentence}</p>`)}
    <p class="small muted">${why.switch_off} <a class="link" href=${to('settings')}>${t('offers.to-settings')}</a></p>
  </div>`
}
