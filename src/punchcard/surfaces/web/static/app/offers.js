// The member's offers: the one that ends first large, then the rest, the best for the member first.

import { html, signal } from '../vendor/preact.js'
import { art, Empty, mark } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme, Screen as Frame } from './frame.js'
import { useKept } from './kept.js'
import { Known } from './known.js'
import { OfferSheet } from './offer.js'
import { isGone, isUsable, partnerName, pictured, Remaining, Standing, Taking } from './offer_parts.js'
import { PushInvite } from './push.js'
import { leave, to } from './route.js'

const shop = signal('') // the partner whose offers are looked at, kept while the page lives

export function Screen({ id }) {
  const offers = useKept('/me/offers')
  const best = useKept('/me/offers/best').data.value?.offer
  return html`<${Frame} on="offers" title=${t('frame.tab-offers')}>
      <${Known} of=${offers}>${all => html`<${Listed} all=${all} best=${best} />`}<//>
    <//>
    ${id && offers.data.value && html`<${OfferSheet} key=${id} id=${id} best=${best} offer=${offers.data.value.find(each => each.id === id)} close=${() => leave('offers')} />`}`
}

function Listed({ all, best }) {
  if (!all.length) return html`<${Empty} drawing="empty-offers" title=${t('offers.none')}><p>${t('offers.none-more')}</p><//>`
  const seen = all.filter(offer => !shop.value || offer.partner_id === shop.value)
  const first = endsFirst(seen)
  const rest = seen.filter(offer => offer !== first)
  const why = offer => offer.id === best?.id && best
  return html`<${Filters} />
    ${first && html`<${Large} key=${first.id} offer=${first} best=${why(first)} />`}
    ${all.some(offer => offer.activated_at) && html`<${PushInvite} />`}
    ${rest.length > 0 && html`<div class="stack two">${rest.map(offer => html`<${Small} key=${offer.id} offer=${offer} best=${why(offer)} />`)}</div>`}
    ${!seen.length && html`<${Empty} drawing="empty-offers" title=${t('offers.none-here', { shop: html`<bdi>${partnerName(shop.value)}</bdi>` })} />`}`
}

const endsFirst = offers =>
  offers.filter(isUsable).reduce((first, each) => (!first || each.until < first.until ? each : first), null)

function Filters() {
  const partners = programme.data.value?.partners ?? []
  if (partners.length < 2) return null
  const one = (id, name) => html`<button type="button" data-partner=${id || undefined} aria-pressed=${shop.value === id} onClick=${() => (shop.value = id)}>${name}</button>`
  return html`<div class="filters" role="group" aria-label=${text('offers.by-shop')}>
    ${one('', t('offers.all'))}
    ${partners.map(({ id, name }) => one(id, html`${mark(id)}<bdi>${name}</bdi>`))}
  </div>`
}

const Large = ({ offer, best }) => html`<article class="hero-offer" data-partner=${offer.partner_id}>
  ${art(pictured(offer))}
  <span class="chip">${mark(offer.partner_id)}<bdi>${partnerName(offer.partner_id)}</bdi></span>
  <h2><a class="cover" href=${to('offers', offer.id)}><bdi>${offer.title}</bdi></a></h2>
  ${best && html`<${ForYou} best=${best} />`}
  <div class="foot">
    <${Remaining} offer=${offer} large />
    <${Taking} offer=${offer} look="btn primary" />
  </div>
</article>`

const Small = ({ offer, best }) => html`<article class=${`panel offer ${isGone(offer) ? 'gone' : ''}`} data-partner=${offer.partner_id}>
  ${art(pictured(offer))}
  <div>
    <div class="who">${mark(offer.partner_id)}<bdi>${partnerName(offer.partner_id)}</bdi></div>
    <h3><a class="cover" href=${to('offers', offer.id)}><bdi>${offer.title}</bdi></a></h3>
    ${best && html`<${ForYou} best=${best} />`}
  </div>
  <div class="end">
    ${isUsable(offer) ? html`<${Remaining} offer=${offer} />` : html`<${Standing} offer=${offer} />`}
    <${Taking} offer=${offer} look="btn compact soft" />
  </div>
</article>`

// For the member is what people alike use; that it is only tried out, or ends first, is said where one asks why.
const LIKED = ['often', 'usual']
const ForYou = ({ best }) =>
  LIKED.includes(best.because) && html`<p class="small muted for-you"><b class="chip brand">${t('offers.for-you')}</b> ${best.why}</p>`
