// Nobody's card yet: the camera is the pane, and the field has the focus, so that a scanner that types just works.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { complain, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { camera, close, open, torch } from './camera.js'
import { understood } from './scan.js'
import { typed } from './state.js'

export function Idle() {
  const field = useRef()
  const send = event => {
    event.preventDefault()
    if (typed.value.trim()) understood(typed.value, 'typed').catch(complain)
  }
  useEffect(() => field.current.focus({ preventScroll: true }), [])
  return html`<section class="pane">
    <div><h1>${t('scan.title')}</h1><p class="muted">${t('scan.how')}</p></div>
    <${View} />
    <form class="field" onSubmit=${send}>
      ${icon('keyboard')}
      <input id="card" ref=${field} value=${typed.value} onInput=${event => (typed.value = event.currentTarget.value)} placeholder=${text('scan.number')} aria-label=${text('scan.number')} autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="go" />
      <kbd class="hide-s">F1</kbd>
    </form>
  </section>`
}

const SAID = { refused: 'scan.refused', absent: 'scan.absent', busy: 'scan.busy' }

function View() {
  const video = useRef()
  useEffect(() => {
    open(video.current)
    return close
  }, [])
  const { state } = camera.value
  return html`<div class=${`view ${state}`}>
    <video ref=${video} muted playsinline aria-label=${text('scan.camera')}></video>
    ${state === 'on' && html`<div class="aim"></div><div class="beam"></div>`}
    ${SAID[state] && html`<p role="status">${icon('scan', 'lg')}<span>${t(SAID[state])}</span></p>`}
    ${camera.value.torch && html`<button type="button" class="torch" aria-pressed=${String(camera.value.lit)} onClick=${() => torch().catch(complain)}>${icon('sun', 'sm')}${t('scan.torch')}</button>`}
  </div>`
}
