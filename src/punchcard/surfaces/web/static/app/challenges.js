// The member's challenges: what is under way, what can be joined, what is done; and the passport of badges.

import { html } from '../vendor/preact.js'
import { money, num, numText } from '../core/format.js'
import { Act, announce, Empty, icon, Ring } from '../core/ui.js'
import { t, text } from '../core/words.js'
import { badgeIcon, seal } from './badge.js'
import { ChallengeScreen } from './challenge.js'
import { programme, Screen as Frame } from './frame.js'
import { refresh, useKept } from './kept.js'
import { Known } from './known.js'
import { to } from './route.js'
import { house } from './session.js'

const MOVED = ['/me/challenges', '/me/badges', '/me/card', '/me/activity']

export function Screen({ id }) {
  const challenges = useKept('/me/challenges')
  if (id) return html`<${Known} of=${challenges}>${all => html`<${ChallengeScreen} challenge=${all.find(each => each.id === id)} />`}<//>`
  return html`<${Frame} on="challenges" title=${t('frame.tab-challenges')}>
    <${Known} of=${challenges}>${all => html`<${Listed} all=${all} />`}<//>
  <//>`
}

const canJoin = each => each.opt_in && !each.joined && !each.completed
const sections = all => ({
  going: all.filter(each => each.open && !each.completed && !canJoin(each)),
  join: all.filter(canJoin),
  later: all.filter(each => !each.open && !each.completed && !canJoin(each)),
  done: all.filter(each => each.completed),
})

function Listed({ all }) {
  const badges = useKept('/me/badges').data.value ?? []
  if (!all.length && !badges.length) {
    return html`<${Empty} drawing="empty" title=${t('challenges.none')}><p>${t('challenges.none-more')}</p><//>`
  }
  const shown = sections(all)
  const part = (name, one) =>
    shown[name].length > 0 &&
    html`<h2 class="head">${t(`challenges.${name}`)}</h2>
      <div class="stack two">${shown[name].map(each => html`<${one} key=${each.id} challenge=${each} />`)}</div>`
  return html`${part('going', Going)}${part('join', Joinable)}${part('later', Later)}${part('done', Done)}
    ${badges.length > 0 && html`<${Passport} badges=${badges} />`}`
}

const whose = challenge => challenge.partner_id || undefined

const Going = ({ challenge }) => html`<a class="panel row challenge" href=${to('challenges', challenge.id)} data-partner=${whose(challenge)}>
  <${Progress} challenge=${challenge} />
  <div class="grow">
    <h3 class="title"><bdi>${challenge.name}</bdi></h3>
    ${challenge.text && html`<div class="small muted"><bdi>${challenge.text}</bdi></div>`}
    <${Row} challenge=${challenge} />
  </div>
</a>`

const Row = ({ challenge }) =>
  challenge.in_a_row > 0 &&
  html`<div class="streak-chip"><span class="chip honey">${icon('fire-fill', 'sm')}<span>${t(`challenges.row-${unitOf(challenge)}`, { n: challenge.in_a_row })}</span></span></div>`

export const unitOf = challenge => (challenge.unit === 'days' ? 'days' : 'weeks')
// Of a streak what goes on is shown, not the longest row of the round.
export const reached = challenge => (challenge.kind === 'streak' && !challenge.completed ? challenge.in_a_row : challenge.done)

const WIDE = 99 // more than two digits do not fit into the ring

export function Progress({ challenge }) {
  const [value, of] = [reached(challenge), challenge.target]
  const percent = challenge.unit === 'money' || of > WIDE
  const said = percent && html`<bdi class="num" dir="ltr">${numText(Math.floor((value / of) * 100))}%</bdi>`
  return html`<${Ring} value=${value} of=${of}>${challenge.completed ? icon('check') : said || undefined}<//>`
}

export const amount = (challenge, value) => {
  const { currency } = programme.data.value ?? {}
  return challenge.unit === 'money' && currency ? money({ amount: value, currency }) : num(value)
}

const Joinable = ({ challenge }) => html`<div class="panel row challenge" data-partner=${whose(challenge)}>
  <span class="seal">${icon(badgeIcon(challenge.icon))}</span>
  <div class="grow">
    <h3 class="title"><a class="cover" href=${to('challenges', challenge.id)}><bdi>${challenge.name}</bdi></a></h3>
    <div class="small muted"><bdi>${challenge.text || challenge.prize}</bdi></div>
  </div>
  <${Join} challenge=${challenge} look="btn soft compact" />
</div>`

export function Join({ challenge, look }) {
  const press = async () => {
    await house.put(`/me/challenges/${encodeURIComponent(challenge.id)}`)
    announce(text('challenges.joined', { name: challenge.name }))
    await refresh(MOVED)
  }
  return html`<${Act} class=${look} aria-label=${text('challenges.join-named', { name: challenge.name })} press=${press}>${t('challenges.take-part')}<//>`
}

const Later = ({ challenge }) => html`<a class="panel row challenge" href=${to('challenges', challenge.id)} data-partner=${whose(challenge)}>
  <span class="seal">${icon(badgeIcon(challenge.icon))}</span>
  <div class="grow">
    <h3 class="title"><bdi>${challenge.name}</bdi></h3>
    <div class="small muted"><bdi>${challenge.next_step}</bdi></div>
  </div>
</a>`

const Done = ({ challenge }) => html`<a class="panel row challenge" href=${to('challenges', challenge.id)} data-partner=${whose(challenge)}>
  <${Progress} challenge=${challenge} />
  <div class="grow">
    <h3 class="title"><bdi>${challenge.name}</bdi></h3>
    <div class="small muted"><bdi>${challenge.next_step}</bdi></div>
  </div>
</a>`

function Passport({ badges }) {
  const earned = badges.filter(each => each.earned_at)
  return html`<h2 class="head">${t('challenges.passport')}<span class="small muted">${t('challenges.n-of-m', { m: num(earned.length), k: num(badges.length) })}</span></h2>
    <ul class="panel passport">${badges.map(
      each => html`<li class=${`badge ${each.earned_at ? '' : 'todo'}`} data-partner=${each.partner_id || undefined} key=${each.id}>
        <span class="d">${seal}${icon(badgeIcon(each.icon))}</span>
        <bdi>${each.name}</bdi>
        ${each.times > 1 && html`<span class="faint num" aria-hidden="true"><bdi dir="ltr">×${num(each.times)}</bdi></span><span class="sr">${t('challenges.n-times', { n: each.times })}</span>`}
        ${!each.earned_at && html`<span class="sr">${t('challenges.not-yet')}</span>`}
      </li>`,
    )}</ul>`
}
