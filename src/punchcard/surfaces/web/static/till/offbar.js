// The sign that something waits: what is kept here, how far the house is with it, and what somebody should look at.

import { html } from '../vendor/preact.js'
import { online } from '../core/api.js'
import { num } from '../core/format.js'
import { Act, icon } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { bring, bringing, progress, shut } from './bringing.js'
import { ended, look, signOut } from './desk.js'
import { isListed, list } from './waiting.js'
import { items, others, troubles } from './queue.js'

async function again() {
  await look()
  if (online.value) await bring()
}

export function Offbar() {
  const n = items.value.length
  if (ended.value) return html`<${Strip} picture="shield-check" title=${t('offline.key')} more=${shut.value || t('offline.key-how')} button=${t('offline.new-key')} press=${async () => signOut()} />`
  if (!online.value) return html`<${Strip} picture="cloud-arrow-up" title=${t('offline.title')} more=${t('offline.how')} button=${t('offline.try')} press=${again} />`
  if (n > 0) return html`<${Strip} picture="cloud-arrow-up" title=${bringing.value ? t('offline.sending') : ''} more=${shut.value || t(bringing.value ? 'offline.sending-how' : 'offline.later')} button=${t('offline.send')} press=${again} />`
  if (troubles.value.length) return html`<${Strip} picture="prohibit" title=${t('offline.look')} more=${t('offline.look-how')} />`
  if (others.value.length) return html`<${Strip} picture="shield-check" title=${t('offline.others')} more=${t('offline.others-how')} />`
  return null
}

function Strip({ picture, title, more, button, press }) {
  const n = items.value.length
  const far = progress.value
  const any = n + troubles.value.length > 0
  return html`<div class="offbar">
    ${icon(picture, 'lg')}
    <div role="status"><b>${title}${title && n > 0 && ' · '}${n > 0 && t('offline.waiting', { n })}</b>${more}
      ${far && far.total > 1 && html`<progress max=${far.total} value=${far.done} aria-label=${text('offline.sending')}></progress>`}</div>
    ${any && !isListed() && html`<button type="button" class="btn compact plain" onClick=${() => list(true)}>${t('offline.list')}${troubles.value.length > 0 && html` <span class="num">${num(troubles.value.length)}</span>`}</button>`}
    ${button && html`<${Act} class="btn compact" press=${press}>${button}<//>`}
  </div>`
}
