// Nobody's card yet: the camera is the pane, and the field has the focus, so that a scanner that types just works.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { complain, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { understood } from './scan.js'
import { typed } from './state.js'
import { View } from './view.js'

export const Idle = () => html`<section class="pane">
  <div><h1>${t('scan.title')}</h1><p class="muted">${t('scan.how')}</p></div>
  <${View} />
  <${Field} />
</section>`

export function Field() {
  const field = useRef()
  const send = event => {
    event.preventDefault()
    if (typed.value.trim()) understood(typed.value, 'typed').catch(complain)
  }
  useEffect(() => field.current.focus({ preventScroll: true }), [])
  return html`<form class="field" onSubmit=${send}>
    ${icon('keyboard')}
    <input id="card" ref=${field} value=${typed.value} onInput=${event => (typed.value = event.currentTarget.value)} placeholder=${text('scan.number')} aria-label=${text('scan.number')} autocomplete="off" autocapitalize="characters" spellcheck="false" enterkeyhint="go" />
    <kbd class="hide-s">F1</kbd>
  </form>`
}
