// A gentle feast, once each: for a new tier, a finished challenge, the first reward. It moves for a second, then it is still.

import { html, signal, useEffect, useRef } from '../vendor/preact.js'
import { file } from '../core/files.js'
import { bdi } from '../core/format.js'
import { has, t, text } from '../core/words.js'
import { isAsking } from './approve.js'
import { amount } from './card.js'
import { programme } from './frame.js'
import { follow, kept } from './kept.js'
import { go } from './route.js'
import { session, whenAnother } from './session.js'

const KEY = 'pc.kept.party' // what was seen of a member goes with what was kept of them
const LATER_MS = 2000
const ALSO = ['/me/challenges', '/me/claims']
const opened = performance.timeOrigin // this module comes after the first answers, which count
const waiting = signal([])
whenAnother(() => (waiting.value = []))

// What there is to celebrate between what was seen and what is: whoever signs in here for the first time has seen nothing yet,
// and is not told of what they have long had.
export function news(before, { tiers, card, challenges, claims }) {
  if (!before) return []
  const rank = id => tiers.findIndex(tier => tier.id === id)
  const found = []
  if (rank(before.tier) >= 0 && rank(card.tier.id) > rank(before.tier)) found.push({ kind: 'tier', tier: card.tier })
  for (const each of challenges) if (each.times > (before.done[each.id] ?? 0)) found.push({ kind: 'challenge', challenge: each })
  if (!before.claimed && claims.length) found.push({ kind: 'reward', reward: claims[0] })
  return found
}

export const seen = ({ card, challenges, claims }, before) => ({
  tier: card.tier.id,
  done: Object.fromEntries(challenges.map(({ id, times }) => [id, times])),
  claimed: Boolean(before?.claimed || claims.length),
})

// Only what the house said since the page began is compared: what was kept is what was seen.
function known() {
  const [card, challenges, claims] = ['/me/card', ...ALSO].map(kept)
  const tiers = programme.data.value?.tiers
  if (!tiers || [card, challenges, claims].some(({ data, at }) => !data.value || at.value < opened)) return null
  return { tiers, card: card.data.value, challenges: challenges.data.value, claims: claims.data.value }
}

function look(at) {
  const mine = session.value?.member_id
  const before = JSON.parse(localStorage.getItem(KEY))
  const last = before?.member === mine ? before : null
  waiting.value = [...waiting.value, ...news(last, at)]
  localStorage.setItem(KEY, JSON.stringify({ member: mine, ...seen(at, last) }))
}

export function Party() {
  useEffect(() => {
    const later = setTimeout(() => ALSO.forEach(follow), LATER_MS)
    return () => clearTimeout(later)
  }, [])
  const at = known()
  useEffect(() => void (at && look(at)), [at?.tiers, at?.card, at?.challenges, at?.claims])
  const [first, ...rest] = waiting.value
  if (!first || isAsking()) return null
  return html`<${Feast} key=${JSON.stringify(first)} what=${first} on=${() => (waiting.value = rest)} />`
}

function words({ kind, tier, challenge, reward }) {
  const { unit } = kept('/me/card').data.value ?? {}
  if (kind === 'tier') {
    const own = `party.tier-${tier.id}`
    return { title: has(own) ? t(own) : t('party.tier', { t: bdi(tier.name) }), body: t('party.tier-so'), button: t('party.see-card') }
  }
  if (kind === 'challenge') {
    const body = challenge.reward > 0 && t('party.challenge-so', { a: amount(challenge.reward, unit) })
    return { title: t('party.challenge', { c: bdi(challenge.name) }), body, button: t('party.on') }
  }
  return { title: t('party.reward'), body: t('party.reward-so', { r: bdi(reward.name) }), button: t('party.on') }
}

// Where the petals hang: across, down, how large and how far turned.
const PETALS = [[8, 9, 0.7, 20], [82, 12, 0.9, -40], [20, 40, 0.6, 80], [74, 46, 0.8, 140], [50, 6, 0.6, 200], [90, 34, 0.5, 60], [10, 58, 0.7, -20], [60, 60, 0.5, 30]]

function Feast({ what, on }) {
  const box = useRef()
  useEffect(() => {
    const before = document.activeElement
    box.current.focus({ preventScroll: true })
    return () => before?.isConnected && before.focus({ preventScroll: true })
  }, [])
  const { look } = what.tier ?? kept('/me/card').data.value.tier
  const { title, body, button: label } = words(what)
  const end = () => (on(), what.kind === 'tier' && go('home'))
  const keys = event => {
    if (event.key === 'Escape') end()
    if (event.key === 'Tab') event.preventDefault(), box.current.querySelector('button').focus()
  }
  const drawing = name => file(`art/${name}${look === 'orchard' ? '-orchard' : ''}.svg`)
  return html`<div class="party" data-tier=${look} role="dialog" aria-modal="true" aria-label=${text('party.label')} tabindex="-1" ref=${box} onClick=${end} onKeyDown=${keys}>
    ${PETALS.map(
      ([x, y, size, turn], i) =>
        html`<img class="petal" src=${drawing('petal')} alt="" style=${{ '--x': `${x}%`, '--y': `${y}%`, '--size': size, '--turn': `${turn}deg`, '--late': `${i * 40}ms` }} />`,
    )}
    <img class="bloom" src=${drawing('flower')} alt="" />
    <h1>${title}</h1>
    ${body && html`<p>${body}</p>`}
    <button type="button" class="btn block">${label}</button>
  </div>`
}
