// What is put into the basket: a product by its button, or any amount of a kind.

import { batch, html, useRef, useSignal } from '../vendor/preact.js'
import { money, num } from '../core/format.js'
import { art, icon } from '../core/ui.js'
import { has, t, text } from '../core/words.js'
import { minorOf } from './amounts.js'
import { cash, currency, products } from './desk.js'
import { add, lines, picking } from './state.js'

const put = product => batch(() => (add(product), (picking.value = true)))
const folded = name => name.toLocaleLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')
const kindName = kind => (has(`basket.kind-${kind}`) ? text(`basket.kind-${kind}`) : kind)

export function Products() {
  const wanted = useSignal('')
  const shown = products.value.filter(each => folded(each.name).includes(folded(wanted.value.trim())))
  const first = event => {
    event.preventDefault()
    if (!wanted.value.trim() || !shown.length) return
    put(shown[0])
    wanted.value = ''
  }
  return html`<div class="picker">
    <form class="field" role="search" onSubmit=${first}>${icon('basket')}
      <input id="product" value=${wanted.value} onInput=${event => (wanted.value = event.currentTarget.value)} placeholder=${text('basket.search')} aria-label=${text('basket.search')} autocomplete="off" enterkeyhint="done" />
    </form>
    <ul class="products">${shown.map(each => html`<${Product} key=${each.sku} product=${each} />`)}</ul>
    ${!shown.length && html`<p class="muted">${t('basket.none')}</p>`}
    <${Free} />
  </div>`
}

function Product({ product }) {
  const count = lines.value.filter(line => line.sku === product.sku).reduce((sum, line) => sum + line.quantity, 0)
  return html`<li><button type="button" onClick=${() => put(product)}>
    ${art(product.art)}<span><bdi>${product.name}</bdi></span><span class="num muted">${money(cash(product.amount))}</span>
    ${count > 0 && html`<b class="count num">${num(count)}</b>`}
  </button></li>`
}

function Free() {
  const field = useRef()
  const kind = useRef()
  const kinds = [...new Set(products.value.map(each => each.category)), 'other']
  const enter = event => {
    event.preventDefault()
    const amount = minorOf(field.current.value, currency())
    if (!amount) return field.current.focus()
    const category = kind.current.value
    put({ sku: `open-${category}`, name: kindName(category), category, amount })
    field.current.value = ''
  }
  return html`<form class="free" onSubmit=${enter}>
    <label class="field"><span class="sr">${t('basket.free')}</span><input ref=${field} inputmode="decimal" autocomplete="off" placeholder=${text('basket.free')} /></label>
    <label class="field"><span class="sr">${t('basket.category')}</span><select ref=${kind}>${kinds.map(each => html`<option value=${each}>${kindName(each)}</option>`)}</select></label>
    <button type="submit" class="btn soft">${t('basket.add-amount')}</button>
  </form>`
}
