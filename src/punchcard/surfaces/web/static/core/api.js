// The house's HTTP API, the same that a native app speaks. Whatever is wrong is one of two errors.

import { signal } from '../vendor/preact.js'
import { lang } from './format.js'

const PATIENCE_MS = 10_000

// The house said no, in the caller's language: `detail` is the sentence, `facts` what it stands on.
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || `HTTP ${status}`)
    Object.assign(this, { status, type: problem.type ?? '', title: problem.title ?? '', facts: problem.facts ?? {} })
    this.code = this.type.replace('urn:punchcard:', '')
  }
}

// Nobody answered: no network, or a house that is down.
export class Offline extends Error {}

// Whether the last request found the house. Pages show it; nothing asks the browser, which only knows of cables.
export const online = signal(true)
// How far the house's clock is ahead of the device's, in milliseconds: codes and countdowns go by the house's.
export const ahead = signal(Number(localStorage.getItem('pc.ahead') ?? 0))

// `proof` is asked for each request and gives what stands after Bearer, or '' for the public doors.
export function caller(proof) {
  const ask = async (method, path, body, { headers = {}, patience = PATIENCE_MS } = {}) => {
    const bearer = await proof()
    const sent = { 'Accept-Language': lang, ...headers }
    if (bearer) sent.Authorization = `Bearer ${bearer}`
    if (body !== undefined) sent['Content-Type'] = 'application/json'
    const said = await reach(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    })
    return said.ok ? content(said, path) : Promise.reject(await refusal(said))
  }
  return {
    get: (path, options) => ask('GET', path, undefined, options),
    put: (path, body, options) => ask('PUT', path, body, options),
    post: (path, body, options) => ask('POST', path, body, options),
    remove: (path, options) => ask('DELETE', path, undefined, options),
  }
}

export async function reach(path, request) {
  let said
  const began = Date.now()
  try {
    said = await fetch(path, { cache: 'no-store', credentials: 'omit', ...request })
  } catch (error) {
    if (request.signal?.aborted && request.signal.reason?.name === 'AbortError') throw error
    online.value = false
    throw new Offline(path)
  }
  if (said.status === 502 || said.status === 504) {
    online.value = false
    throw new Offline(path)
  }
  online.value = true
  setClock(said.headers.get('Date'), began)
  return said
}

// The Date header is cut to the second: only a difference that is more than noise moves our idea of the time.
function setClock(date, began) {
  if (!date) return
  const theirs = Date.parse(date) + 500
  const off = theirs - (began + Date.now()) / 2
  const known = Math.abs(off - ahead.value) < 2000 ? ahead.value : Math.abs(off) < 2000 ? 0 : Math.round(off)
  if (known === ahead.value) return
  ahead.value = known
  localStorage.setItem('pc.ahead', known)
}

export const houseTime = () => Date.now() + ahead.value

// What is no JSON is not the house's: a network that wants a sign-in of its own, or an answer that broke off.
async function content(said, path) {
  if (said.status === 204 || said.headers.get('Content-Length') === '0') return null
  try {
    return await said.json()
  } catch {
    online.value = false
    throw new Offline(path)
  }
}

async function refusal(said) {
  const problem = await said.json().catch(() => ({}))
  return new Refusal(problem, said.status)
}

// A name for something that is asked for twice and shall be done once: ids are made here, in time's order (UUIDv7).
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let time = houseTime()
  for (let i = 5; i >= 0; i--, time = Math.floor(time / 256)) bytes[i] = time % 256
  bytes[6] = (bytes[6] & 0x0f) | 0x70
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
