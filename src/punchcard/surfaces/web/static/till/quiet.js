// Where nobody touches the till any more, the last customer's name and balance do not stay for the next one to read.

import { effect } from '../vendor/preact.js'
import { announce } from '../core/ui.js'
import { doubt } from './selling.js'
import { card, emptied, lines, refused, selling, sheet, sold, view } from './state.js'

const QUIET_MS = 60_000
// What is in the basket is somebody's still; what comes back, or is shown on a sheet, is being looked at.
const isLeft = () =>
  (sold.value || card.value || refused.value) && !lines.value.length && view.value === 'sale' && !sheet.value && !selling.value && !doubt.value

let timer
function begin() {
  clearTimeout(timer)
  if (isLeft()) timer = setTimeout(() => isLeft() && leave(), QUIET_MS)
}

function leave() {
  emptied()
  announce('') // what a screen reader was told stands in the page, too
}

effect(begin)
for (const sign of ['pointerdown', 'keydown']) addEventListener(sign, begin, true)
