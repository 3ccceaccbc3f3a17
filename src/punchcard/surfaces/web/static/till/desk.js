// Whose till this is: its key, what the house says of it, and the cashier of this shift. All three outlive a reload.

import { batch, computed, signal } from '../vendor/preact.js'
import { caller, houseTime, newId, Refusal } from '../core/api.js'
import { dayKey, lang } from '../core/format.js'
import { paint } from '../core/theme.js'
import { read, write } from './memory.js'

const SHIFT_MS = 14 * 3600_000
const KNOWN = `pc.till.known.${lang}`

export const key = signal(read('pc.till.key') ?? '')
export const ended = signal(false)
// {till, shop, partner, programme, floor_limit, at}, the programme's tiers, and the products: known from the last time.
const known = signal(read(KNOWN) ?? inAnyLanguage() ?? {})
export const desk = computed(() => known.value.desk ?? null)
export const products = computed(() => known.value.products ?? [])
export const tiers = computed(() => known.value.tiers ?? [])
export const pointValue = computed(() => known.value.pointValue ?? 1)

// Without a network the names of another language are better than no till.
function inAnyLanguage() {
  const name = Object.keys(localStorage).find(each => each.startsWith('pc.till.known.'))
  return name ? read(name) : null
}

// What stands above: the shop, by its partner's name where that is one shop, since that name is said in every language.
export const title = computed(() => (known.value.alone ? desk.value.partner.name : desk.value.shop.name))

const shift = signal(read('pc.till.shift'))
export const cashier = computed(() => (shift.value && houseTime() < shift.value.until ? shift.value.name : ''))

export const house = caller(async () => key.value)
const street = caller(async () => '')

export const currency = () => desk.value.programme.currency
export const zone = () => desk.value.shop.zone
export const cash = amount => ({ amount, currency: currency() })
export const today = () => dayKey(houseTime(), zone())

// The key is kept once the house has said whose it is.
export async function signIn(asked) {
  const held = key.value
  key.value = asked
  try {
    await refresh()
  } catch (error) {
    key.value = held
    throw error
  }
  write('pc.till.key', asked)
  ended.value = false
}

export function signOut() {
  for (const name of Object.keys(localStorage)) if (name.startsWith('pc.till.known.')) localStorage.removeItem(name)
  write('pc.till.key', null)
  write('pc.till.shift', null)
  batch(() => ((key.value = ''), (known.value = {}), (shift.value = null)))
}

// What stands on the screen of a till that nobody works at: asked now and then, so that the sign of the network is true.
export async function refresh() {
  const [desk, programme] = await Promise.all([house.get('/till/desk'), street.get('/programme')])
  const products = await house.get('/till/products')
  known.value = { desk, products, tiers: programme.tiers, pointValue: programme.point_value, alone: isAlone(desk, programme) }
  write(KNOWN, known.value)
}

const isAlone = ({ partner }, { shops }) => shops.filter(shop => shop.partner_id === partner.id).length < 2

export async function look() {
  try {
    await refresh()
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) ended.value = true
  }
}

desk.subscribe(it => it && paint([it.partner]))

export function beginShift(name) {
  shift.value = { name, until: houseTime() + SHIFT_MS }
  write('pc.till.shift', shift.value)
}

export function endShift() {
  write('pc.till.shift', null)
  shift.value = null
}

// The numbers of receipts: a mark of this browser, so that two screens with one key never print the same, and a count of the day.
export function nextNumber() {
  const mark = read('pc.till.mark') ?? markOf()
  const before = read('pc.till.count')
  const count = before?.day === today() ? before.count + 1 : 1
  write('pc.till.mark', mark)
  write('pc.till.count', { day: today(), count })
  return `${mark}-${String(count).padStart(4, '0')}`
}

const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ'
const markOf = () => [...newId().slice(-6)].slice(0, 3).map(hex => LETTERS[parseInt(hex, 16) + 3]).join('')
