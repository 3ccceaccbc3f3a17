// What was read: a card, a receipt that comes back, or a reward that the member shows. A card is whatever is neither.

import { batch } from '../vendor/preact.js'
import { houseTime } from '../core/api.js'
import { say } from '../core/ui.js'
import { t } from '../core/words.js'
import { find, isTaking, openReturns, returning } from './returning.js'
import { useOne } from './reward.js'
import { doubt } from './selling.js'
import { card, dropCard, emptied, quote, refused, rewards, selling, sheet, sold, view } from './state.js'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const SAID = /^[0-9A-Z]{4}-?[0-9A-Z]{4}$/i

// `by` is 'camera', 'scanner' or 'typed'.
export async function understood(text, by) {
  const read = text.trim()
  if (!read || doubt.value || selling.value || isTaking()) return
  const reward = rewardOf(read)
  if (reward) return useScanned(reward)
  if (ID.test(read)) return receiptOrReward(read.toLowerCase())
  if (SAID.test(read) && quote.value) return say(t('scan.not-known'), 'bad')
  if (view.value === 'returns') view.value = 'sale'
  showCard(read, by)
}

function showCard(text, by) {
  if (sold.value) emptied()
  batch(() => {
    sheet.value = null
    dropCard()
    refused.value = null
    card.value = { text, by, at: houseTime() }
  })
}

function rewardOf(read) {
  if (!quote.value) return null
  const bare = read.replaceAll('-', '').toUpperCase()
  return [...quote.value.vouchers, ...quote.value.unusable].find(
    each => each.id === read.toLowerCase() || each.code?.replaceAll('-', '').toUpperCase() === bare,
  )
}

function useScanned(reward) {
  if (reward.detail) return say(reward.detail, 'bad')
  if (!rewards.value.some(each => each.id === reward.id)) useOne(reward)
}

// A long id is a receipt's or a reward's. Without its card a reward cannot be known from what is nobody's.
async function receiptOrReward(id) {
  try {
    const found = await find({ id })
    openReturns(found)
  } catch (error) {
    if (error.status !== 404) throw error
    say(t(quote.value || returning.value ? 'scan.not-known' : 'scan.card-first'), 'bad')
  }
}
