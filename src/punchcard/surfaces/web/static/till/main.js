// The till: two panes, one decision each. Who stands at it is known before anything is sold.

import { effect, html, render } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { complain, Toast } from '../core/ui.js'
import { Basket } from './basket.js'
import { resume } from './counter.js'
import { cashier, desk, ended, key, look, title } from './desk.js'
import { Bar } from './frame.js'
import { Idle } from './idle.js'
import './keeping.js'
import { listen } from './keys.js'
import { Member } from './member.js'
import { Offbar } from './offbar.js'
import './quiet.js'
import { Refused } from './refused.js'
import { Returns } from './returns.js'
import { doubt } from './selling.js'
import { Cashier, SignIn } from './signin.js'
import { Doubt, Receipt, Sold } from './sold.js'
import { card, refused, selling, sheet, sold, view } from './state.js'
import { isListed, Waiting } from './waiting.js'

const OFTEN_MS = 60_000
const SOON_MS = 8_000
const AT_ONCE_MS = 2_000

function Till() {
  if (!key.value || !desk.value) return html`<${SignIn} />`
  const partner = desk.value.partner.id
  return html`<div class="themed" data-partner=${partner}>
    ${cashier.value ? html`<main class="till"><${Bar} /><${Offbar} /><${Screen} /></main>` : html`<${Cashier} />`}
    ${sheet.value?.()}
  </div>`
}

const Panes = ({ still = false, children }) => html`<div class="panes" inert=${still}>${children}</div>`

function Screen() {
  if (view.value === 'returns') return html`<${Returns} />`
  if (sold.value) return html`<${Panes}><${Sold} /><${Receipt} /><//>`
  if (doubt.value) return html`<${Panes}><${Doubt} /><${Basket} /><//>`
  const start = refused.value ? html`<${Refused} />` : card.value ? html`<${Member} />` : isListed() ? html`<${Waiting} />` : html`<${Idle} />`
  return html`<${Panes} still=${selling.value}>${start}<${Basket} /><//>`
}

render(html`<${Till} /><${Toast} />`, document.getElementById('face'))
listen()

// The sign of the network is as true as the last time that the house was asked.
let timer
async function heartbeat() {
  clearTimeout(timer)
  if (key.value && !ended.value) await look()
  timer = setTimeout(heartbeat, online.value ? OFTEN_MS : SOON_MS)
}
heartbeat()
addEventListener('online', heartbeat)
online.subscribe(answers => {
  if (!answers) timer = (clearTimeout(timer), setTimeout(heartbeat, AT_ONCE_MS))
})
effect(() => {
  document.title = [desk.value && title.value, desk.value?.till.name].filter(Boolean).join(' · ') || document.title
})
if (key.value) resume().catch(complain)

if ('serviceWorker' in navigator && isSecureContext) navigator.serviceWorker.register('/till/worker.js', { scope: '/till' }).catch(complain)
