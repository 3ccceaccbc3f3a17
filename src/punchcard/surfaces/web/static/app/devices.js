// Where the member is signed in, and where the card is.

import { html, useState } from '../vendor/preact.js'
import { Offline } from '../core/api.js'
import { day, dayKey, hour } from '../core/format.js'
import { now } from '../core/clock.js'
import { Act, announce, complain, icon, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { SubScreen } from './frame.js'
import { refresh, useKept } from './kept.js'
import { switchOff } from './push.js'
import { forget, house } from './session.js'

export function Screen() {
  const devices = useKept('/me/devices').data.value ?? []
  const [sure, setSure] = useState(false)
  const ordered = [...devices].sort((one, other) => other.this - one.this)
  return html`<${SubScreen} on="home" from="settings" title=${text('privacy.devices')} class="devices">
      ${ordered.length > 0 &&
      html`<h2 class="head">${t('privacy.signed-in')}</h2>
        <section class="panel">${ordered.map(each => html`<${Device} key=${each.id} device=${each} />`)}</section>
        <button type="button" class="btn soft no block" onClick=${() => setSure(true)}>${t('privacy.everywhere')}</button>`}
      <${Wallets} />
    <//>
    ${sure && html`<${Everywhere} close=${() => setSure(false)} />`}`
}

function Device({ device: { id, name, since, seen_at: seen, this: here } }) {
  const shown = name || text('privacy.unnamed')
  const out = async () => {
    await house.remove(`/me/devices/${id}`)
    announce(text('privacy.signed-out-name', { name: shown }))
    await refresh(['/me/devices'])
  }
  return html`<div class="row">
    <span class="seal">${icon('device-mobile')}</span>
    <div class="grow">
      <div class="title"><bdi>${shown}</bdi></div>
      ${here
        ? html`<span class="chip brand">${icon('check', 'sm')}${t('privacy.this')}</span>`
        : html`<div class="small muted">${t('privacy.since', { day: day(since), seen: when(seen) })}</div>`}
    </div>
    <${Act} class="btn plain compact" aria-label=${text('privacy.sign-out-name', { name: shown })} press=${here ? signOutHere : out}>${t('privacy.sign-out')}<//>
  </div>`
}

const when = at => (dayKey(at) === dayKey(now.value) ? hour(at) : day(at))

function Everywhere({ close }) {
  const out = async () => {
    await hush()
    await house.remove('/me/sessions')
    forget('signed-out')
  }
  return html`<${Sheet} label=${text('privacy.everywhere-sure')} close=${close} class="ask">
    <h2>${t('privacy.everywhere-sure')}</h2>
    <p class="muted">${t('privacy.everywhere-what')}</p>
    <div class="pair">
      <button type="button" class="btn soft" onClick=${close}>${t('common.cancel')}</button>
      <${Act} class="btn no" press=${out}>${t('privacy.everywhere')}<//>
    </div>
  <//>`
}

// This browser forgets the member in any case; where the house cannot be reached, the tokens are gone all the same.
export async function signOutHere() {
  try {
    await hush()
    const here = (await house.get('/me/devices')).find(each => each.this)
    if (here) await house.remove(`/me/devices/${here.id}`)
  } catch (error) {
    if (!(error instanceof Offline) && error.status !== 401) throw error
  }
  forget('signed-out')
}

// What is pushed here was for whoever is signed in here.
const hush = () => switchOff().catch(error => error instanceof Offline || complain(error))

// A wallet does not say here which cards it holds: it is told by the house, card by card.
function Wallets() {
  const links = useKept('/me/wallets').data.value
  const offered = [['Apple Wallet', links?.apple], ['Google Wallet', links?.google]].filter(([, address]) => address)
  if (!offered.length) return null
  return html`<h2 class="head">${t('privacy.wallets')}</h2>
    <section class="panel">
      ${offered.map(
        ([name, address]) => html`<a class="row" key=${name} href=${address} rel="noreferrer">
          <span class="seal">${icon('cardholder')}</span>
          <div class="grow"><div class="title"><bdi>${name}</bdi></div><div class="small muted">${t('privacy.wallet-sub')}</div></div>
          ${icon('caret-right', 'sm flip')}
        </a>`,
      )}
    </section>
    <p class="small muted">${t('privacy.wallet-how')}</p>`
}
