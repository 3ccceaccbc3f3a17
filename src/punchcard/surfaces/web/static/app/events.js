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
  const headers = { Authorization: `Bearer ${await bearer()}`, ...(last && { 'Last-Event-ID': last }) }
  const hidden = () => document.visibilityState === 'hidden' && stop.abort()
  document.addEventListener('visibilitychange', hidden)
  const said = await reach('/me/events', { headers, signal: stop.signal })
  if (!said.ok) throw Object.assign(new Error(said.status), { status: said.status })
  let silence = setTimeout(() => stop.abort(), SILENT_MS)
  try {
    let rest = ''
    for await (const words of said.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(silence)
      silence = setTimeout(() => stop.abort(), SILENT_MS)
      const events = (rest + words).split('\n\n')
      rest = events.pop()
      events.forEach(tell)
    }
  } catch {
    if (document.visibilityState === 'visible') online.value = navigator.onLine
  } finally {
    clearTimeout(silence)
    document.removeEventListener('visibilitychange', hidden)
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
