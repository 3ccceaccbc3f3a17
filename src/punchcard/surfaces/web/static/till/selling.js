// The one place where a sale is made. Its id and its body are kept before they are sent and struck off once there is an answer:
// whoever asks again asks the same, so that nothing is sold twice.

import { signal } from '../vendor/preact.js'
import { Offline } from '../core/api.js'
import { house } from './desk.js'
import { read, write } from './memory.js'

const KEPT = 'pc.till.sale'
const PAUSE_MS = [1000, 2000, 4000]
const BUSY = ['running', 'busy', 'too-many']

// The sale that is sent and not yet answered, from the second try on: {id, body, tries}.
export const doubt = signal(null)
let hurry = () => {}
export const tryNow = () => hurry()

// {id, body} and what the receipt shows. Answers the receipt, or throws the house's refusal; it asks until there is one of both.
export async function sell(sale) {
  write(KEPT, sale)
  for (let tries = 1; ; tries += 1) {
    try {
      const receipt = await house.put(`/till/sales/${sale.id}`, sale.body)
      return strike(receipt)
    } catch (error) {
      if (!isInDoubt(error)) {
        strike()
        throw error
      }
    }
    doubt.value = { ...sale, tries }
    await pause(PAUSE_MS[Math.min(tries, PAUSE_MS.length) - 1])
  }
}

const isInDoubt = error => error instanceof Offline || error.status >= 500 || BUSY.includes(error.code)

function strike(answer) {
  write(KEPT, null)
  doubt.value = null
  return answer
}

const pause = ms => new Promise(wake => {
  const timer = setTimeout(wake, ms)
  hurry = () => (clearTimeout(timer), wake())
})

// What was sent before the page was closed and never answered.
export const unanswered = () => read(KEPT)
