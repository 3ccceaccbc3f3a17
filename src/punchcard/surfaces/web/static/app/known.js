// What stands in a screen's place until something is known: nothing for a moment, and if nobody answers, that.

import { html } from '../vendor/preact.js'
import { Act, Empty } from '../core/ui.js'
import { t } from '../core/words.js'
import { Offline } from '../core/api.js'

// `of` is what useKept() gives; `children` are a function of its data.
export function Known({ of, children }) {
  const data = of.data.value
  if (data !== null) return children(data)
  const error = of.error.value
  if (!error) return html`<div class="waiting" aria-busy="true"></div>`
  return html`<${Empty} drawing="empty" title=${t('common.not-here')}>
    <p>${error instanceof Offline ? t('common.offline') : error.message}</p>
    <${Act} class="btn soft" press=${of.refresh}>${t('common.again')}<//>
  <//>`
}
