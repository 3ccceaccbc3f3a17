// One second hand for the whole page: whoever shows a countdown reads `now`, and nothing ticks while nobody looks.

import { signal } from '../vendor/preact.js'
import { ahead, houseTime } from './api.js'

export const now = signal(houseTime())

function tick() {
  now.value = houseTime()
  timer = setTimeout(tick, 1000 - (now.value % 1000))
}

let timer = setTimeout(tick, 0)
ahead.subscribe(() => (now.value = houseTime())) // the house said what time it is: no countdown may be wrong until the next second

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (document.visibilityState === 'visible') tick()
})

export const secondsUntil = at => Math.max(0, Math.ceil((new Date(at).getTime() - now.value) / 1000))
