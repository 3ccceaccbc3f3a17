// A receipt that was printed without the card: it counts as the member's sale, on its own day.

import { html, useRef, useState } from '../vendor/preact.js'
import { houseTime, newId, Offline } from '../core/api.js'
import { dayKey, numText } from '../core/format.js'
import { Act, say } from '../core/ui.js'
import { t } from '../core/words.js'
import { programme, SubScreen } from './frame.js'
import { refresh } from './kept.js'
import { instead } from './route.js'
import { house } from './session.js'

export function ReceiptScreen({ known = '' }) {
  const { shops = [], currency, zone } = programme.data.value ?? {}
  const today = dayKey(houseTime(), zone)
  const [said, setSaid] = useState(() => filled(known, today))
  const set = name => event => setSaid({ ...said, [name]: event.target.value })
  const total = minor(said.total, currency)
  const ready = said.shop && said.day && said.number.trim() && total > 0
  const claim = useClaim()
  const press = async () => {
    const receipt = await claim({ shop: said.shop, day: said.day, number: said.number.trim(), total })
    say(t('activity.receipt-in', { n: receipt.earned ?? 0 }))
    instead('activity')
    await refresh()
  }
  return html`<${SubScreen} on="activity" title=${t('activity.receipt')} from="activity">
    <p class="muted">${t('activity.receipt-more')}</p>
    <form class="stack" onSubmit=${event => event.preventDefault()}>
      <label class="ask-for"><span class="small muted">${t('activity.shop')}</span>
        <span class="field"><select value=${said.shop} onChange=${set('shop')} required>
          <option value="">${t('activity.choose')}</option>
          ${shops.map(shop => html`<option value=${shop.id}>${shop.name}</option>`)}
        </select></span></label>
      <label class="ask-for"><span class="small muted">${t('activity.day')}</span>
        <span class="field"><input type="date" value=${said.day} max=${today} onInput=${set('day')} required /></span></label>
      <label class="ask-for"><span class="small muted">${t('activity.number')}</span>
        <span class="field"><input dir="ltr" value=${said.number} autocomplete="off" maxlength="64" onInput=${set('number')} required /></span></label>
      <label class="ask-for"><span class="small muted">${t('activity.total')}</span>
        <span class="field"><input dir="ltr" inputmode="decimal" value=${said.total} autocomplete="off" placeholder=${numText(18.5)} onInput=${set('total')} required /></span></label>
      <${Act} class="btn primary block" disabled=${!ready} press=${press}>${t('activity.claim')}<//>
    </form>
  <//>`
}

// What a till showed for the camera of a phone: receipt~shop~day~number~total.
function filled(known, today) {
  const [, shop = '', day = today, number = '', total = ''] = known.split('~')
  return { shop, day, number, total }
}

// The same claim is asked for again while it is in doubt whether the house heard; another receipt is another claim.
function useClaim() {
  const kept = useRef({})
  return async body => {
    const asked = JSON.stringify(body)
    if (kept.current.asked !== asked) kept.current = { asked, id: newId() }
    try {
      return await house.put(`/me/receipts/${kept.current.id}`, body)
    } catch (error) {
      if (!(error instanceof Offline || error.status >= 500)) kept.current = {}
      throw error
    }
  }
}

// "18.50" or "18,50" as minor units of the programme's currency; 0 where it is no amount.
function minor(written, currency = 'ILS') {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
  const plain = written.trim().replace(',', '.')
  return /^\d{1,9}(\.\d{1,3})?$/.test(plain) ? Math.round(Number(plain) * 10 ** digits) : 0
}
