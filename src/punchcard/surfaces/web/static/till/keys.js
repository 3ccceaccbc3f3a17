// The keyboard, and the scanners that are one: a burst of keys that ends in Enter is a code, wherever the focus is. Letters
// are read by the key and not by its layout, since a scanner types as if the layout were English.

import { nextCustomer, sellBasket } from './counter.js'
import { complain } from '../core/ui.js'
import { doubt, tryNow } from './selling.js'
import { understood } from './scan.js'
import { dismiss } from './refused.js'
import { closeReturns, isTaking } from './returning.js'
import { card, dropCard, picking, refused, selling, sheet, sold, typed, view } from './state.js'

const BURST_MS = 60
// No word that somebody types fast: long, without a space, with a digit in it. Where nobody can type, four keys at once are one, too:
// the Enter behind them is the scanner's, and presses no button.
const CODE = /^(?=.*\d)\S{12,}$/
const SHORT = /^\S{4,}$/
const AFTER_BURST_MS = 400

let burst = { text: '', raw: '', at: 0 }
let burstAt = -Infinity

export function listen() {
  addEventListener('keydown', pressed, true)
}

function pressed(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  // A key that is held down is one press: the second would send the customer's receipt away.
  if (event.key === 'Enter' && event.repeat) return event.preventDefault()
  if (event.key === 'Enter' && isBurst(event)) return takeBurst(event)
  gather(event)
  if (event.key in KEYS && selling.value && !doubt.value) return event.key === 'Enter' ? undefined : event.preventDefault()
  if (event.key in KEYS) return KEYS[event.key](event)
  if (event.key.length === 1 && !inField(event.target) && !sheet.value) toField()
}

const character = ({ code, key, shiftKey }) => {
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase()
  return /^Digit\d$/.test(code) && !shiftKey ? code[5] : key
}

function gather(event) {
  if (event.key.length !== 1) return
  const goesOn = event.timeStamp - burst.at < BURST_MS
  const text = goesOn ? burst.text + character(event) : character(event)
  burst = { text, raw: goesOn ? burst.raw + event.key : event.key, at: event.timeStamp }
}

const isBurst = event => (inField(event.target) ? CODE : SHORT).test(burst.text) && event.timeStamp - burst.at < BURST_MS * 2

function takeBurst(event) {
  const { text, raw } = burst
  event.preventDefault()
  event.stopPropagation()
  burst = { text: '', raw: '', at: 0 }
  burstAt = event.timeStamp
  const field = event.target
  const whole = wholeOf(field, text, raw)
  if (inField(field) && field.value.endsWith(raw)) field.value = field.value.slice(0, -raw.length)
  typed.value = ''
  understood(whole, 'scanner').catch(complain)
}

// A scanner that stopped for a moment is one scanner: what stands in the field of the card before the burst belongs to it.
const wholeOf = (field, text, raw) =>
  field.id === 'card' && field.value.endsWith(raw) ? field.value.slice(0, -raw.length).trim() + text : text

const inField = ({ tagName }) => tagName === 'INPUT' || tagName === 'SELECT' || tagName === 'TEXTAREA'
const isPressable = ({ tagName }) => tagName === 'BUTTON' || tagName === 'A' || tagName === 'SELECT'
export const toField = () => document.querySelector('#card')?.focus()

const KEYS = {
  F1(event) {
    event.preventDefault()
    if (sheet.value || sold.value || doubt.value || isTaking()) return
    view.value = 'sale'
    if (refused.value) dismiss()
    if (card.value) dropCard()
    requestAnimationFrame(toField)
  },
  F2(event) {
    event.preventDefault()
    if (sheet.value || sold.value || doubt.value || view.value !== 'sale') return
    picking.value = true
    requestAnimationFrame(() => document.querySelector('#product')?.focus())
  },
  Enter(event) {
    if (sheet.value || view.value !== 'sale' || isPressable(event.target) || event.timeStamp - burstAt < AFTER_BURST_MS) return
    if (inField(event.target) && event.target.value.trim()) return
    event.preventDefault()
    if (sold.value) return nextCustomer()
    if (doubt.value) return tryNow()
    refused.value ? dismiss() : sellBasket().catch(complain)
  },
  Escape() {
    if (sheet.value) return
    if (view.value !== 'sale') return closeReturns()
    if (sold.value) return nextCustomer()
    if (picking.value) return (picking.value = false), requestAnimationFrame(toField)
    if (refused.value) return dismiss()
    if (typed.value) return (typed.value = '')
    if (card.value) dropCard()
  },
}
