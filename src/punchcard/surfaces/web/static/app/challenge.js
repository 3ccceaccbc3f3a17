// One challenge: how far it is, the next step in one sentence, the stamps with the reason for each that was forgiven, and what
// waits on the way and at the end.

import { html, useState } from '../vendor/preact.js'
import { day, num } from '../core/format.js'
import { Act, Empty, icon, mark, Ring, say } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { amount, Join, reached, unitOf } from './challenges.js'
import { programme, SubScreen } from './frame.js'
import { refresh } from './kept.js'
import { instead } from './route.js'
import { house } from './session.js'

export function ChallengeScreen({ challenge }) {
  if (!challenge) return html`<${SubScreen} on="challenges" title=${t('frame.tab-challenges')} from="challenges"><${Empty} drawing="empty" title=${t('challenges.no-more')} /><//>`
  const canJoin = challenge.opt_in && !challenge.joined && !challenge.completed
  return html`<${SubScreen} on="challenges" title=${challenge.name} from="challenges">
    <div class="stack challenge-of" data-partner=${challenge.partner_id || undefined}>
      ${challenge.text && html`<p class="muted middle"><bdi>${challenge.text}</bdi></p>`}
      <${Far} challenge=${challenge} />
      <p class="strong middle step"><bdi>${challenge.next_step}</bdi></p>
      ${canJoin && html`<${Join} challenge=${challenge} look="btn primary block" />`}
      ${challenge.weeks.length > 0 && html`<${Stamps} challenge=${challenge} />`}
      <${Waiting} challenge=${challenge} />
      ${challenge.opt_in && challenge.joined && html`<${Leave} challenge=${challenge} />`}
    </div>
  <//>`
}

function Far({ challenge }) {
  const streak = challenge.kind === 'streak'
  const value = reached(challenge)
  return html`<div class=${streak ? 'far streak-far' : 'far'}>
    <${Ring} value=${value} of=${challenge.target}>
      ${streak && icon('fire-fill', 'lg')}
      ${challenge.completed && !streak && icon('check-circle-fill', 'lg')}
      <b class=${`num ${challenge.unit === 'money' ? 'long' : ''}`}>${amount(challenge, value)}</b>
      <span class="small muted">${streak ? t(`challenges.in-a-row-${unitOf(challenge)}`, { n: value }) : t('challenges.of', { m: amount(challenge, challenge.target) })}</span>
    <//>
  </div>`
}

function Stamps({ challenge }) {
  const kept = challenge.weeks.filter(stamp => stamp.why)
  const last = challenge.weeks.length
  return html`<section class="panel stamped">
    <ol class="stamps">${challenge.weeks.map(stamp => html`<li class=${`stamp ${LOOKS[stamp.state] ?? ''}`} aria-label=${named(challenge, stamp)} key=${stamp.n}>${face(stamp, last)}</li>`)}</ol>
    ${kept.map(stamp => html`<div class="small muted why-kept">${icon('snowflake', 'sm')}<span>${stamp.why}</span></div>`)}
  </section>`
}

const LOOKS = { done: 'on', kept: 'kept', now: 'now' }
const named = (challenge, { n, state }) => text('challenges.stamp', { what: text(`challenges.nth-${unitOf(challenge)}`, { m: n }), state: text(`challenges.stamp-${state}`) })

function face({ n, state }, last) {
  if (state === 'done') return mark('almond', '')
  if (state === 'kept') return icon('snowflake')
  return n === last ? icon('star') : num(n)
}

const ENDLESS_MS = 50 * 366 * 86_400_000 // nobody waits for such an end
function Waiting({ challenge }) {
  const { zone } = programme.data.value ?? {}
  const ends = Date.parse(challenge.until)
  const row = (picture, small, title, look = '') => html`<div class="row"><span class=${`seal ${look}`}>${icon(picture)}</span><div class="grow">${small && html`<div class="small muted">${small}</div>`}<div class="title">${title}</div></div></div>`
  return html`<section class="panel">
    ${challenge.steps.map(step => row(step.reached ? 'check' : 'gift', t('challenges.at', { m: amount(challenge, step.at) }), t('common.points', { n: step.reward }), step.reached ? 'done' : ''))}
    ${challenge.prize && row('gift', t('challenges.prize'), html`<bdi>${challenge.prize}</bdi>`, 'sweet')}
    ${challenge.freezes_left > 0 && row('snowflake', '', t(`challenges.freezes-${unitOf(challenge)}`, { n: challenge.freezes_left }))}
    ${challenge.times > 0 && row('trophy', '', t('challenges.n-times', { n: challenge.times }))}
    ${ends - Date.now() < ENDLESS_MS && row('timer', t('challenges.until'), day(ends - 1, zone))}
  </section>`
}

function Leave({ challenge }) {
  const [sure, setSure] = useState(false)
  const press = async () => {
    await house.remove(`/me/challenges/${encodeURIComponent(challenge.id)}`)
    say(t('challenges.left', { name: html`<bdi>${challenge.name}</bdi>` }))
    instead('challenges')
    await refresh(['/me/challenges', '/me/badges'])
  }
  if (!sure) return html`<button type="button" class="btn plain" onClick=${() => setSure(true)}>${t('challenges.leave')}</button>`
  return html`<p class="muted middle">${t('challenges.leave-more')}</p>
    <${Act} class="btn no block" press=${press}>${t('challenges.leave-sure')}<//>`
}
