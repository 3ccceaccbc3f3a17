// What the member was told, why it came, and until when it waits where it has not come yet.

import { html, useEffect, useRef } from '../vendor/preact.js'
import { now } from '../core/clock.js'
import { bdi, day, dayKey, hour } from '../core/format.js'
import { Empty, icon, mark } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { SubScreen } from './frame.js'
import { kept, refresh, useKept } from './kept.js'
import { PushInvite } from './push.js'
import { to } from './route.js'
import { house } from './session.js'

const PICTURES = {
  offer: 'seal-percent',
  challenge: 'trophy',
  tier: 'star',
  approval: 'shield-check',
  spent: 'receipt',
  reminder: 'hourglass-medium',
  notice: 'bell',
}

export const Screen = ({ id }) => (id ? html`<${Message} id=${id} />` : html`<${List} />`)

function List() {
  const inbox = useKept('/me/inbox').data.value
  const held = (useKept('/me/messages').data.value ?? []).filter(each => each.state === 'held')
  useKept('/me/preferences')
  const fresh = useRead(inbox)
  const items = [...held.map(message => ({ message, held: true })), ...(inbox?.items ?? [])]
  return html`<${SubScreen} on="home" title=${text('frame.inbox')}>
    ${inbox && !items.length && html`<${Quiet} />`}
    ${items.length > 0 &&
    html`<${PushInvite} />
      <ul class="panel inbox">${items.map(each => html`<${Line} key=${each.message.id} item=${each} fresh=${fresh.has(each.message.id)} />`)}</ul>`}
  <//>`
}

// Whoever opens the list has read it. What was new when they came stays marked until they leave.
function useRead(inbox) {
  const fresh = useRef(new Set())
  const unread = (inbox?.items ?? []).filter(each => !each.read_at).map(each => each.message.id)
  unread.forEach(id => fresh.current.add(id))
  useEffect(() => void (unread.length && read(unread)), [unread.join()])
  return fresh.current
}

// Nobody waits for it, and what fails is said again the next time.
async function read(messages) {
  try {
    await house.put('/me/inbox/read', { messages: messages.slice(0, 100) })
    await refresh(['/me/inbox'])
  } catch (error) {
    console.warn(error)
  }
}

function Line({ item, fresh }) {
  const { message, over } = item
  const { partner, href } = place(item)
  const look = `row told ${fresh && !over ? 'new' : ''} ${over ? 'over' : ''}`
  const inside = html`<span class="seal">${partner ? mark(partner) : icon(PICTURES[message.kind] ?? 'bell')}</span>
    <div class="grow">
      <div class="title">${bdi(message.title)}</div>
      ${message.body && html`<div class="muted body">${bdi(message.body)}</div>`}
      <div class="small faint">${bdi(message.why)}</div>
      <${Notes} item=${item} />
    </div>
    <div class="at"><span class="small faint">${when(message.at)}</span>${fresh && !over && html`<span class="fresh"><span class="sr">${t('inbox.new')}</span></span>`}</div>`
  return html`<li data-partner=${partner}>${href ? html`<a class=${look} href=${href}>${inside}</a>` : html`<div class=${look}>${inside}</div>`}</li>`
}

function Notes({ item: { message, over, held } }) {
  const note = !over && (message.note || (held && text('inbox.waits')))
  if (!note && !over) return null
  return html`<div class="notes">
    ${over && html`<span class="chip">${t('inbox.over')}</span>`}
    ${note && html`<span class="chip">${held && icon('moon', 'sm')}<span>${bdi(note)}</span></span>`}
  </div>`
}

// An offer that still stands leads to itself; what a till asks stands over every screen by itself.
function place({ message: { id, kind, subject }, over, held }) {
  const offer = kind === 'offer' ? kept('/me/offers').data.value?.find(each => each.id === subject) : null
  if (held || over || kind === 'approval') return { partner: offer?.partner_id }
  if (offer) return { partner: offer.partner_id, href: to('offers', subject) }
  const href = { challenge: to('challenges', subject), tier: to('home'), reminder: to('expiry') }[kind]
  return { href: href ?? to('message', id) }
}

const when = at => {
  const key = dayKey(at)
  if (key === dayKey(now.value)) return hour(at)
  return key === dayKey(now.value - 86_400_000) ? t('common.yesterday') : day(at)
}

function Quiet() {
  const wishes = kept('/me/preferences').data.value
  const limited = wishes && wishes.messages_a_week > 0 && wishes.quiet_from !== wishes.quiet_until
  const values = limited && { n: wishes.messages_a_week, from: bdi(wishes.quiet_from), until: bdi(wishes.quiet_until) }
  return html`<${Empty} drawing="empty-inbox" title=${t('inbox.empty')}><p>${limited ? t('inbox.empty-limits', values) : t('inbox.empty-body')}</p><//>`
}

// One message, where a notification leads. It may be newer than what is known here: only a fresh answer says that it is gone.
function Message({ id }) {
  const inbox = useKept('/me/inbox')
  const opened = useRef(Date.now())
  const asked = inbox.at.value >= opened.current || inbox.error.value
  const item = inbox.data.value?.items.find(each => each.message.id === id)
  useEffect(() => void (item && !item.read_at && read([id])), [item?.read_at])
  return html`<${SubScreen} on="home" from="inbox" title=${text('frame.inbox')}>
    ${item ? html`<${Told} item=${item} />` : asked && html`<${Gone} />`}
  <//>`
}

const Gone = () => html`<${Empty} drawing="empty-inbox" title=${t('inbox.gone')}>
  <p>${t('inbox.gone-body')}</p>
  <a class="btn soft" href=${to('inbox')}>${t('inbox.all')}</a>
<//>`

function Told({ item }) {
  const { message } = item
  const { partner } = place(item)
  return html`<article class="panel slab told" data-partner=${partner}>
    <span class="seal">${partner ? mark(partner) : icon(PICTURES[message.kind] ?? 'bell')}</span>
    <h2>${bdi(message.title)}</h2>
    ${message.body && html`<p class="muted">${bdi(message.body)}</p>`}
    <p class="small faint">${bdi(message.why)} ${when(message.at)}</p>
    <${Notes} item=${item} />
    <${Ways} item=${item} />
  </article>`
}

function Ways({ item: { message, over } }) {
  const ways = {
    offer: !over && kept('/me/offers').data.value?.some(each => each.id === message.subject) && [['to-offer', to('offers', message.subject)]],
    challenge: [['to-challenge', to('challenges', message.subject)]],
    tier: [['to-card', to('home')]],
    spent: [['to-activity', to('activity')], ['to-lock', to('settings')]],
    reminder: [['to-expiry', to('expiry')]],
  }
  return (ways[message.kind] || []).map(([words, href], i) => html`<a class=${`btn block ${i ? 'plain' : 'primary'}`} href=${href}>${t(`inbox.${words}`)}</a>`)
}
