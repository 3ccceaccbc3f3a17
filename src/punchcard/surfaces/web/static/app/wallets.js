// Adding the card to a phone's wallet: what this device has, where the house can. The official badges stand where the operator
// laid them down; ours are stand-ins.

import { html } from '../vendor/preact.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { useKept } from './kept.js'

const agent = navigator.userAgent
const isAndroid = /Android/.test(agent)
const isApples = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && !/Chrome|Firefox|Edg/.test(agent))
const HERE = { apple: !isAndroid, google: !isApples }

const apple = html`<svg viewBox="0 0 28 22" aria-hidden="true"><rect width="28" height="22" rx="4" fill="#fff" /><rect x="1.5" y="2" width="25" height="5" rx="2" fill="#3aa7e0" /><rect x="1.5" y="6" width="25" height="5" rx="2" fill="#f0b53c" /><rect x="1.5" y="10" width="25" height="5" rx="2" fill="#5cb562" /><path d="M1.5 14h8c1 0 1.3 3 4.5 3s3.5-3 4.5-3h8v4a2 2 0 0 1-2 2h-21a2 2 0 0 1-2-2Z" fill="#e8e8e8" /></svg>`
const google = html`<svg viewBox="0 0 28 22" aria-hidden="true"><path d="M4 0h20a4 4 0 0 1 4 4v4H0V4a4 4 0 0 1 4-4Z" fill="#57a55c" /><path d="M0 6h28v5H0Z" fill="#f3bb3a" /><path d="M0 10h28v4H0Z" fill="#dd5144" /><path d="M0 12c9 0 12 5 28 2v4a4 4 0 0 1-4 4H4a4 4 0 0 1-4-4Z" fill="#4a86e8" /></svg>`
const NAMES = { apple: 'Apple Wallet', google: 'Google Wallet' }
const DRAWN = { apple, google }

export const Wallets = () => html`<${Adding} links=${useKept('/me/wallets').data.value} />`

// `links` is {apple, google}, of the card or of a ticket.
export function Adding({ links }) {
  const { wallets = {}, badges = {} } = programme.data.value ?? {}
  const shown = Object.keys(HERE).filter(each => HERE[each] && wallets[each] && links?.[each])
  if (!shown.length) return null
  return html`<div class="wallets">${shown.map(each => html`<${Wallet} key=${each} wallet=${each} link=${links[each]} badge=${badges[each]} />`)}</div>`
}

function Wallet({ wallet, link, badge }) {
  const name = NAMES[wallet]
  if (badge) return html`<a class="badge-official" href=${link} rel="noopener"><img src=${badge} alt=${text('home.add-to-all', { w: name })} /></a>`
  return html`<a class="wallet" href=${link} rel="noopener">${DRAWN[wallet]}<span><small>${t('home.add-to')} </small><b><bdi>${name}</bdi></b></span></a>`
}
