// A claimed reward is used: what takes something off does so, and of a thing one says which one it is.

import { html } from '../vendor/preact.js'
import { Sheet } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { lines, sheet, useReward } from './state.js'

export function useOne(reward) {
  const open = lines.value.filter(line => line.quantity > line.free)
  if (reward.amount || !lines.value.length) return useReward(reward)
  sheet.value = () => html`<${Which} reward=${reward} open=${open} />`
}

function Which({ reward, open }) {
  const shut = () => (sheet.value = null)
  const choose = line => () => (shut(), useReward(reward, line))
  return html`<${Sheet} label=${text('quote.which')} close=${shut} class="choices">
    <h2>${reward.name}</h2>
    <p class="muted">${t('quote.which')}</p>
    ${open.map((line, i) => html`<button type="button" class="btn soft block" autofocus=${i === 0} onClick=${choose(line)}><bdi>${line.name}</bdi></button>`)}
    <button type="button" class="btn plain block" onClick=${choose(null)}>${t('quote.beside')}</button>
  <//>`
}
