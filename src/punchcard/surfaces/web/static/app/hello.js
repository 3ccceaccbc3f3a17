// A new member says what they are called and what they agree to. Nothing is ticked for them, and all of it may be left out.

import { html, useState } from '../vendor/preact.js'
import { lang } from '../core/format.js'
import { Act, Switch } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { useKept } from './kept.js'
import { instead } from './route.js'
import { introduce, wish } from './wishes.js'

const ASKED = ['marketing', 'personalisation']

export function Screen() {
  const profile = useKept('/me/profile').data.value
  const preferences = useKept('/me/preferences').data.value
  const [name, setName] = useState('')
  const [consents, setConsents] = useState({})
  const done = async () => {
    if (name.trim()) await introduce({ name: name.trim(), language: lang })
    if (Object.values(consents).some(Boolean)) await wish({ consents: { ...preferences.consents, ...consents } })
    instead('home')
  }
  return html`<main class="app hello">
    <h1 class="big">${t('welcome.hello')}</h1>
    <form class="door" onSubmit=${event => event.preventDefault()}>
      <label class="small muted" for="name">${t('welcome.name')}</label>
      <div class="field">
        <input id="name" autocomplete="given-name" maxlength="80" value=${name} aria-describedby="name-why" onInput=${event => setName(event.target.value)} />
      </div>
      <p id="name-why" class="small muted">${t('welcome.name-why')}</p>
      <section class="panel">
        ${ASKED.map(
          what => html`<${Consent} key=${what} what=${what} on=${consents[what]} change=${yes => setConsents({ ...consents, [what]: yes })} />`,
        )}
      </section>
      <p class="small muted">${t('welcome.later')}</p>
      <${Act} class="btn primary block" type="submit" disabled=${!profile || !preferences} press=${done}>${t('welcome.to-card')}<//>
    </form>
  </main>`
}

// What it means stands under it, and changes with the answer.
export const Consent = ({ what, on, change }) => html`<div class="row">
  <div class="grow"><div class="title">${t(`settings.${what}`)}</div><div class="small muted">${t(`settings.${what}-${on ? 'yes' : 'no'}`)}</div></div>
  <${Switch} on=${on} label=${text(`settings.${what}`)} change=${change} />
</div>`
