// The card itself: the one thing on the screen that has weight.

import { html, useEffect, useRef, useState } from '../vendor/preact.js'
import { ahead, Offline, online } from '../core/api.js'
import { now } from '../core/clock.js'
import { file } from '../core/files.js'
import { day, dayKey, hour, money, num, numText, signed } from '../core/format.js'
import { mark, still } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { useKept } from './kept.js'
import { Code, Countdown, useCode } from './qr.js'
import { to } from './route.js'
import { standing, stands } from './stands.js'

const ROLL_MS = 520
const RISE_MS = 1600
const SETTLED_MS = 2500
const opened = performance.timeOrigin

export function Card() {
  const kept = useKept('/me/card')
  useKept('/me/spend-lock')
  const code = useCode()
  const card = kept.data.value
  const isThere = Boolean(card && code.said)
  useEffect(() => void (isThere && standing()), [isThere])
  if (!card) return html`<div class="cardwrap" aria-busy="true"></div>`
  const { look } = card.tier
  return html`<a class="cardwrap live" href=${to('code')} data-tier=${look}>
      <div class="card-top">
        ${stands.value && html`<img class="branch flip" src=${file(`art/branch-${look}.svg`)} alt="" />`}
        <span class="tier">${mark('almond', 'mk')}<bdi>${card.tier.name}</bdi></span>
        <${Balance} points=${card.points} unit=${card.unit} />
        <div class="worth">${isStale(kept) ? asOf(kept.at.value + ahead.value) : t('home.worth', { m: money(card.worth) })}</div>
        <${Way} next=${card.next_tier} unit=${card.unit} />
      </div>
      <div class="card-code">
        ${code.said && html`<${Code} ...${code} /><div class="line"><${Countdown} seconds=${code.seconds} /></div>`}
      </div>
    </a>
    <div class="sr" aria-live="polite">${text('home.balance')} ${amountText(card.points, card.unit)}</div>`
}

// What nobody has confirmed is shown with its time: offline, or when the house takes long to answer at the start.
export function isStale(kept) {
  if (!online.value || kept.error.value instanceof Offline) return true
  return kept.at.value < opened && now.value - ahead.value - opened > SETTLED_MS
}

function asOf(at) {
  const isToday = dayKey(at) === dayKey(now.value)
  return isToday ? t('home.as-of', { t: hour(at) }) : t('home.as-of-day', { d: day(at), t: hour(at) })
}

// What a card counts has the programme's own name where it is not simply points.
export const amountText = (n, unit) => (unit ? `${numText(n)} ${unit}` : text('common.points', { n }))
export const amount = (n, unit) => (unit ? html`<span>${num(n)} <bdi>${unit}</bdi></span>` : t('common.points', { n }))

function Balance({ points, unit }) {
  const [shown, earned] = useRolling(points)
  return html`<div class="bal num">
    <span class="sr">${text('home.balance')}</span>${num(shown)} <span class="u">${unit ? html`<bdi>${unit}</bdi>` : t('common.unit', { n: points })}</span>
    ${earned && html`<span class="earned" key=${earned.key} aria-hidden="true">${signed(earned.points)}</span>`}
  </div>`
}

// The number on its way from what it was to what it is; and what was earned, for as long as it rises and fades.
function useRolling(points) {
  const [shown, show] = useState(points)
  const [earned, rise] = useState(null)
  const from = useRef(points)
  useEffect(() => {
    const before = from.current
    from.current = points
    if (points === before) return
    if (points > before) rise({ points: points - before, key: now.value })
    const over = setTimeout(() => rise(null), RISE_MS)
    const stop = roll(before, points, show)
    return () => (clearTimeout(over), stop())
  }, [points])
  return [shown, earned]
}

function roll(from, until, show) {
  if (still.matches) return show(until), () => {}
  const began = performance.now()
  let frame
  const step = at => {
    const share = Math.min(Math.max(at - began, 0) / ROLL_MS, 1)
    show(Math.round(from + (until - from) * (1 - (1 - share) ** 3)))
    if (share < 1) frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => (cancelAnimationFrame(frame), show(until))
}

// What is missing to the next tier. The highest has none.
function Way({ next, unit }) {
  if (!next) return null
  const share = next.threshold > 0 ? Math.min(next.done / next.threshold, 1) * 100 : 0
  const words = unit
    ? t('home.to-tier-unit', { a: amount(next.missing, unit), t: next.name })
    : t('home.to-tier', { n: next.missing, t: next.name })
  return html`<div class="track" style=${{ '--p': `${share}%` }}><i></i></div>
    <div class="trackrow"><span>${words}</span></div>`
}
