// What the house said last of an address, kept in the browser: a screen shows at once what was true, then what is.

import { batch, signal, useEffect } from '../vendor/preact.js'
import { Offline } from '../core/api.js'
import { lang } from '../core/format.js'
import { house, session, street, whenAnother } from './session.js'

const all = new Map()

// {data, at, error, refresh(), asked()}: `data` is null until something is known, `at` when the house said so (milliseconds), `error`
// the last failure or null. One address is one object, whoever asks.
export function kept(path) {
  const key = `pc.kept.${lang}.${path}`
  if (!all.has(key)) all.set(key, made(path, key))
  return all.get(key)
}

function made(path, key) {
  const isMine = path.startsWith('/me/')
  const whose = () => (isMine ? session.value?.member_id : 'everybody')
  const found = read(key)
  const known = found?.of === whose() ? found : null // what came in while somebody signed out may be another's
  const it = { data: signal(known?.data ?? null), at: signal(known?.at ?? 0), error: signal(null), refresh, asked: () => asking ?? refresh() }
  let asking = null
  let again = false

  function refresh() {
    if (asking) again = true
    return (asking ??= ask().finally(() => {
      asking = null
      if (again) (again = false), refresh()
    }))
  }

  async function ask() {
    const mine = whose()
    const from = isMine ? house : street
    try {
      const data = await from.get(path)
      if (whose() !== mine) return
      batch(() => ((it.data.value = data), (it.at.value = Date.now()), (it.error.value = null)))
      write(key, { data, at: it.at.value, of: mine })
    } catch (error) {
      it.error.value = error
      if (!(error instanceof Offline) && !error.status) throw error
    }
  }

  return it
}

// For a screen: the same, asked for anew when the screen opens, and from then on whenever the house says that it moved.
export function useKept(path) {
  const it = kept(path)
  useEffect(() => void follow(path), [path])
  return it
}

const followed = new Set()
// Whoever begins to look waits for what is being asked just now, and not for a second answer.
export const follow = path => (followed.add(path), kept(path).asked())
// What a member did moves these now, before the events say so; of all that may have moved, what was ever shown is asked for.
export const refresh = (paths = followed) => Promise.all([...paths].filter(path => followed.has(path)).map(path => kept(path).refresh()))

// Nothing of a member may be shown to the next one who signs in here.
whenAnother(() => {
  for (const [key, it] of all) if (key.includes('./me/')) batch(() => ((it.data.value = null), (it.at.value = 0), (it.error.value = null)))
})

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key))
  } catch {
    return null
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    localStorage.removeItem(key) // full: what is older than the page is worth less than the page
  }
}
