// What happens to the member as it happens: server-sent events over fetch, since EventSource sends no Authorization header.
// A stream that breaks is taken up again where it was (Last-Event-ID), soon at first and then more patiently.

import { online, reach } from '../core/api.js'
import { bearer, session } from './session.js'

const heard = new Map()
const SLOW_MS = 30_000
const SILENT_MS = 40_000 // the house sends a comment every 15 s

// `listen('standing', version => …)`; also 'inbox' and 'approvals'. Gives back what stops it.
export function listen(name, hear) {
  heard.set(name, [...(heard.get(name) ?? []), hear])
  return () => heard.set(name, heard.get(name).filter(each => each !== hear))
}

let last = ''
let whose
let going = null

export function start() {
  going ??= run().finally(() => (going = null))
}

async function run() {
  for (let pause = 500; session.value && document.visibilityState === 'visible'; pause = Math.min(pause * 2, SLOW_MS)) {
    const began = Date.now()
    try {
      await follow()
    } catch (error) {
      if (error?.status === 401) return
    }
    if (Date.now() - began > 5000) pause = 500
    await new Promise(done => setTimeout(done, pause * (0.5 + Math.random())))
  }
}

async function follow() {
  const stop = new AbortController()
  const mine = session.value?.member_id
  if (mine !== whose) [whose, last] = [mine, '']
  const headers = { Authorization: `Bearer ${await bearer()}`, ...(last && { 'Last-Event-ID': last }) }
  const hidden = () => document.visibilityState === 'hidden' && stop.abort()
  document.addEventListener('visibilitychange', hidden)
  // Who signs out hears nothing any more, and who signs in next hears of nobody else.
  const stay = session.subscribe(now => now?.member_id !== mine && stop.abort())
  let silence = setTimeout(() => stop.abort(), SILENT_MS)
  const patient = () => (clearTimeout(silence), (silence = setTimeout(() => stop.abort(), SILENT_MS)))
  try {
    const said = await reach('/me/events', { headers, signal: stop.signal })
    if (!said.ok) throw Object.assign(new Error(said.status), { status: said.status })
    await read(said.body, patient)
  } finally {
    clearTimeout(silence)
    stay()
    stop.abort()
    document.removeEventListener('visibilitychange', hidden)
  }
}

// By hand and not by `for await`, which Safari does not know of streams.
async function read(body, heardSomething) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heardSomething()
      const events = (rest + part.value).split('\n\n')
      rest = events.pop()
      events.forEach(tell)
    }
  } catch {
    if (document.visibilityState === 'visible' && session.value?.member_id === whose) online.value = navigator.onLine
  }
}

function tell(event) {
  const said = Object.fromEntries(
    event.split('\n').filter(line => line && !line.startsWith(':')).map(line => line.split(/: ?(.*)/s, 2)),
  )
  if (said.id) last = said.id
  if (said.data !== undefined) for (const hear of heard.get(said.event ?? 'message') ?? []) hear(said.data)
}

document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && session.value && start())
addEventListener('online', () => session.value && start())
