// What moved the member's points: what expires next, then days. A line opens to every term that counted, then every one that
// did not, and why.

import { html, signal, useEffect, useRef, useState } from '../vendor/preact.js'
import { now } from '../core/clock.js'
import { dayKey, dayText, hour, longDayText, money, num, signed } from '../core/format.js'
import { grouped } from '../core/group.js'
import { Act, Empty, icon, mark } from '../core/ui.js'
import { has, t } from '../core/words.js'
import { Due } from './expiry.js'
import { programme, Screen as Frame } from './frame.js'
import { useKept } from './kept.js'
import { Known } from './known.js'
import { ReceiptScreen } from './receipt.js'
import { to } from './route.js'
import { house } from './session.js'
import { Terms } from './terms.js'

export function Screen({ id }) {
  const activity = useKept('/me/activity')
  if (id === 'receipt' || id.startsWith('receipt~')) return html`<${ReceiptScreen} known=${id} />`
  return html`<${Frame} on="activity" title=${t('frame.tab-activity')}>
    <${Known} of=${activity}>${page => html`<${Statement} key=${page.before} page=${page} />`}<//>
  <//>`
}

// Older pages belong to the first one: when that moves on, they are asked for anew.
function Statement({ page }) {
  const [older, setOlder] = useState({ lines: [], before: page.before })
  if (!page.lines.length) return html`<${Nothing} />`
  const more = async () => {
    const next = await house.get(`/me/activity?before=${encodeURIComponent(older.before)}`)
    setOlder({ lines: [...older.lines, ...next.lines], before: next.before })
  }
  return html`<${Due} />
    <${Owed} />
    ${grouped([...page.lines, ...older.lines], line => dayKey(line.at, zone())).map(
      ({ key, items }) => html`<h2 class="head" key=${key}>${dayNamed(key, items[0].at)}</h2>
        <section class="panel" key=${`${key}-lines`}>${items.map((line, i) => html`<${Line} key=${line.id || `${line.at}-${i}`} line=${line} />`)}</section>`,
    )}
    ${older.before && html`<${More} more=${more} key=${older.before} />`}
    <a class="btn plain" href=${to('activity', 'receipt')}>${t('activity.missing')}</a>`
}

const Nothing = () => html`<${Empty} drawing="empty" title=${t('activity.none')}>
  <p>${t('activity.none-more')}</p>
  <a class="btn soft" href=${to('home')}>${t('rewards.card')}</a>
  <a class="btn plain compact" href=${to('activity', 'receipt')}>${t('activity.have-receipt')}</a>
<//>`

// Spent beyond what was there, after a return: what is earned next pays it.
function Owed() {
  const owed = useKept('/me/card').data.value?.owed
  return owed > 0 && html`<div class="due calm">${icon('arrow-u-up-left', 'flip')}<span class="grow">${t('activity.owed', { n: owed })}</span></div>`
}

const zone = () => programme.data.value?.zone

const DAY_MS = 86_400_000
function dayNamed(key, at) {
  const today = dayKey(now.peek(), zone())
  if (key === today) return t('common.today')
  if (key === dayKey(now.peek() - DAY_MS, zone())) return t('common.yesterday')
  return html`<bdi>${key.slice(0, 4) === today.slice(0, 4) ? dayText(at, zone()) : longDayText(at, zone())}</bdi>`
}

// More comes by itself when the end is in sight; the button is for whoever does not scroll, and for when it failed.
function More({ more }) {
  const end = useRef()
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && end.current?.querySelector('button').click())
    seen.observe(end.current)
    return () => seen.disconnect()
  }, [])
  return html`<div class="more" ref=${end}><${Act} class="btn soft" press=${more}>${t('activity.older')}<//></div>`
}

const opened = signal('') // the line whose terms are shown: one at a time

function Line({ line }) {
  const key = `${line.id}${line.at}`
  const open = opened.value === key
  const partner = partnerAt(line.shop)
  const toggle = () => (opened.value = open ? '' : key)
  return html`<div class="line" data-partner=${partner?.id}>
    <button type="button" class="row" aria-expanded=${open} onClick=${toggle}>
      <span class="seal">${partner ? mark(partner.id) : icon(PICTURES[line.kind] ?? 'receipt')}</span>
      <span class="grow">
        <span class="title"><bdi>${titled(line, partner)}</bdi></span>
        <span class="small muted">${when(line)}</span>
      </span>
      <${Delta} line=${line} />
    </button>
    ${open && html`<${Terms} line=${line} />`}
  </div>`
}

const PICTURES = { spend: 'gift', unspend: 'gift', hold: 'hourglass-medium', release: 'hourglass-medium', time: 'timer', return: 'arrow-u-up-left', donation: 'hand-heart', activity: 'check-circle', load: 'plus', adjustment: 'star' }

// A shop by its name, as the statement has it; a partner's only shop is called like the partner, in the reader's language.
export function partnerAt(shop) {
  const { partners = [], shops = [] } = programme.data.value ?? {}
  const found = shops.find(each => each.name === shop)
  const partner = found && partners.find(each => each.id === found.partner_id)
  return partner && { id: partner.id, name: shops.filter(each => each.partner_id === partner.id).length > 1 ? shop : partner.name }
}

function titled(line, partner) {
  const named = line.reasons.find(reason => reason.name)?.name
  if (line.kind === 'sale') return partner?.name ?? line.shop ?? t('activity.kind-sale')
  if ((line.kind === 'spend' || line.kind === 'unspend') && named) return t(`activity.kind-${line.kind}-of`, { name: html`<bdi>${named}</bdi>` })
  if (has(`activity.kind-${line.kind}`)) return t(`activity.kind-${line.kind}`)
  return line.reasons[0]?.sentence ?? ''
}

function when(line) {
  const said = [
    hour(line.at, zone()),
    line.amount && money(line.amount),
    line.pending > 0 && t('activity.later', { n: line.pending }),
    line.shop && line.kind !== 'sale' && html`<bdi>${partnerAt(line.shop)?.name ?? line.shop}</bdi>`,
  ].filter(Boolean)
  return said.map((each, i) => html`${i > 0 && ' · '}${each}`)
}

function Delta({ line }) {
  const points = line.points || line.pending
  if (!points) return html`<span class="delta num faint">${loadedOf(line) ?? num(0)}</span>`
  return html`<span class=${`delta num ${line.points > 0 ? 'plus' : line.points ? '' : 'faint'}`}>${signed(points)}</span>`
}

// Money that was put on the card is no points: it stands in its own unit.
function loadedOf(line) {
  const loaded = line.reasons.find(reason => reason.verdict === 'loaded')
  const { currency } = programme.data.value ?? {}
  return loaded && currency ? html`<span class="plus">+${money({ amount: loaded.points, currency })}</span>` : null
}
