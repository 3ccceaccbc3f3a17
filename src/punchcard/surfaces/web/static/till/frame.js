// The bar above: whose till it is, whether the house answers, what time it is, and what is seldom wanted.

import { batch, html } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { hour, LANGUAGES, lang, NAMES, speak } from '../core/format.js'
import { Act, icon, mark, now, say, Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { bringing } from './bringing.js'
import { cashier, desk, endShift, signOut, title, zone } from './desk.js'
import { held, leaveHeld } from './held.js'
import { items } from './queue.js'
import { openReturns } from './returning.js'
import { emptied, sheet } from './state.js'

export const Bar = () => html`<header class="tbar">
  <span class="who">${mark(desk.value.partner.id)}<bdi>${title.value}</bdi><small class="hide-s"><bdi>${desk.value.till.name}</bdi></small></span>
  <button type="button" class="iconbtn" aria-label=${text('frame.returns')} title=${text('frame.returns')} onClick=${() => openReturns()}>${icon('arrow-u-up-left', 'flip')}</button>
  <button type="button" class="iconbtn" aria-label=${text('frame.menu')} title=${cashier.value} onClick=${() => (sheet.value = Menu)}>${icon('user')}</button>
  <${Sign} />
  <span class="num muted hide-s">${hour(now.value, zone())}</span>
</header>`

// Whether the house answers, and whether it is being told what waits.
function Sign() {
  const [look, picture, said] = !online.value ? ['honey', 'wifi-slash', 'frame.offline'] : bringing.value ? ['honey', 'cloud-arrow-up', 'offline.sending'] : ['good', 'check-circle', 'frame.online']
  return html`<span class=${`chip ${look}`} role="status">${icon(picture, 'sm')}<span>${t(said)}</span></span>`
}

const shut = () => (sheet.value = null)

function signedOut() {
  shut()
  if (items.value.length) say(t('offline.stays', { n: items.value.length }))
  batch(() => (emptied(), leaveHeld(), signOut()))
}

// What is set aside here goes with the till's key: whoever signs out is asked first.
const Leave = () => html`<${Sheet} label=${text('frame.sign-out')} close=${shut} class="choices">
  <h2>${t('frame.sign-out')}</h2>
  <p>${t('frame.held-lost', { n: held.value.length })}</p>
  <div class="two"><button type="button" class="btn soft" autofocus onClick=${shut}>${t('common.back')}</button>
    <${Act} class="btn bad" press=${signedOut}>${t('frame.sign-out')}<//></div>
<//>`

function Menu() {
  const leave = () => (shut(), endShift())
  const out = () => (held.value.length ? (sheet.value = Leave) : signedOut())
  return html`<${Sheet} label=${text('frame.menu')} close=${shut} class="menu">
    <div class="row"><span class="seal">${icon('user')}</span><div class="grow"><div class="title"><bdi>${cashier.value}</bdi></div><div class="small muted">${t('frame.cashier')}</div></div>
      <${Act} class="btn soft compact" press=${leave} autofocus>${t('frame.change-cashier')}<//></div>
    <div class="row"><span class="seal">${icon('globe-simple')}</span><div class="grow languages" role="group" aria-label=${text('frame.language')}>
      ${LANGUAGES.map(each => html`<button type="button" lang=${each} class="btn compact soft" aria-pressed=${String(each === lang)} onClick=${() => each !== lang && speak(each)}>${NAMES[each]}</button>`)}</div></div>
    <${Act} class="btn plain bad block" press=${out}>${icon('sign-out', 'flip')}${t('frame.sign-out')}<//>
  <//>`
}
