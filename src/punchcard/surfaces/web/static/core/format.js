// Numbers, money, days and times as the member reads them. Digits are Western in every language, as on the shelf.

import { html } from '../vendor/preact.js'

export const LANGUAGES = ['en', 'he', 'ar', 'ru']
export const NAMES = { en: 'English', he: 'עברית', ar: 'العربية', ru: 'Русский' }
const TAGS = { en: 'en-GB', he: 'he', ar: 'ar-u-nu-latn', ru: 'ru' }
const KEY = 'pc.language'

export const lang = chosen()
export const rtl = lang === 'he' || lang === 'ar'
const tag = TAGS[lang]
Object.assign(document.documentElement, { lang, dir: rtl ? 'rtl' : 'ltr' })

function chosen() {
  const asked = new URLSearchParams(location.search).get('lang')
  const wanted = [asked, localStorage.getItem(KEY), ...navigator.languages.map(each => each.slice(0, 2).replace('iw', 'he'))]
  return wanted.find(each => LANGUAGES.includes(each)) ?? 'en'
}

// Every text on the page changes, so that the page begins anew.
export function speak(language) {
  localStorage.setItem(KEY, language)
  const here = new URL(location.href)
  here.searchParams.delete('lang')
  here.href === location.href ? location.reload() : location.replace(here)
}

export const languageIsChosen = () => localStorage.getItem(KEY) !== null
export const keepLanguage = language => localStorage.setItem(KEY, language)

const plain = new Intl.NumberFormat(tag)
export const numText = n => plain.format(n).replace('-', '\u2212')
export const num = n => html`<bdi>${numText(n)}</bdi>`
export const signedText = n => (n < 0 ? '\u2212' : '+') + plain.format(Math.abs(n))
export const signed = n => html`<bdi dir="ltr">${signedText(n)}</bdi>`
export const bdi = text => html`<bdi>${text}</bdi>`

// `money` is {amount, currency}, the amount in minor units.
export function moneyText({ amount, currency }) {
  const digits = priced(currency).resolvedOptions().maximumFractionDigits
  const shown = amount % 10 ** digits === 0 ? priced(currency, { minimumFractionDigits: 0 }) : priced(currency)
  return shown.format(amount / 10 ** digits).replace('-', '\u2212')
}
const prices = {} // to make one takes a slow phone a hundredth of a second
const priced = (currency, more = {}) =>
  (prices[JSON.stringify([currency, more])] ??= new Intl.NumberFormat(tag, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...more }))
export const money = value => html`<bdi>${moneyText(value)}</bdi>`

const dates = {}
const shown = (options, zone) => {
  const key = JSON.stringify([options, zone])
  return (dates[key] ??= new Intl.DateTimeFormat(tag, { ...options, timeZone: zone }))
}
const DAY = { day: 'numeric', month: 'long' }
const HOUR = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

// `at` is a Date, a number of milliseconds or an ISO text; `zone` an IANA name, the device's own where it is left out.
export const dayText = (at, zone) => shown(DAY, zone).format(new Date(at))
export const longDayText = (at, zone) => shown({ ...DAY, year: 'numeric' }, zone).format(new Date(at))
export const monthText = (at, zone) => shown({ month: 'long', year: 'numeric' }, zone).format(new Date(at))
export const hourText = (at, zone) => shown(HOUR, zone).format(new Date(at))
export const day = (at, zone) => html`<bdi>${dayText(at, zone)}</bdi>`
export const hour = (at, zone) => html`<bdi>${hourText(at, zone)}</bdi>`
// The local day as YYYY-MM-DD, to compare and to group by.
export const dayKey = (at, zone) =>
  new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).format(new Date(at))
export const monthNames = () => Array.from({ length: 12 }, (_, m) => shown({ month: 'long' }, 'UTC').format(Date.UTC(2024, m, 15)))

// What remains: H:MM:SS within a day, '' beyond it (then days are said in words).
export function leftText(seconds, short = false) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = n => String(n).padStart(2, '0')
  return short ? `${h}:${two(m)}` : `${h}:${two(m)}:${two(s)}`
}
