// The till signs in by its key, then the cashier by the name that each sale bears.

import { html, useEffect, useRef, useState } from '../vendor/preact.js'
import { Offline } from '../core/api.js'
import { Act, icon, mark } from '../core/ui.js'
import { t } from '../core/words.js'
import { beginShift, desk, ended, signIn, title } from './desk.js'

const wrong = error => (error instanceof Offline ? t('common.offline') : error.status === 401 ? t('signin.unknown') : error.message)

export function SignIn() {
  const [said, setSaid] = useState(ended.value ? t('frame.key-ended') : null)
  const field = useRef()
  useEffect(() => field.current.focus(), [])
  const open = async () => {
    const asked = field.current.value.trim()
    if (!asked) return field.current.focus()
    try {
      await signIn(asked)
    } catch (error) {
      if (!error.status && !(error instanceof Offline)) throw error
      setSaid(wrong(error))
      field.current.select()
    }
  }
  return html`<${Door} picture=${mark('almond', 'mk')} title=${t('signin.title')} how=${t('signin.intro')} send=${open} button=${t('signin.open')} said=${said}>
    <label class="field">${icon('shield-check')}<span class="sr">${t('signin.key')}</span>
      <input ref=${field} type="password" autocomplete="off" spellcheck="false" dir="ltr" placeholder=${t('signin.key')} aria-invalid=${said ? 'true' : undefined} />
    </label>
  <//>`
}

export function Cashier() {
  const field = useRef()
  const start = async () => {
    const name = field.current.value.trim()
    name ? beginShift(name) : field.current.focus()
  }
  const { partner } = desk.value
  useEffect(() => field.current.focus(), [])
  return html`<${Door} picture=${mark(partner.id, 'mk')} title=${t('signin.who')} how=${t('signin.who-why')} send=${start} button=${t('signin.start')} above=${html`<bdi>${title.value}</bdi>`}>
    <label class="field">${icon('user')}<span class="sr">${t('signin.name')}</span>
      <input ref=${field} autocomplete="name" maxlength="64" placeholder=${t('signin.name')} />
    </label>
  <//>`
}

const Door = ({ picture, title, how, above, send, button, said, children }) => html`<main class="door">
  <form class="pane" onSubmit=${event => event.preventDefault()}>
    ${picture}
    ${above && html`<p class="muted">${above}</p>`}
    <div><h1>${title}</h1><p class="muted">${how}</p></div>
    ${children}
    <p class="wrong" role="alert">${said}</p>
    <${Act} type="submit" class="btn primary block" press=${send}>${button}<//>
  </form>
</main>`
