// Where the member is: the word after # in the address, so that back, links and a tapped message just work.

import { signal } from '../vendor/preact.js'

const read = () => {
  const [name = '', id = ''] = location.hash.slice(1).split('/').map(decoded)
  return { name: name || 'home', id }
}

// Anybody may write a link; one that is no address leads home.
function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

export const route = signal(read())
// Of these, #name/id is a sheet over #name: the screen under it stays as it is.
export const SHEETS = new Set(['offers', 'rewards'])
let from = ''

addEventListener('hashchange', ({ oldURL }) => {
  from = new URL(oldURL).hash
  const before = route.value.name
  route.value = read()
  if (before !== route.value.name || !SHEETS.has(before)) scrollTo(0, 0)
})

export const to = (name, id) => `#${[name, id].filter(Boolean).map(encodeURIComponent).join('/')}`
export const go = (name, id) => (location.hash = to(name, id))
// Leave no step back to what is over: a sheet that was answered, a code that was used.
export function instead(name, id) {
  history.replaceState(null, '', to(name, id))
  route.value = read()
}
// Close what stands over a screen: back to it where one came from there, else the screen takes its place.
export const leave = name => (from === to(name) ? history.back() : instead(name))
