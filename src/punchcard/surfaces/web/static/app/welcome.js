// Coming in: an address, six digits, and the card is there. What a new member says of themselves is asked after it (hello.js).

import { html, signal, useEffect, useRef, useState } from '../vendor/preact.js'
import { Offline } from '../core/api.js'
import { now } from '../core/clock.js'
import { file } from '../core/files.js'
import { bdi, lang, LANGUAGES, NAMES, speak } from '../core/format.js'
import { Act, announce, mark } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { programme } from './frame.js'
import { go, instead, route } from './route.js'
import { parting, signIn, street } from './session.js'

const ENTER = 'enter'
const JOINING = 'pc.joining'
const EXAMPLE = '+972 50 123 4567'

// Where the code went: kept while the page is, since whoever looks into the mail may come back to a page begun anew.
const contact = signal(sessionStorage.getItem(JOINING) ?? '')
const resendAt = signal(0)
// Where a link or a tapped message wanted to lead before it turned out that nobody is signed in.
const wanted = route.value.name === ENTER ? { name: 'home', id: '' } : route.value

export function Screen() {
  useEffect(() => void (document.title = programme.data.value?.name ?? ''), [programme.data.value])
  return html`<main class="welcome">
    <div class="art">
      <img class="flip" src=${file('art/branch-blossom.svg')} alt="" />
      <span class="mark">${mark('almond', 'mk')}<bdi>${programme.data.value?.name ?? ''}</bdi></span>
    </div>
    <div class="body">
      ${route.value.name === ENTER && contact.value ? html`<${Code} />` : html`<${Contact} />`}
      <${Languages} />
    </div>
  </main>`
}

// Both doors refuse in words beside the field, and the field keeps the focus.
function useDoor(open) {
  const [problem, setProblem] = useState('')
  const field = useRef()
  const enter = async event => {
    event?.preventDefault()
    setProblem('')
    try {
      await open()
    } catch (error) {
      if (!(error instanceof Offline) && !error.status) throw error
      setProblem(error instanceof Offline ? t('common.offline') : error.words ?? error.message)
      field.current?.focus()
    }
  }
  return { problem, setProblem, field, enter }
}

const Problem = ({ id, children }) => html`<p id=${id} class="problem" role="alert">${children}</p>`

function Contact() {
  const [typed, setTyped] = useState(contact.value)
  const door = useDoor(async () => {
    await askForCode(typed)
    go(ENTER)
  })
  const shops = programme.data.value?.partners ?? []
  const said = parting.value ? t(`welcome.${parting.value}`) : shops.length > 1 && t('welcome.shops', { shops: listed(shops) })
  return html`<form class="door" novalidate onSubmit=${door.enter}>
    <h1>${t(shops.length === 1 ? 'welcome.title-one' : 'welcome.title')}</h1>
    <p class="muted lead" role=${parting.value ? 'status' : undefined}>${said}</p>
    <label class="small muted" for="contact">${t('welcome.contact')}</label>
    <div class="field">
      <input id="contact" ref=${door.field} name="username" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr" maxlength="254"
        value=${typed} aria-invalid=${Boolean(door.problem)} aria-describedby="contact-problem contact-only" onInput=${event => setTyped(event.target.value)} />
    </div>
    <${Problem} id="contact-problem">${door.problem}<//>
    <${Act} class="btn primary block" type="submit" press=${door.enter}>${t('welcome.send')}<//>
    <p id="contact-only" class="small muted only">${t('welcome.only')}</p>
  </form>`
}

const listed = shops => bdi(new Intl.ListFormat(lang, { type: 'conjunction' }).format(shops.map(shop => shop.name)))

async function askForCode(typed) {
  try {
    await street.post('/join/codes', { contact: typed.trim(), language: lang })
  } catch (error) {
    if (error.code === 'too-many') resendAt.value = now.value + 1000 * error.facts.retry_after_seconds
    if (error.code === 'malformed') error.words = t('welcome.contact-wrong', { example: html`<bdi dir="ltr">${EXAMPLE}</bdi>` })
    throw error
  }
  contact.value = typed.trim()
  sessionStorage.setItem(JOINING, contact.value)
  parting.value = ''
}

function Code() {
  const [digits, setDigits] = useState('')
  const door = useDoor(async () => {
    if (digits.length < 6) throw Object.assign(new Error(), { status: 400, message: t('welcome.code-short') })
    await comeIn(digits)
  })
  useEffect(() => void door.field.current.focus(), [])
  useEffect(() => void (digits.length === 6 && door.enter()), [digits])
  const type = event => {
    const read = westernDigits(event.target.value).slice(0, 6)
    event.target.value = read
    if (read !== digits) door.setProblem('')
    setDigits(read)
  }
  return html`<form class="door" novalidate onSubmit=${door.enter}>
    <h1>${t('welcome.code-title')}</h1>
    <p class="muted lead">${t('welcome.code-sent', { contact: html`<bdi dir="ltr">${contact.value}</bdi>` })}</p>
    <label class="small muted" for="code">${t('welcome.code')}</label>
    <div class="field">
      <input id="code" class="digits num" ref=${door.field} name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]*" dir="ltr"
        value=${digits} aria-invalid=${Boolean(door.problem)} aria-describedby="code-problem" onInput=${type} />
    </div>
    <${Problem} id="code-problem">${door.problem}<//>
    <${Act} class="btn primary block" type="submit" press=${door.enter}>${t('welcome.come-in')}<//>
    <${Resend} door=${door} />
    <button type="button" class="btn plain compact" onClick=${() => instead('home')}>${t('welcome.other-address')}</button>
  </form>`
}

// Digits are digits in every script, with spaces or a dash between them as mail programs copy them.
const westernDigits = said => said.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, digit => digit.charCodeAt(0) & 15).replace(/\D/g, '')

// How often another code may be sent is the house's to say; then the button counts down.
function Resend({ door }) {
  const seconds = Math.ceil((resendAt.value - now.value) / 1000)
  const again = async () => {
    await askForCode(contact.value).catch(counted)
    if (resendAt.value > now.value) return
    announce(text('welcome.resent'))
    door.setProblem('')
    door.field.current?.focus()
  }
  return seconds > 0
    ? html`<p class="small muted only">${t('welcome.resend-in', { left: html`<bdi dir="ltr" class="num">${clock(seconds)}</bdi>` })}</p>`
    : html`<${Act} class="btn plain compact" press=${again}>${t('welcome.resend')}<//>`
}

const clock = seconds => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
// The countdown says it.
const counted = error => error.code === 'too-many' || Promise.reject(error)

async function comeIn(code) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const said = await signIn(contact.value, code, { language: lang, zone })
  sessionStorage.removeItem(JOINING)
  contact.value = ''
  said.new ? instead('hello') : instead(wanted.name, wanted.id)
}

const Languages = () => html`<nav class="tongues" aria-label=${text('welcome.languages')}>
  ${LANGUAGES.filter(each => (programme.data.value?.languages ?? LANGUAGES).includes(each)).map(
    each => html`<button type="button" lang=${each} aria-current=${each === lang ? 'true' : undefined} onClick=${() => speak(each)}>${NAMES[each]}</button>`,
  )}
</nav>`
