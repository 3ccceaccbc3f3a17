// A copy of everything that is kept, and leaving for good.

import { html, useEffect, useRef, useState } from '../vendor/preact.js'
import { reach, Refusal } from '../core/api.js'
import { lang } from '../core/format.js'
import { Act, icon, say, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme, SubScreen } from './frame.js'
import { kept } from './kept.js'
import './push.js' // it ends the subscription of whoever is gone
import { go, instead } from './route.js'
import { bearer, forget, house } from './session.js'

const EXPORT_MS = 120_000

export function Screen({ id }) {
  const name = programme.data.value?.name ?? ''
  return html`<${SubScreen} on="home" from="settings" title=${text('privacy.title')} class="privacy">
      <section class="panel slab">
        <span class="seal">${icon('download-simple')}</span>
        <h2>${t('privacy.export')}</h2>
        <p class="muted">${t('privacy.export-what')}</p>
        <${Act} class="btn soft block" press=${save}>${t('privacy.download')}<//>
      </section>
      <section class="panel slab">
        <span class="seal bad">${icon('sign-out', 'flip')}</span>
        <h2>${t('privacy.leave', { programme: name })}</h2>
        <p class="muted">${t('privacy.leave-what')}</p>
        <button type="button" class="btn no block" onClick=${() => go('privacy', 'leave')}>${t('privacy.leave', { programme: name })}</button>
      </section>
    <//>
    ${id === 'leave' && html`<${Leave} name=${name} />`}`
}

// A link cannot carry the token, so that the file is fetched and then handed to the browser.
async function save() {
  const headers = { Authorization: `Bearer ${await bearer()}`, 'Accept-Language': lang }
  const said = await reach('/me/export', { headers, signal: AbortSignal.timeout(EXPORT_MS) })
  if (!said.ok) throw new Refusal(await said.json().catch(() => ({})), said.status)
  const address = URL.createObjectURL(await said.blob())
  const named = /filename="([\w.-]+)"/.exec(said.headers.get('Content-Disposition') ?? '')
  Object.assign(document.createElement('a'), { href: address, download: named?.[1] ?? 'export.json' }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  say(t('privacy.saved'))
}

// Two presses at two places: the first says what goes and what stays, the second does it. Where the first was stands then what
// keeps everything: a finger that taps twice erases nothing.
function Leave({ name }) {
  const [last, setLast] = useState(false)
  const stay = useRef()
  const close = () => instead('privacy')
  useEffect(() => void (last && stay.current.focus()), [last])
  const leave = async () => {
    await house.remove('/me')
    instead('home')
    forget('left')
  }
  return html`<${Sheet} label=${text('privacy.leave-sure', { programme: name })} close=${close} class="leave" role="alertdialog">
    <h2>${t('privacy.leave-sure', { programme: name })}</h2>
    ${last ? html`<p class="strong">${t('privacy.last-word')}</p>` : html`<${Consequences} />`}
    <div class="pair">
      ${last && html`<${Act} key="erase" class="btn no" press=${leave}>${t('privacy.erase')}<//>`}
      <button key="stay" type="button" class="btn soft" ref=${stay} onClick=${close}>${t('privacy.stay')}</button>
      ${!last && html`<button key="on" type="button" class="btn no" onClick=${() => setLast(true)}>${t('privacy.go-on')}</button>`}
    </div>
  <//>`
}

function Consequences() {
  const points = kept('/me/card').data.value?.points
  const said = [
    ['prohibit', t('privacy.erased'), t('privacy.erased-what')],
    points > 0 && ['hourglass-medium', t('privacy.given-up', { n: points }), t('privacy.given-up-what')],
    ['receipt', t('privacy.remains'), t('privacy.remains-what')],
  ]
  return html`<dl class="what">
    ${said.filter(Boolean).map(([picture, title, body]) => html`<div>${icon(picture)}<dt class="strong">${title}</dt><dd class="muted">${body}</dd></div>`)}
  </dl>`
}
