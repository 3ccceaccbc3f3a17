// One reward in a sheet: what it costs and what is left after it; one tap, then the voucher's code in the same sheet.

import { html, useEffect, useState } from '../vendor/preact.js'
import { newId, Offline } from '../core/api.js'
import { day, money } from '../core/format.js'
import { Act, announce, art, icon, mark, say, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { refresh, useKept } from './kept.js'
import { partnerName } from './offer_parts.js'
import { Code } from './qr.js'
import { CLAIM, isGift, isGiven, Meter, Until } from './rewards.js'
import { to } from './route.js'
import { house } from './session.js'
import { Adding } from './wallets.js'

const MOVED = ['/me/card', '/me/rewards', '/me/claims', '/me/activity', '/me/wallets', '/me/card/expiries', '/me/offers']

export function RewardSheet({ reward, card, claims, close }) {
  const [claim, setClaim] = useState(null)
  const found = reward && claims.find(each => each.id === localStorage.getItem(inDoubt(reward.id)))
  useEffect(() => {
    if (!found) return
    localStorage.removeItem(inDoubt(reward.id)) // the house had heard: here it is
    setClaim(found)
  }, [found])
  if (claim) return html`<${ClaimSheet} claim=${claim} reward=${reward} isNew close=${close} />`
  if (!reward) {
    return html`<${Sheet} label=${text('rewards.not-given')} close=${close} class="redeem">
      <h2>${t('rewards.not-given')}</h2>
      <button type="button" class="btn soft block" onClick=${close}>${t('common.close')}</button>
    <//>`
  }
  return html`<${Sheet} label=${reward.name} close=${close} partner=${reward.partner_id || undefined} class="redeem tall">
    <${Shut} close=${close} />
    ${art(reward.art)}
    ${reward.partner_id && html`<span class="chip brand">${mark(reward.partner_id)}<bdi>${partnerName(reward.partner_id)}</bdi></span>`}
    <h2><bdi>${reward.name}</bdi></h2>
    <${Terms} reward=${reward} />
    ${reward.affordable ? html`<${Getting} reward=${reward} card=${card} got=${setClaim} />` : html`<${Missing} reward=${reward} />`}
  <//>`
}

const Shut = ({ close }) =>
  html`<button type="button" class="iconbtn shut" aria-label=${text('common.close')} onClick=${close}>${icon('x')}</button>`

function Terms({ reward }) {
  const { currency } = programme.data.value ?? {}
  return html`
    ${isGift(reward) && html`<span class="chip">${icon(reward.kind === 'donation' ? 'hand-heart' : 'star', 'sm')}${t(`rewards.${reward.kind}`)}</span>`}
    ${reward.kind === 'discount' && currency && html`<span class="chip">${t('rewards.off', { m: money({ amount: reward.amount, currency }) })}</span>`}
    ${reward.text && html`<p class="muted said"><bdi>${reward.text}</bdi></p>`}
    ${reward.terms && reward.terms !== reward.text && html`<p class="small muted said">${reward.terms}</p>`}
    ${reward.until && html`<p class="small muted">${t('rewards.given-until', { day: day(reward.until) })}</p>`}`
}

// The price stands in the button, the balance after it below.
function Getting({ reward, card, got }) {
  const press = async () => {
    got(await claimed(reward.id))
    announce(text('rewards.yours-now', { name: reward.name }))
    await refresh(MOVED)
  }
  return html`<${Act} class="btn primary block" press=${press}><span>${t(`rewards.${reward.kind === 'donation' ? 'give-for' : 'get-for'}`, { n: reward.points })}</span><//>
    ${card && html`<p class="small muted">${t('rewards.left-after', { n: Math.max(0, card.points - reward.points) })}</p>`}`
}

const Missing = ({ reward }) => html`<div class="lacks"><${Meter} reward=${reward} /></div>
  <button type="button" class="btn block" disabled><span>${t('rewards.missing', { n: reward.missing })}</span></button>`

// While it is in doubt whether the house heard, the same claim is asked for again, even after the page began anew.
const inDoubt = reward => `pc.kept.claiming.${reward}`
async function claimed(reward) {
  const key = inDoubt(reward)
  const id = localStorage.getItem(key) ?? newId()
  localStorage.setItem(key, id)
  try {
    const claim = await house.put(`/me/claims/${id}`, { reward })
    localStorage.removeItem(key)
    return claim
  } catch (error) {
    if (!(error instanceof Offline || error.status >= 500)) localStorage.removeItem(key)
    throw error
  }
}

// The voucher: its code for the till, until when, into a wallet, or back for its points.
export function ClaimSheet({ claim, reward, isNew, close }) {
  const tickets = useKept('/me/wallets').data.value?.tickets ?? []
  const ticket = tickets.find(each => each.id === CLAIM + claim.id)
  const waits = claim.state === 'active' && !isGiven(claim)
  return html`<${Sheet} label=${claim.name} close=${close} partner=${claim.partner_id || undefined} class="redeem tall voucher">
    <${Shut} close=${close} />
    ${waits ? html`<div class="paper"><${Code} said=${claim.scan} seconds=${null} /></div>` : art(reward?.art ?? '', claim.state === 'active' ? '' : 'pale')}
    ${waits && html`<bdi class="number num" dir="ltr">${claim.code}</bdi>`}
    ${isNew && html`<span class="chip good">${icon('check', 'sm')}${t('rewards.yours')}</span>`}
    <h2><bdi>${claim.name}</bdi></h2>
    ${waits && html`<p class="muted said">${t('rewards.show')}</p>`}
    <p class="small muted"><${Until} claim=${claim} /></p>
    ${waits && ticket && html`<${Adding} links=${ticket} />`}
    ${waits && html`<a class="btn soft block" href=${to('code')}>${t('rewards.card')}</a>`}
    ${waits && claim.points > 0 && html`<${HandBack} claim=${claim} close=${close} />`}
  <//>`
}

function HandBack({ claim, close }) {
  const [sure, setSure] = useState(false)
  const press = async () => {
    await house.remove(`/me/claims/${claim.id}`)
    say(t('rewards.came-back', { n: claim.points }))
    close()
    await refresh(MOVED)
  }
  if (!sure) return html`<button type="button" class="btn plain compact" onClick=${() => setSure(true)}>${t('rewards.hand-back')}</button>`
  return html`<${Act} class="btn no block" press=${press}><span>${t('rewards.hand-back-for', { n: claim.points })}</span><//>`
}
