// The code alone on white, as large and as bright as a page can be, and the screen stays awake for as long as it is shown.

import { html, useEffect } from '../vendor/preact.js'
import { icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { OfflineNote } from './frame.js'
import { useKept } from './kept.js'
import { Code, Countdown, useCode } from './qr.js'
import { leave, to } from './route.js'

export function Screen() {
  const card = useKept('/me/card').data.value
  const code = useCode()
  useEffect(() => stayAwake(), [])
  useEffect(() => bright(), [])
  useEffect(() => {
    const keys = event => event.key === 'Escape' && leave('home')
    addEventListener('keydown', keys)
    return () => removeEventListener('keydown', keys)
  }, [])
  const close = event => (event.preventDefault(), leave('home'))
  return html`<main class="full live" data-tier=${card?.tier.look}>
    <a class="iconbtn" href=${to('home')} aria-label=${text('common.close')} onClick=${close}>${icon('x')}</a>
    <h1>${t('code.show')}</h1>
    ${code.said &&
    html`<${Code} ...${code} />
      <div class="no num" aria-label=${text('code.number')} role="group"><bdi dir="ltr">${grouped(code.number)}</bdi></div>
      <div class="line"><${Countdown} seconds=${code.seconds} /></div>`}
    <${OfflineNote} />
  </main>`
}

// For a till that cannot scan: as it stands on receipts and passes, in words of four.
const grouped = number => number.match(/.{1,4}/g).join(' ')

// The browser takes the lock back whenever the page is hidden.
function stayAwake() {
  let lock = null
  let over = false
  const ask = async () => {
    if (document.visibilityState !== 'visible' || !navigator.wakeLock) return
    const given = await navigator.wakeLock.request('screen').catch(() => null)
    if (over) given?.release()
    else lock = given
  }
  ask()
  document.addEventListener('visibilitychange', ask)
  return () => {
    over = true
    document.removeEventListener('visibilitychange', ask)
    lock?.release()
  }
}

// Also the phone's own bars turn white.
function bright() {
  const bars = [...document.querySelectorAll('meta[name="theme-color"]')].map(meta => [meta, meta.content])
  bars.forEach(([meta]) => (meta.content = '#ffffff'))
  document.documentElement.classList.add('bright')
  return () => {
    bars.forEach(([meta, before]) => (meta.content = before))
    document.documentElement.classList.remove('bright')
  }
}
