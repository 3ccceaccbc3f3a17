// How the member wants to be spoken to. Each change is saved as it is made.

import { html, useState } from '../vendor/preact.js'
import { day, lang, LANGUAGES, monthNames, NAMES, num, speak } from '../core/format.js'
import { Act, complain, icon, say, Switch } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { signOutHere } from './devices.js'
import { programme, SubScreen } from './frame.js'
import { Consent } from './hello.js'
import { kept, refresh, useKept } from './kept.js'
import { PushRow } from './push.js'
import { to } from './route.js'
import { house } from './session.js'
import { agree, introduce, speakTo, tellPlace, wish } from './wishes.js'

const WEEK_MAX = 50

export function Screen() {
  const preferences = useKept('/me/preferences').data.value
  return html`<${SubScreen} on="home" title=${text('frame.settings')} class="settings">
    ${preferences &&
    html`<section class="panel"><${Week} wishes=${preferences} /><${Quiet} wishes=${preferences} /><${Topics} /><${PushRow} /></section>
      <section class="panel" aria-label=${text('settings.consents')}><${Consents} given=${preferences.consents} /></section>`}
    <${Lock} />
    <${Tongue} />
    <${About} />
    <${Doors} />
  <//>`
}

const Row = ({ picture, title, sub, children, look = '' }) => html`<div class=${`row ${look}`}>
  <span class="seal">${icon(picture)}</span>
  <div class="grow"><div class="title">${title}</div>${sub && html`<div class="small muted">${sub}</div>`}</div>
  ${children}
</div>`

const later = promise => promise.catch(complain)

function Week({ wishes: { messages_a_week: most, told_this_week: told } }) {
  // What was pressed may be ahead of what is drawn.
  const step = by => later(wish({ messages_a_week: Math.min(WEEK_MAX, Math.max(0, kept('/me/preferences').data.value.messages_a_week + by)) }))
  const sub = most === 0 ? t('settings.week-none') : told !== undefined && t('settings.week-sub', { n: told })
  return html`<${Row} picture="envelope-simple" title=${t('settings.week')} sub=${sub}>
    <div class="stepper" role="group" aria-label=${text('settings.week')}>
      <button type="button" aria-label=${text('settings.fewer')} disabled=${most <= 0} onClick=${() => step(-1)}>${icon('minus', 'sm')}</button>
      <b class="num" aria-live="polite">${num(most)}</b>
      <button type="button" aria-label=${text('settings.more')} disabled=${most >= WEEK_MAX} onClick=${() => step(1)}>${icon('plus', 'sm')}</button>
    </div>
  <//>`
}

const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)
const minutes = hour => Number(hour.slice(0, 2)) * 60 + Number(hour.slice(3))
const isQuiet = (at, from, until) => (from <= until ? from <= at && at < until : at >= from || at < until)

function Quiet({ wishes: { quiet_from: from, quiet_until: until } }) {
  const none = from === until
  const quiet = hour => isQuiet(hour * 60 + 30, minutes(from), minutes(until))
  const title = html`${t('settings.quiet')} ${!none && html`<span class="range"><bdi class="num">${from}</bdi>–<bdi class="num">${until}</bdi></span>`}`
  return html`<${Row} picture="moon" title=${title} sub=${t(none ? 'settings.quiet-none' : 'settings.quiet-sub')} look="joined" />
    <div class="clock">
      <div class="b" aria-hidden="true">${HOURS.map((_, hour) => html`<i class=${quiet(hour) ? 'q' : ''}></i>`)}</div>
      <div class="h num" aria-hidden="true">${['00', '06', '12', '18', '24'].map(hour => html`<span>${hour}</span>`)}</div>
      <div class="between">
        <${Hour} label="from" value=${from} change=${hour => later(wish({ quiet_from: hour }))} />
        <${Hour} label="until" value=${until} change=${hour => later(wish({ quiet_until: hour }))} />
      </div>
    </div>`
}

function Hour({ label, value, change }) {
  const hours = HOURS.includes(value) ? HOURS : [...HOURS, value].sort()
  return html`<label class="pick">
    <span class="small muted">${t(`settings.${label}`)}</span>
    <select class="num" aria-label=${`${text('settings.quiet')}: ${text(`settings.${label}`)}`} onChange=${event => change(event.target.value)}>
      ${hours.map(hour => html`<option value=${hour} selected=${hour === value}>${hour}</option>`)}
    </select>
  </label>`
}

function Topics() {
  const topics = useKept('/me/topics').data.value ?? []
  const muted = useKept('/me/preferences').data.value.muted
  const [open, setOpen] = useState(false)
  const mute = (id, yes) => wish({ muted: yes ? [...muted, id] : muted.filter(each => each !== id) })
  const sub = muted.length ? t('settings.topics-muted', { n: muted.length }) : t('settings.topics-all')
  if (!topics.length) return null
  return html`<button type="button" class="row wide-row" aria-expanded=${String(open)} aria-controls="topics" onClick=${() => setOpen(!open)}>
      <span class="seal">${icon('compass')}</span>
      <span class="grow"><span class="title">${t('settings.topics')}</span><span class="small muted">${sub}</span></span>
      ${icon('caret-right', `sm ${open ? 'down' : 'flip'}`)}
    </button>
    <div id="topics" class="topics" hidden=${!open}>
      ${topics.map(
        ({ id, name }) => html`<div class="row" key=${id}>
          <div class="grow title"><bdi>${name}</bdi></div>
          <${Switch} on=${!muted.includes(id)} label=${name} change=${on => mute(id, !on)} />
        </div>`,
      )}
      <p class="small muted">${t('settings.topics-always')}</p>
    </div>`
}

function Consents({ given }) {
  const change = what => async yes => {
    await agree(what, yes)
    if (what === 'location' && yes && 'geolocation' in navigator) tellPlace()
  }
  return ['marketing', 'personalisation', 'location'].map(
    what => html`<${Consent} key=${what} what=${what} on=${given[what]} change=${change(what)} />`,
  )
}

// It locks the card whole: no till can spend from it, whoever holds it. What asks before larger sums is the house's own rule.
function Lock() {
  const lock = useKept('/me/spend-lock')
  const locked = lock.data.value?.locked
  const turn = async yes => {
    lock.data.value = yes ? await house.put('/me/spend-lock') : (await house.remove('/me/spend-lock')) ?? { locked: false, since: null }
    await refresh(['/me/spend-lock', '/me/card'])
  }
  return html`<section class="panel">
    <${Row} picture="shield-check" title=${t('settings.lock')} sub=${t(locked ? 'settings.lock-on' : 'settings.lock-off')}>
      ${lock.data.value && html`<${Switch} on=${locked} label=${text('settings.lock')} change=${turn} />`}
    <//>
  </section>`
}

function Tongue() {
  const spoken = programme.data.value?.languages ?? LANGUAGES
  const choose = async language => {
    if (language === lang) return
    await speakTo(language)
    speak(language)
  }
  return html`<section class="panel">
    <${Row} picture="globe-simple" title=${t('settings.language')} sub=${t('settings.language-sub')} />
    <div class="langs">
      ${LANGUAGES.filter(each => spoken.includes(each)).map(
        each => html`<${Act} key=${each} class="lang" lang=${each} aria-pressed=${String(each === lang)} press=${() => choose(each)}>
          ${NAMES[each]}${each === lang && icon('check', 'sm')}
        <//>`,
      )}
    </div>
  </section>`
}

function About() {
  const profile = useKept('/me/profile').data.value
  const [open, setOpen] = useState(false)
  if (!profile) return null
  const name = profile.name ? html`<bdi>${profile.name}</bdi>` : t('settings.nameless')
  const born = profile.birthday && html` · ${spokenDay(profile.birthday)}`
  return html`<section class="panel">
    <button type="button" class="row wide-row" aria-expanded=${String(open)} aria-controls="about" onClick=${() => setOpen(!open)}>
      <span class="seal">${icon('user')}</span>
      <span class="grow"><span class="title">${t('settings.about')}</span><span class="small muted">${name}${born}</span></span>
      ${icon('caret-right', `sm ${open ? 'down' : 'flip'}`)}
    </button>
    <div id="about" class="about" hidden=${!open}>${open && html`<${AboutMe} profile=${profile} />`}</div>
  </section>`
}

const spokenDay = birthday => day(Date.UTC(2024, Number(birthday.slice(0, 2)) - 1, Number(birthday.slice(3))), 'UTC')

// A birthday holds for a year, so that it is not saved by the way but when one says so.
function AboutMe({ profile }) {
  const [name, setName] = useState(profile.name)
  const [month, setMonth] = useState(profile.birthday?.slice(0, 2) ?? '')
  const [born, setBorn] = useState(profile.birthday?.slice(3) ?? '')
  const days = month ? new Date(Date.UTC(2024, Number(month), 0)).getUTCDate() : 31
  const keep = async () => {
    await introduce({ name: name.trim(), birthday: month && born ? `${month}-${born}` : null })
    say(t('settings.kept'))
  }
  const two = n => String(n).padStart(2, '0')
  return html`<form class="door" onSubmit=${event => event.preventDefault()}>
    <label class="small muted" for="first-name">${t('welcome.name')}</label>
    <div class="field"><input id="first-name" autocomplete="given-name" maxlength="80" value=${name} onInput=${event => setName(event.target.value)} /></div>
    <fieldset class="between">
      <legend class="small muted">${t('settings.birthday')}</legend>
      <${Pick} label="day" value=${born} change=${setBorn} choices=${Array.from({ length: days }, (_, i) => [two(i + 1), String(i + 1)])} />
      <${Pick} label="month" value=${month} change=${setMonth} choices=${monthNames().map((words, i) => [two(i + 1), words])} />
    </fieldset>
    <p class="small muted">${t('settings.birthday-why')}</p>
    <${Act} class="btn soft block" type="submit" press=${keep}>${t('settings.keep')}<//>
  </form>`
}

const Pick = ({ label, value, change, choices }) => html`<label class="pick">
  <span class="small muted">${t(`settings.${label}`)}</span>
  <select onChange=${event => change(event.target.value)}>
    <option value="" selected=${!value}>${text('settings.unsaid')}</option>
    ${choices.map(([key, words]) => html`<option value=${key} selected=${key === value}>${words}</option>`)}
  </select>
</label>`

function Doors() {
  const devices = useKept('/me/devices').data.value ?? []
  const named = [...new Set(devices.map(each => each.name).filter(Boolean))].slice(0, 3)
  const name = programme.data.value?.name ?? ''
  const sub = named.length > 0 && html`<bdi>${new Intl.ListFormat(lang, { type: 'conjunction' }).format(named)}</bdi>`
  return html`<section class="panel">
    <${Door} href=${to('devices')} picture="device-mobile" title=${t('privacy.devices')} sub=${sub} />
    <${Door} href=${to('privacy')} picture="download-simple" title=${t('privacy.export')} />
    <${Act} class="row wide-row" press=${signOutHere}><span class="seal">${icon('sign-out', 'flip')}</span><span class="grow title">${t('privacy.sign-out-here')}</span><//>
    <${Door} href=${to('privacy', 'leave')} picture="sign-out" title=${t('privacy.leave', { programme: name })} look="bad" />
  </section>`
}

const Door = ({ href, picture, title, sub, look = '' }) => html`<a class=${`row ${look}`} href=${href}>
  <span class="seal">${icon(picture, picture === 'sign-out' ? 'flip' : '')}</span>
  <div class="grow"><div class="title">${title}</div>${sub && html`<div class="small muted">${sub}</div>`}</div>
  ${!look && icon('caret-right', 'sm flip')}
</a>`
