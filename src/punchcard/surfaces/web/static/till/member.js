// Whose card it is, what the basket earns and may spend, and every promise that had a say, each with its reason.

import { html } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { file } from '../core/files.js'
import { day, money, signed } from '../core/format.js'
import { icon, Ring } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { cash, tiers, zone } from './desk.js'
import { Approval, approving, Spend } from './points.js'
import { useOne } from './reward.js'
import { asking, dropCard, leaveReward, lines, quote, rewards } from './state.js'

export function Member() {
  const it = quote.value
  if (!it) return html`<${Waiting} />`
  return html`<section class="pane" aria-busy=${String(asking.value)}>
    <${Mini} member=${it.member} balance=${it.balance} />
    ${approving.value ? html`<${Approval} />` : html`<${Tiles} quote=${it} />`}
    <${Rewards} quote=${it} />
    ${lines.value.length > 0 ? html`<${Reasons} quote=${it} />` : html`<p class="muted">${t('quote.add-first')}</p>`}
  </section>`
}

const Waiting = () => html`<section class="pane"><div class="wait" role="status">
  ${online.value ? html`<${Ring} value=${1} of=${4}>${icon('cardholder', 'lg')}<//><p>${t('scan.asking')}</p>` : html`<span class="d honey">${icon('wifi-slash')}</span><p>${t('scan.no-answer')}</p>`}
  <button type="button" class="btn plain" onClick=${dropCard}>${t('scan.another')}</button>
</div></section>`

const LOOKS = ['bud', 'blossom', 'orchard']
function Mini({ member, balance }) {
  const tier = tiers.value.find(each => each.id === member.tier.id)
  const look = LOOKS.includes(tier?.look) ? tier.look : 'bud'
  return html`<div class="mini" data-tier=${look}>
    <img class="flip" src=${file(`art/branch-${look}.svg`)} alt="" />
    <div><div class="s small">${tier?.name ?? member.tier.name}</div><h1 class="n"><bdi>${member.name || t('frame.title')}</bdi></h1><div class="s num">${t('common.points', { n: balance })}</div></div>
    <button type="button" class="iconbtn" aria-label=${text('quote.take-off-card')} onClick=${dropCard}>${icon('x')}</button>
  </div>`
}

const Tiles = ({ quote: it }) => html`<div class="tiles">
  <div class="tile">
    <span class="small">${t('quote.earns')}</span>
    <b class="num">${signed(lines.value.length ? it.earns : 0)}</b>
    <span class="small">${t('common.unit', { n: it.earns })}</span>
    <span class="small after">${t('quote.new-balance', { n: lines.value.length ? it.balance_after : it.balance })}</span>
  </div>
  <${Spend} />
</div>`

function Rewards({ quote: it }) {
  if (!it.vouchers.length && !it.unusable.length) return null
  return html`<div class="reasons"><h2>${t('quote.rewards')}</h2>
    ${it.vouchers.map(each => html`<${Usable} reward=${each} key=${each.id} />`)}
    ${it.unusable.map(each => html`<${No} name=${each.name} why=${each.detail} picture="gift" key=${each.id} />`)}
  </div>`
}

function Usable({ reward }) {
  const on = rewards.value.some(each => each.id === reward.id)
  return html`<div class="l">
    ${icon(on ? 'gift-fill' : 'gift', 'sm')}
    <span><bdi>${reward.name}</bdi>${reward.until && html`<br /><em>${t('quote.until', { at: day(reward.until, zone()) })}</em>`}</span>
    <button type="button" class="btn soft compact" aria-pressed=${String(on)} onClick=${() => (on ? leaveReward(reward.id) : useOne(reward))}>
      ${on ? icon('check', 'sm') : null}${t(on ? 'quote.used' : 'quote.use')}${reward.amount > 0 && html`<span class="num">${money(cash(-reward.amount))}</span>`}
    </button>
  </div>`
}

const Ok = ({ name, value }) => html`<div class="l">${icon('check-circle-fill', 'sm')}<span>${name}</span><b class="num">${value}</b></div>`
const No = ({ name, why, picture = 'prohibit' }) => html`<div class="l no">${icon(picture, 'sm')}<span>${name}${why && html`<br /><em>${why}</em>`}</span><span></span></div>`

// What this basket cannot change: another shop's promise, another level's, one that is over.
const FAR = ['other-place', 'other-tier', 'ended', 'not-begun', 'not-first', 'other-channel', 'not-birthday', 'not-granted', 'held-out']
const NEAR_MOST = 4

// A promise is named once: an offer that gives points is a promise, too, and so is one that gives none here.
function Reasons({ quote: it }) {
  const gives = each => each.points > 0 // also what a limit made smaller
  const applied = it.reasons.filter(gives)
  const off = it.offers.filter(each => each.amount > 0)
  const far = new Set(it.reasons.filter(each => FAR.includes(each.verdict)).map(each => each.term))
  const silent = it.offers.filter(each => each.detail && !far.has(each.id))
  const named = new Set([...silent, ...off].map(each => each.id))
  const skipped = it.reasons.filter(each => !gives(each) && !named.has(each.term))
  const rows = [
    ...silent.map(({ id, name, detail }) => ({ id, name, why: detail.replace(`: ${name}`, '') })),
    ...skipped.sort((a, b) => FAR.includes(a.verdict) - FAR.includes(b.verdict)).map(each => ({ id: each.term, name: each.name, why: whyOf(each) })),
  ]
  const near = Math.min(NEAR_MOST, silent.length + skipped.filter(each => !FAR.includes(each.verdict)).length)
  const shown = ({ id, name, why }) => html`<${No} name=${name} why=${why} key=${id} />`
  return html`<div class="reasons">
    ${applied.length + off.length > 0 && html`<h2>${t('quote.applied')}</h2>`}
    ${applied.map(each => html`<${Ok} name=${each.name} value=${signed(each.points)} key=${each.term} />`)}
    ${off.map(each => html`<${Ok} name=${each.name} value=${money(cash(-each.amount))} key=${each.id} />`)}
    ${near > 0 && html`<h2>${t('quote.skipped')}</h2>`}
    ${rows.slice(0, near).map(shown)}
    ${rows.length > near && html`<details><summary>${t('quote.more', { n: rows.length - near })}</summary>${rows.slice(near).map(shown)}</details>`}
  </div>`
}

// The house says "name: why not"; the name stands above already.
function whyOf({ name, sentence }) {
  const why = sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence === name ? '' : sentence
  return why && why[0].toLocaleUpperCase() + why.slice(1)
}

