// What points can be spent on: what waits to be used, what one can have now, then what is worth saving for.

import { html } from '../vendor/preact.js'
import { day, num } from '../core/format.js'
import { art, Empty, icon } from '../core/ui.js'
import { t } from '../core/words.js'
import { Screen as Frame } from './frame.js'
import { useKept } from './kept.js'
import { Known } from './known.js'
import { ClaimSheet, RewardSheet } from './reward.js'
import { leave, to } from './route.js'

export const CLAIM = 'claim:' // #rewards/claim:ID is something that was claimed, #rewards/ID a reward

export function Screen({ id }) {
  const rewards = useKept('/me/rewards')
  const claims = useKept('/me/claims').data.value ?? []
  const card = useKept('/me/card').data.value
  return html`<${Frame} on="rewards" title=${t('frame.tab-rewards')}>
      <${Known} of=${rewards}>${all => html`<${Listed} all=${all} claims=${claims} points=${card?.points} />`}<//>
    <//>
    ${id && rewards.data.value && html`<${Over} key=${id} id=${id} rewards=${rewards.data.value} claims=${claims} card=${card} />`}`
}

const close = () => leave('rewards')

function Over({ id, rewards, claims, card }) {
  const reward = rewards.find(each => each.id === id)
  const claim = id.startsWith(CLAIM) && claims.find(each => each.id === id.slice(CLAIM.length))
  if (claim) return html`<${ClaimSheet} claim=${claim} reward=${rewards.find(each => each.id === claim.reward)} close=${close} />`
  return html`<${RewardSheet} reward=${reward} card=${card} claims=${claims} close=${close} />`
}

function Listed({ all, claims, points }) {
  if (!all.length && !claims.length) {
    return html`<${Empty} drawing="empty" title=${t('rewards.none')}><p>${t('rewards.none-more')}</p><//>`
  }
  const known = new Map(all.map(reward => [reward.id, reward]))
  const [mine, before] = [claims.filter(isActive), claims.filter(claim => !isActive(claim))]
  const [now, later] = [all.filter(reward => reward.affordable), all.filter(reward => !reward.affordable)]
  return html`
    ${mine.length > 0 && html`<${Claims} title=${t('rewards.waiting')} claims=${mine} known=${known} />`}
    ${now.length > 0 &&
    html`<h2 class="head">${t('rewards.now')}${points !== undefined && html`<span class="small muted">${t('common.points', { n: points })}</span>`}</h2>
      <div class="shelf">${now.map(reward => html`<${Shelved} key=${reward.id} reward=${reward} />`)}</div>`}
    ${later.length > 0 &&
    html`<h2 class="head">${t('rewards.saving')}</h2>
      <div class="stack two">${later.map(reward => html`<${Saving} key=${reward.id} reward=${reward} />`)}</div>`}
    ${before.length > 0 && html`<${Claims} title=${t('rewards.before')} claims=${before} known=${known} />`}`
}

export const isGiven = claim => claim.state === 'active' && claim.kind === 'donation'
const isActive = claim => claim.state === 'active' && !isGiven(claim)
export const isGift = reward => reward?.kind === 'donation' || reward?.kind === 'experience'

const Shelved = ({ reward }) => html`<a class="panel reward" href=${to('rewards', reward.id)} data-partner=${reward.partner_id || undefined}>
  ${art(reward.art)}
  <h3><bdi>${reward.name}</bdi></h3>
  ${isGift(reward) && html`<span class="small muted">${t(`rewards.${reward.kind}`)}</span>`}
  <span class="price">${t('common.points', { n: reward.points })}</span>
</a>`

const Saving = ({ reward }) => html`<a class="panel row saving" href=${to('rewards', reward.id)} data-partner=${reward.partner_id || undefined}>
  ${art(reward.art)}
  <div class="grow">
    <h3 class="title"><bdi>${reward.name}</bdi></h3>
    ${under(reward) && html`<div class="small muted">${under(reward)}</div>`}
    <${Meter} reward=${reward} />
  </div>
</a>`

function under(reward) {
  if (reward.text) return html`<bdi>${reward.text}</bdi>`
  if (isGift(reward)) return t(`rewards.${reward.kind}`)
  return reward.until && t('rewards.given-until', { day: day(reward.until) })
}

// How much of the price is there.
export function Meter({ reward }) {
  const have = reward.points - reward.missing
  return html`<div class="meter" style=${{ '--p': `${Math.round((have / reward.points) * 100)}%` }} aria-hidden="true"><i></i></div>
    <div class="small meter-said num">${t('rewards.so-far', { m: num(have), n: reward.points })}</div>`
}

const Claims = ({ title, claims, known }) => html`<h2 class="head">${title}</h2>
  <section class="panel claims">${claims.map(claim => html`<${Claimed} key=${claim.id} claim=${claim} reward=${known.get(claim.reward)} />`)}</section>`

const Claimed = ({ claim, reward }) => html`<a class="row" href=${to('rewards', CLAIM + claim.id)} data-partner=${claim.partner_id || undefined}>
  <span class="small-art">${art(reward?.art ?? '', isActive(claim) || isGiven(claim) ? '' : 'pale')}</span>
  <div class="grow">
    <div class="title"><bdi>${claim.name}</bdi></div>
    <div class="small muted"><${Until} claim=${claim} short /></div>
  </div>
  ${isActive(claim) && html`<bdi class="strong num" dir="ltr">${claim.code}</bdi>`}
  ${icon('caret-right', 'sm flip')}
</a>`

export const Until = ({ claim, short }) => {
  if (isGiven(claim)) return t('rewards.given')
  if (!isActive(claim)) return t(`rewards.${claim.state}`, { day: day(claim.claimed_at) })
  return claim.until ? t(short ? 'rewards.by' : 'rewards.use-by', { day: day(claim.until) }) : t('rewards.no-end')
}
