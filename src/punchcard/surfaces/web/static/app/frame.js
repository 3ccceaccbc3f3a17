// What stands around every screen: the bar above, the tabs below (a rail at the start side on a tablet), the strip when offline.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { icon, mark } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { kept } from './kept.js'
import { go, route, SHEETS, to } from './route.js'

const TABS = [
  ['home', 'cardholder', 'tab-card'],
  ['offers', 'seal-percent', 'tab-offers'],
  ['rewards', 'gift', 'tab-rewards'],
  ['challenges', 'trophy', 'tab-challenges'],
  ['activity', 'receipt', 'tab-activity'],
]

export const programme = kept('/programme')

const Tabs = ({ on }) => html`<nav class="tabs" aria-label=${programme.data.value?.name}>
  <ul>
    ${TABS.map(
      ([name, picture, key]) => html`<li>
        <a href=${to(name)} aria-current=${name === on ? 'page' : undefined}>${icon(name === on ? `${picture}-fill` : picture)}${t(`frame.${key}`)}</a>
      </li>`,
    )}
  </ul>
</nav>`

// `on` names the tab; `title` the screen (hidden on the card, where the card is the title).
export function Screen({ on, title, class: look = '', hideTitle = false, children }) {
  const unread = kept('/me/inbox').data.value?.unread > 0
  const name = programme.data.value?.name ?? ''
  return html`<main class=${`app ${look}`}>
      <header class="bar">
        <span class="brand">${mark('almond', 'mk')}<bdi>${name}</bdi></span>
        <a class="iconbtn" href=${to('inbox')} aria-label=${text(unread ? 'frame.inbox-unread' : 'frame.inbox')}>${icon('bell')}${unread && html`<span class="dot"></span>`}</a>
        <a class="iconbtn" href=${to('settings')} aria-label=${text('frame.settings')}>${icon('user')}</a>
      </header>
      <${Title} text=${title} class=${hideTitle ? 'sr' : 'big'} />
      <${OfflineNote} />
      ${children}
    </main>
    <${Tabs} on=${on} />`
}

// A screen below a tab: back leads to `from` where the browser has nowhere to go back to.
export const SubScreen = ({ on, title, from = 'home', class: look = '', children }) => html`<main class=${`app ${look}`}>
    <header class="bar sub">
      <a class="iconbtn" href=${to(from)} aria-label=${text('common.back')} onClick=${back(from)}>${icon('arrow-left', 'flip')}</a>
      <${Title} text=${title} />
    </header>
    <${OfflineNote} />
    ${children}
  </main>
  <${Tabs} on=${on} />`

let steps = 0
addEventListener('hashchange', () => (steps += 1))
const back = from => event => {
  event.preventDefault()
  steps > 0 ? history.back() : go(from)
}

// Screen readers begin at the heading of a screen that was just entered; what is shown first is read by itself.
function Title({ text: words, class: look = '' }) {
  const heading = useRef()
  const { name, id } = route.value
  useEffect(() => {
    if (steps > 0) heading.current.focus({ preventScroll: true })
    document.title = [words, programme.data.value?.name].filter(Boolean).join(' · ')
  }, [name, SHEETS.has(name) ? '' : id, words]) // a sheet takes the focus itself, and gives it back
  return html`<h1 class=${look} tabindex="-1" ref=${heading}>${words}</h1>`
}

export const OfflineNote = () =>
  !online.value && html`<div class="note" role="status">${icon('wifi-slash')}<span>${t('frame.offline')}</span></div>`
