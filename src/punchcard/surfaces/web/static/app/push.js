// Web push: whether this browser can be told of something, is told, and the one gentle question that asks for it.

import { computed, html, signal } from '../vendor/preact.js'
import { newId } from '../core/api.js'
import { lang } from '../core/format.js'
import { Act, complain, icon, say, Switch } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { kept } from './kept.js'
import { house, session } from './session.js'

const INSTALLATION = 'pc.installation'
const ON = 'pc.kept.push' // belongs to the member: it goes with all else that is kept of them
const LATER = 'pc.push.later'
const MONTH_MS = 30 * 86_400_000
const SERVICE_MS = 15_000

const able = isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
const onIphone = navigator.standalone === false // only Safari on iPhone and iPad knows this word; false is a tab, not the app

const permission = signal(able ? Notification.permission : 'none')
const wanted = signal(localStorage.getItem(ON) !== null)

// 'none': this browser cannot; 'install': it could from the home screen; 'denied'; 'off'; 'on'.
export const pushState = computed(() => {
  if (!able) return onIphone ? 'install' : 'none'
  if (programme.data.value?.push === false) return 'none'
  if (permission.value === 'denied') return 'denied'
  return permission.value === 'granted' && wanted.value ? 'on' : 'off'
})

export const installation = () => {
  const known = localStorage.getItem(INSTALLATION)
  if (!known) localStorage.setItem(INSTALLATION, newId())
  return known ?? localStorage.getItem(INSTALLATION)
}

export async function switchOn() {
  permission.value = await Notification.requestPermission()
  if (permission.value !== 'granted') return
  try {
    await register()
  } catch (error) {
    if (error.status || !(error instanceof DOMException)) throw error
    console.warn(error)
    return say(t('settings.push-failed'), 'bad')
  }
  localStorage.setItem(ON, 'on')
  wanted.value = true
}

// The house first: what it still sends would find nobody, but a browser that is gone while the house is away rings again.
export async function switchOff() {
  if (session.value && localStorage.getItem(INSTALLATION)) await house.remove(`/me/phones/${installation()}`)
  await silence()
}

async function silence() {
  for (const key of [ON, INSTALLATION]) localStorage.removeItem(key)
  wanted.value = false
  const subscription = able && (await (await navigator.serviceWorker.getRegistration('/app/'))?.pushManager.getSubscription())
  if (subscription) await subscription.unsubscribe()
}

// At each start: subscriptions end by themselves, and move with the language and the zone.
export async function renew() {
  if (able && Notification.permission === 'granted' && session.value && wanted.value) await register().catch(console.warn)
}

async function register() {
  const { key } = await house.get('/me/browsers/key')
  const subscription = await subscribed(bytes(key))
  const { endpoint, keys, expirationTime } = subscription.toJSON()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  await house.put(`/me/browsers/${installation()}`, { endpoint, keys, expirationTime: expirationTime ?? null, language: lang, zone })
}

// One that was made for another key of the house is of no use any more.
async function subscribed(key) {
  const worker = await navigator.serviceWorker.ready
  const held = await worker.pushManager.getSubscription()
  if (held && same(held.options.applicationServerKey, key)) return held
  await held?.unsubscribe()
  const silent = new Promise((_, no) => setTimeout(no, SERVICE_MS, new DOMException('no answer', 'TimeoutError')))
  return Promise.race([worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), silent])
}

const bytes = key => Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0))
const same = (held, key) => held?.byteLength === key.length && new Uint8Array(held).every((byte, i) => byte === key[i])

// Whoever is signed out hears nothing here any more, whatever the house still sends.
let before = session.value?.member_id
session.subscribe(now => {
  const left = before && now?.member_id !== before
  before = now?.member_id
  if (left) silence().catch(complain)
})

// The row in the settings.
export function PushRow() {
  const state = pushState.value
  const change = on => (on ? switchOn() : switchOff())
  return html`<div class="row">
    <span class="seal">${icon('bell')}</span>
    <div class="grow"><div class="title">${t('settings.push')}</div><div class="small muted">${t(`settings.push-${state}`)}</div></div>
    ${(state === 'on' || state === 'off') && html`<${Switch} on=${state === 'on'} label=${text('settings.push')} change=${change} />`}
  </div>`
}

const later = signal(Number(localStorage.getItem(LATER) ?? 0))

function notNow() {
  later.value = Date.now()
  localStorage.setItem(LATER, later.value)
}

// The question, where it fits: after an offer was taken, or above the messages. Never at first sight; a no holds for a month.
export function PushInvite() {
  if (pushState.value !== 'off' || Date.now() - later.value < MONTH_MS) return null
  const preferences = kept('/me/preferences').data.value
  const offers = preferences?.consents.marketing && preferences.messages_a_week
  return html`<section class="panel invite" aria-label=${text('settings.invite')}>
    <span class="seal">${icon('bell')}</span>
    <div class="grow">
      <h2>${t('settings.invite')}</h2>
      <p class="small muted">${offers ? t('settings.invite-what', { n: offers }) : t('settings.invite-plain')}</p>
      <div class="answers">
        <${Act} class="btn primary compact" press=${() => switchOn().then(notNow)}>${t('settings.allow')}<//>
        <button type="button" class="btn plain compact" onClick=${notNow}>${t('settings.not-now')}</button>
      </div>
    </div>
  </section>`
}
