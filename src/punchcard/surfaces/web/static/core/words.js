// The words of this face in the member's language. A text is a row of the catalogue; its values are put in where it names them.

import { html } from '../vendor/preact.js'
import { lang, num, numText } from './format.js'

const face = document.documentElement.dataset.face
const { default: rows } = await import(`../words/${face}.${lang}.js`)
const plurals = new Intl.PluralRules(lang)

// For the page: numbers stand in <bdi>, and a value may be a node of its own (a price, a name in bold).
export function t(key, values = {}) {
  const parts = pieces(key, values, value => (typeof value === 'number' ? num(value) : value))
  return parts.every(part => typeof part === 'string') ? parts.join('') : html`<span>${parts}</span>`
}

// For labels and titles, which hold no markup. Values are texts and numbers only.
export function text(key, values = {}) {
  return pieces(key, values, value => (typeof value === 'number' ? numText(value) : String(value))).join('')
}

export const has = key => key in rows

function pieces(key, values, shown) {
  const row = rows[key]
  if (row === undefined) throw new Error(`no words for ${key}`)
  const said = typeof row === 'string' ? row : row[plurals.select(values.n)] ?? row.other
  return said
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 ? shown(values[part]) : part))
    .filter(part => part !== '')
}
