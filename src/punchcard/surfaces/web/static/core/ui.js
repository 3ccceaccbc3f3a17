// The pieces that every screen is made of. Their looks stand in ui.css.

import { html, signal, useEffect, useRef, useState } from '../vendor/preact.js'
import { Offline } from './api.js'
import { almond, around } from './around.js'
import { now, secondsUntil } from './clock.js'
import { file } from './files.js'
import { leftText, num } from './format.js'
import { t, text } from './words.js'

export function icon(name, look = '') {
  const drawn = around(name)
  if (drawn) return html`<svg class=${`i ${look}`} viewBox="0 0 256 256" aria-hidden="true">${drawn}</svg>`
  return html`<svg class=${`i ${look}`} aria-hidden="true"><use href=${`${file('icons.svg')}#${name}`} /></svg>`
}

const MARKS = ['nola', 'rayhan', 'miro']
// A partner's mark where there is a drawing of it, else a shop.
export function mark(id, look = 'pm') {
  if (id === 'almond') return almond(look)
  if (!MARKS.includes(id)) return icon('storefront', look)
  return html`<svg class=${look} aria-hidden="true"><use href=${`${file('art/partners.svg')}#${id}`} /></svg>`
}

const STILL_LIFES = ['cup', 'citrus', 'loaf', 'tomato', 'bowl', 'almonds', 'flower']
// A drawing by its name in the rulebook; a name that is not there is the flower. It says nothing that the text does not.
export const art = (name, look = '') =>
  html`<img class=${look} src=${file(`art/${STILL_LIFES.includes(name) ? name : 'flower'}.svg`)} alt="" />`

// A circle that fills from the top towards the reading direction. `children` stand in the middle; without them "5/8".
export function Ring({ value, of, children }) {
  const share = of > 0 ? Math.min(value / of, 1) * 100 : 0
  return html`<div class="ring">
    <svg class="r" viewBox="0 0 100 100" aria-hidden="true">
      <circle class="bg" cx="50" cy="50" r="44" />
      ${share > 0 && html`<circle class="fg" cx="50" cy="50" r="44" pathLength="100" stroke-dasharray=${`${share} 200`} />`}
    </svg>
    <div class="c">${children ?? html`<bdi class="num" dir="ltr">${num(value)}/${num(of)}</bdi>`}</div>
  </div>`
}

const SPOKEN_SECONDS = [3600, 600, 60]
// What remains until `at`: a clock within a day, words before. Screen readers hear it at one hour, ten minutes and one.
export function Timer({ at, short = false, ended }) {
  const seconds = secondsUntil(at)
  const spoken = useRef(Infinity)
  const due = SPOKEN_SECONDS.find(each => seconds <= each && spoken.current > each)
  useEffect(() => {
    if (due) spoken.current = due
    if (due && seconds > 0) announce(text('common.minutes-left', { n: Math.ceil(seconds / 60) }))
    if (seconds === 0) ended?.()
  }, [due, seconds === 0])
  if (seconds >= 86400) return html`<span class="small muted">${t('common.days-left', { n: Math.floor(seconds / 86400) })}</span>`
  return html`<span class="timer num" role="timer" aria-live="off">${leftText(seconds, short)}</span>`
}

// A button that does something that takes time: it waits, cannot be pressed twice, and what went wrong is said.
export function Act({ press, class: look = 'btn primary', disabled, children, ...rest }) {
  const [busy, setBusy] = useState(false)
  const alive = useRef(true)
  useEffect(() => () => (alive.current = false), [])
  const pressed = async event => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    try {
      await press(event)
    } catch (error) {
      complain(error)
    } finally {
      if (alive.current) setBusy(false)
    }
  }
  return html`<button type="button" class=${look} disabled=${disabled} aria-busy=${busy} onClick=${pressed} ...${rest}>${children}</button>`
}

export const Switch = ({ on, label, change }) =>
  html`<${Act} class="switch" role="switch" aria-checked=${String(Boolean(on))} aria-label=${label} press=${() => change(!on)} />`

// From below, with one decision in it. It keeps the focus and gives it back. Escape, a tap beside it and back close it, but
// not where `close` is left out: then it wants an answer.
export function Sheet({ label, close, partner, class: look = '', role = 'dialog', children }) {
  const box = useRef()
  useEffect(() => {
    const before = document.activeElement
    ;(box.current.querySelector('[autofocus]') ?? box.current).focus()
    return () => before?.isConnected && before.focus()
  }, [])
  const keys = event => {
    if (event.key === 'Escape') close?.()
    if (event.key === 'Tab') keepInside(event, box.current)
  }
  const beside = event => event.target === event.currentTarget && close?.()
  return html`<div class="sheet-scrim" onClick=${beside} onKeyDown=${keys}>
    <section class=${`sheet ${look}`} role=${role} aria-modal="true" aria-label=${label} data-partner=${partner} tabindex="-1" ref=${box}>
      ${children}
    </section>
  </div>`
}

function keepInside(event, box) {
  const stops = [...box.querySelectorAll('a[href], button:not([disabled]), input:not([disabled]), select, textarea')]
  if (!stops.length) return event.preventDefault()
  const [first, last] = [stops[0], stops[stops.length - 1]]
  const from = document.activeElement
  if (event.shiftKey && (from === first || from === box)) last.focus(), event.preventDefault()
  if (!event.shiftKey && from === last) first.focus(), event.preventDefault()
}

export const Empty = ({ drawing, title, children }) =>
  html`<div class="empty"><img src=${file(`art/${drawing}.svg`)} alt="" /><h2>${title}</h2>${children}</div>`

// What a short word at the foot of the page says, and what only screen readers hear.
const toast = signal(null)
const heard = signal('')
let quiet

export function say(words, look = '') {
  clearTimeout(quiet)
  toast.value = { words, look }
  quiet = setTimeout(() => (toast.value = null), 6000)
}

export const announce = words => (heard.value = words)

export function complain(error) {
  if (!(error instanceof Error)) throw error
  console.warn(error)
  say(error instanceof Offline ? t('common.offline') : error.status ? error.message : t('common.sorry'), 'bad')
}

export const Toast = () => html`
  <div class="toasts" role="status">${toast.value && html`<div class=${`toast ${toast.value.look}`} onClick=${() => (toast.value = null)}>${toast.value.words}</div>`}</div>
  <div class="sr" aria-live="polite">${heard.value}</div>`

// Whether the person asked for little motion; celebrations ask it.
export const still = matchMedia('(prefers-reduced-motion: reduce)')
export { now }
