// Where the member is: the word after # in the address, so that back, links and a tapped message just work.

import { signal } from '../vendor/preact.js'

const read = () => {
  const [name = '', id = ''] = location.hash.slice(1).split('/').map(decodeURIComponent)
  return { name: name || 'home', id }
}

export const route = signal(read())
addEventListener('hashchange', () => {
  route.value = read()
  scrollTo(0, 0)
})

export const to = (name, id) => `#${[name, id].filter(Boolean).map(encodeURIComponent).join('/')}`
export const go = (name, id) => (location.hash = to(name, id))
// Leave no step back to what is over: a sheet that was answered, a code that was used.
export function instead(name, id) {
  history.replaceState(null, '', to(name, id))
  route.value = read()
}
