// A code that a scanner reads, drawn as one path.

import { html } from '../vendor/preact.js'
import { encode } from '../vendor/qr.js'

// {size, path}: a module is one unit, a run of them one rectangle.
export function drawn(said) {
  const { data, size } = encode(said, { ecc: 'M', border: 0 })
  return { size, path: data.map((row, y) => runs(row).map(([x, width]) => `M${x} ${y}h${width}v1h-${width}z`).join('')).join('') }
}

function runs(row) {
  const found = []
  row.forEach((dark, x) => {
    if (dark && row[x - 1]) found[found.length - 1][1] += 1
    else if (dark) found.push([x, 1])
  })
  return found
}

// With its quiet zone of four modules, dark on white in every theme.
export function Matrix({ said, label }) {
  const { size, path } = drawn(said)
  return html`<svg class="matrix" viewBox=${`-4 -4 ${size + 8} ${size + 8}`} role="img" aria-label=${label}><rect x="-4" y="-4" width=${size + 8} height=${size + 8} fill="#fff" /><path d=${path} fill="#10201c" /></svg>`
}
