// The member's app. The card comes first; every other screen is a module that is fetched when it is wanted, and once the card
// is there.

import { effect, html, render, signal, useEffect } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { keepLanguage, lang, languageIsChosen } from '../core/format.js'
import { paint } from '../core/theme.js'
import { complain, Toast } from '../core/ui.js'
import { listen, start } from './events.js'
import { programme } from './frame.js'
import { Home } from './home.js'
import { follow, kept, refresh } from './kept.js'
import { route, SHEETS } from './route.js'
import { session } from './session.js'
import { stands } from './stands.js'

const home = { Screen: Home }
const SCREENS = {
  home: async () => home,
  code: () => import('./code.js'),
  offers: () => import('./offers.js'),
  rewards: () => import('./rewards.js'),
  challenges: () => import('./challenges.js'),
  activity: () => import('./activity.js'),
  expiry: () => import('./expiry.js'),
  inbox: () => import('./inbox.js'),
  message: () => import('./inbox.js'),
  settings: () => import('./settings.js'),
  devices: () => import('./devices.js'),
  privacy: () => import('./privacy.js'),
}
const loaded = signal({ home })

function load(name) {
  if (!loaded.value[name]) SCREENS[name]().then(module => (loaded.value = { ...loaded.value, [name]: module }), complain)
}

function App() {
  if (!session.value) return html`<${Lazily} name="welcome" /><${Toast} />`
  const { name, id } = route.value
  return html`<${Lazily} name=${isScreen(name) ? name : 'home'} id=${id} />${stands.value && html`<${Lazily} name="overlays" />`}<${Toast} />`
}

SCREENS.welcome = () => import('./welcome.js')
SCREENS.hello = () => import('./hello.js')
SCREENS.overlays = () => import('./overlays.js')

// Not every name that an object answers to is a screen, and two of ours stand where no address leads.
const isScreen = name => Object.hasOwn(SCREENS, name) && name !== 'overlays' && name !== 'welcome'

function Lazily({ name, id }) {
  useEffect(() => load(name), [name])
  const module = loaded.value[name]
  return module && html`<${module.Screen} key=${SHEETS.has(name) ? name : `${name}/${id}`} id=${id} />`
}

// What the card shows is asked for at once, the rest of the first screen when it stands there; what other screens show, when they
// are opened.
const CARD = ['/me/card', '/me/card/codes']
const FIRST = ['/me/offers', '/me/inbox', '/me/wallets', '/me/approvals', '/me/profile']
const MOVED = {
  standing: ['/me/card', '/me/offers', '/me/challenges', '/me/rewards', '/me/claims', '/me/activity', '/me/card/expiries', '/me/badges'],
  inbox: ['/me/inbox', '/me/offers'],
  approvals: ['/me/approvals'],
}
for (const [event, paths] of Object.entries(MOVED)) listen(event, () => refresh(paths))
let wasOnline = true
online.subscribe(now => {
  if (now && !wasOnline && session.value) refresh(), start()
  wasOnline = now
})

session.subscribe(signedIn => signedIn && CARD.forEach(follow))
effect(() => {
  if (!session.value || !stands.value) return
  FIRST.forEach(follow)
  start()
})
programme.data.subscribe(known => known && paint(known.partners))
programme.refresh()

// A member who chose a language elsewhere hears it here, too.
kept('/me/profile').data.subscribe(profile => {
  if (!profile || languageIsChosen()) return
  keepLanguage(profile.language)
  if (profile.language !== lang) location.reload()
})

render(html`<${App} />`, document.getElementById('face'))

// Whatever is not the card waits until it has stood there for a moment: the worker's fetching of everything else, too, which
// is what makes other screens open at once. Where there is no worker, they are fetched when they are wanted.
const SETTLED_MS = 1500
const later = work => setTimeout(() => Promise.resolve(work()).catch(complain), SETTLED_MS)

if ('serviceWorker' in navigator && isSecureContext) {
  // Where it cannot be fetched just now, the next start tries again; nobody has lost anything that is worth a word.
  later(() => navigator.serviceWorker.register('/app/worker.js', { scope: '/app/' }).catch(() => {}))
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data?.open) location.hash = data.open
    if (data?.message) refresh([...MOVED.inbox, ...MOVED.approvals])
  })
}
// A browser that is told of news says so again at each start, and where the member agreed to it, where it is.
later(() => window.Notification?.permission === 'granted' && import('./push.js').then(push => push.renew()))
later(() => session.value && localStorage.getItem('pc.kept.place') && import('./wishes.js').then(wishes => wishes.tellPlaceAgain()))
