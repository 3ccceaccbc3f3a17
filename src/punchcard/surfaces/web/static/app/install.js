// Putting the app on the home screen: the browser says once that it can be done, early, and asks when we say so.

import { signal } from '../vendor/preact.js'

const offered = signal(null)

// Whether the browser would install it now. Where it only can be done by hand (iPhone), `byHand` says so.
export const installable = signal(false)
export const installed = matchMedia('(display-mode: standalone)').matches || navigator.standalone === true
export const byHand = !installed && /iPhone|iPad|iPod/.test(navigator.userAgent)

addEventListener('beforeinstallprompt', event => {
  event.preventDefault()
  offered.value = event
  installable.value = true
})
addEventListener('appinstalled', () => (installable.value = false))

// Gives whether the member agreed. An offer of the browser is good once.
export async function install() {
  const offer = offered.value
  if (!offer) return false
  installable.value = false
  offered.value = null
  offer.prompt()
  return (await offer.userChoice).outcome === 'accepted'
}
