// What the camera sees, with a frame to aim by; or why there is nothing to see.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { complain, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { camera, close, open, torch } from './camera.js'

const SAID = { refused: 'scan.refused', absent: 'scan.absent', busy: 'scan.busy' }

export function View() {
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
