// The card.

import { html } from '../vendor/preact.js'
import { money, num } from '../core/format.js'
import { t } from '../core/words.js'
import { Screen } from './frame.js'
import { kept } from './kept.js'

export function Home() {
  const card = kept('/me/card').data.value
  return html`<${Screen} on="home" title=${t('frame.tab-card')} hideTitle class="home">
    ${card && html`<p class="num">${num(card.points)} ${t('common.unit', { n: card.points })} ${money(card.worth)}</p>`}
  <//>`
}
