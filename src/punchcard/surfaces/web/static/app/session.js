// Being signed in: an access token for a quarter of an hour, and a refresh token that is good once. Pages of one browser share
// both, so that only one of them may exchange at a time; the house gives the same answer again for ten seconds.

import { signal } from '../vendor/preact.js'
import { caller, Offline, reach, Refusal } from '../core/api.js'

const KEY = 'pc.session'
const SOONER_MS = 30_000
const EXCHANGE_MS = 4_000 // a lost answer is given again for ten seconds: there must be time left to ask for it

// {member_id, access_token, refresh_token, until} or null. Other pages that sign in or out are followed.
export const session = signal(kept())
addEventListener('storage', event => event.key === KEY && (session.value = kept()))

const asked = caller(bearer)
export const house = Object.fromEntries(
  Object.entries(asked).map(([verb, ask]) => [verb, (...request) => ask(...request).catch(checked)]),
)
export const street = caller(async () => '')

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY))
  } catch {
    return null
  }
}

function keep(next) {
  if (next) localStorage.setItem(KEY, JSON.stringify(next))
  else localStorage.removeItem(KEY)
  session.value = next
}

// Whoever keeps something of the member's in this page hears when the page is another's, or nobody's.
export function whenAnother(hear) {
  let before = session.value?.member_id
  session.subscribe(now => {
    if (now?.member_id === before) return
    before = now?.member_id
    hear(before)
  })
}

export async function signIn(contact, code, more) {
  const said = await street.post('/join/sessions', { contact, code, device: device(), ...more })
  keep({ member_id: said.member_id, ...tokens(said) })
  return said
}

// Why nobody is signed in any more, for the page that asks who is there: 'ended', 'signed-out' or 'left'; '' at first.
export const parting = signal('')

// Forget this browser: what it kept of the member goes, too.
export function forget(why = 'ended') {
  parting.value = why
  for (const key of Object.keys(localStorage)) if (key.startsWith('pc.kept.') || key === KEY) localStorage.removeItem(key)
  navigator.serviceWorker?.controller?.postMessage({ forget: true })
  keep(null)
}

const tokens = said => ({
  access_token: said.access_token,
  refresh_token: said.refresh_token,
  until: Date.now() + said.expires_in * 1000 - SOONER_MS,
})

export async function bearer() {
  if (!session.value) throw new Refusal({ title: 'signed out' }, 401)
  if (Date.now() < session.value.until) return session.value.access_token
  return exchanged()
}

// Whoever asks meanwhile waits for the same exchange: a house that is slow is waited for once, and not once for each of them.
let going = null
const exchanged = () => (going ??= alone(exchange).finally(() => (going = null)))
const alone = work => (navigator.locks ? navigator.locks.request('pc.tokens', work) : work())

async function exchange() {
  const held = kept()
  if (!held) throw new Refusal({ title: 'signed out' }, 401)
  if (Date.now() < held.until) {
    session.value = held
    return held.access_token
  }
  const said = await reach('/join/tokens', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refresh_token: held.refresh_token }),
    signal: AbortSignal.timeout(EXCHANGE_MS),
  })
  const body = await said.json().catch(() => null)
  // Another page signed out meanwhile, or somebody else in: this answer is nobody's, and must not bring back who has gone.
  if (kept()?.refresh_token !== held.refresh_token) throw new Refusal({ title: 'signed out' }, 401)
  if (said.status === 401 || said.status === 403 || said.status === 400) {
    forget()
    throw new Refusal(body ?? {}, said.status)
  }
  if (!said.ok || !body) throw new Offline('/join/tokens')
  keep({ ...held, ...tokens(body) })
  return session.value.access_token
}

// A token that is refused before its time may belong to a sign-in that was ended elsewhere: the refresh token tells, and at most
// once a minute it is asked.
const MINUTE_MS = 60_000
let checkedAt = 0
async function checked(error) {
  if (error.status === 401 && session.value && Date.now() - checkedAt > MINUTE_MS) {
    checkedAt = Date.now()
    const held = kept()
    if (held && held.access_token === session.value.access_token) localStorage.setItem(KEY, JSON.stringify({ ...held, until: 0 }))
    await exchanged()
  }
  throw error
}

// What the list of devices calls this one: the browser and the machine, as people name them.
function device() {
  const agent = navigator.userAgent
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']]
  const machine = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Mac OS', 'Mac'], ['Windows', 'Windows'], ['Linux', 'Linux']]
  const named = list => list.find(([sign]) => agent.includes(sign))?.[1]
  return [named(browser) ?? 'Browser', named(machine)].filter(Boolean).join(', ')
}
