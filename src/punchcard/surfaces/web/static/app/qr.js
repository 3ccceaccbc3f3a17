// The card's code as it is shown: what a scanner reads, drawn as one path, and the ring around it that drains until the next.

import { html, useMemo } from '../vendor/preact.js'
import { now } from '../core/clock.js'
import { drawn } from '../core/matrix.js'
import { t, text } from '../core/words.js'
import { kept } from './kept.js'
import { totp } from './totp.js'

// What the card shows now: {said, number, seconds}. Without a key, or when nothing may be spent anyhow, it is the card's number
// and `seconds` is null: that earns everywhere. It is reckoned from what is kept, so that it needs nobody.
export function useCode() {
  const codes = kept('/me/card/codes').data.value
  const number = codes?.static ?? kept('/me/card').data.value?.code
  const turns = codes && !kept('/me/spend-lock').data.value?.locked
  const at = now.value / 1000
  const step = turns ? Math.floor(at / codes.period) : 0
  const said = useMemo(() => (turns ? codes.prefix + totp(codes.key, step, codes.digits) : number), [codes?.key, turns, step, number])
  return { said, number, period: codes?.period, seconds: turns ? Math.ceil((step + 1) * codes.period - at) : null }
}

const RING = 'M50 1.5H85.5A13 13 0 0 1 98.5 14.5V85.5A13 13 0 0 1 85.5 98.5H14.5A13 13 0 0 1 1.5 85.5V14.5A13 13 0 0 1 14.5 1.5H50'

export function Code({ said, seconds, period }) {
  const { size, path } = useMemo(() => drawn(said), [said])
  // The ring is begun once a code, as far into its time as the house's clock is; from then on the browser moves it, or, where
  // little motion is wanted, the second does.
  const since = useMemo(() => `-${((now.value / 1000) % period).toFixed(2)}s`, [said])
  const motion = { '--gone': ((period - seconds) / period) * 100, '--since': since, '--period': `${period}s` }
  return html`<div class="qr">
    ${seconds !== null &&
    html`<svg class="ring" viewBox="0 0 100 100" aria-hidden="true">
      <path class="bg" d=${RING} />
      <path class="fg" key=${said} d=${RING} pathLength="100" style=${motion} />
    </svg>`}
    <svg class="m" key=${said} viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${text('code.qr')}><path d=${path} /></svg>
  </div>`
}

export const Countdown = ({ seconds }) => html`<span class="num">${seconds === null ? t('code.fixed') : t('code.next', { s: seconds })}</span>`
