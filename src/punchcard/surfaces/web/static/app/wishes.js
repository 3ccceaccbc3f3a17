// Preferences, changed as they are touched: shown at once, sent whole and one after the other, taken back where the house says
// no or nobody answers.

import { houseTime, Offline } from '../core/api.js'
import { say } from '../core/ui.js'
import { t } from '../core/words.js'
import { kept, refresh } from './kept.js'
import { house } from './session.js'

const preferences = kept('/me/preferences')
let settled = null // what the house said last, while something is on its way
let wanted = null
let going = null
const SETTLED_MS = 400

// `change` holds the fields that become otherwise. The promise ends when the house has it, or fails.
export function wish(change) {
  const shown = preferences.data.value
  settled ??= shown
  wanted = { ...asked(shown), ...change }
  preferences.data.value = { ...shown, ...change }
  return (going ??= send().finally(() => (going = settled = wanted = null)))
}

export const agree = (what, yes) => wish({ consents: { ...preferences.data.value.consents, [what]: yes } })

async function send() {
  try {
    for (let sent = null; sent !== wanted; ) {
      sent = wanted
      const said = await house.put('/me/preferences', sent)
      if (sent === wanted) preferences.data.value = { ...preferences.data.value, ...said }
    }
  } catch (error) {
    preferences.data.value = settled
    throw error
  }
  setTimeout(settle, SETTLED_MS)
}

// What follows from it is asked for when nobody is touching anything any more.
const settle = () => going ?? refresh(['/me/preferences', '/me/topics', '/me/offers'])

const asked = ({ quiet_from, quiet_until, consents, messages_a_week, languages, muted }) => ({
  quiet_from,
  quiet_until,
  consents,
  messages_a_week,
  languages,
  muted,
})

// The profile is sent whole as well: what is left out would be forgotten.
const profile = kept('/me/profile')
export async function introduce(change) {
  if (!profile.data.value) await profile.asked() // whoever is quick has pressed before it was here
  if (!profile.data.value) throw profile.error.value ?? new Offline('/me/profile')
  const { name, language, zone, birthday, born_year } = profile.data.value
  profile.data.value = await house.put('/me/profile', { name, language, zone, birthday, born_year, ...change })
  await refresh(['/me/profile'])
}

// Cards and messages follow: those who set several languages for messages hear the new one first.
export async function speakTo(language) {
  await introduce({ language })
  const spoken = preferences.data.value?.languages ?? []
  if (spoken.length) await wish({ languages: [language, ...spoken.filter(each => each !== language)] })
}

const PLACE = 'pc.kept.place'
const HOUR_MS = 3_600_000

// Where the member is, if they agreed: at most once an hour, and never asked of a browser that was not asked before.
export function tellPlace() {
  return new Promise(done => {
    navigator.geolocation.getCurrentPosition(
      async ({ coords: { latitude, longitude } }) => {
        await house.put('/me/place', { latitude, longitude }).catch(console.warn)
        localStorage.setItem(PLACE, houseTime())
        done()
      },
      () => (say(t('settings.location-unsaid')), done()),
      { maximumAge: HOUR_MS, timeout: 10_000 },
    )
  })
}

export async function tellPlaceAgain() {
  const agreed = preferences.data.value?.consents.location
  if (!agreed || houseTime() - Number(localStorage.getItem(PLACE) ?? 0) < HOUR_MS) return
  const allowed = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
  if (allowed?.state === 'granted') await tellPlace()
}
