// A badge is a seal with a scalloped edge. What a rulebook calls its symbol is shown where there is a drawing of it.

import { html } from '../vendor/preact.js'

const DRAWN = new Set(['basket', 'basket-fill', 'bread-fill', 'calendar-check', 'check-circle', 'check-circle-fill', 'coffee-fill', 'compass', 'fire-fill', 'gift', 'hand-heart', 'leaf', 'moon', 'receipt', 'seal-percent', 'snowflake', 'star', 'sun', 't-shirt', 'timer', 'trophy', 'arrow-u-up-left'])
export const badgeIcon = name => (DRAWN.has(name) ? name : 'star')

const SCALLOPS = 16
const at = (radius, turn) => `${(50 + radius * Math.sin(turn)).toFixed(1)} ${(50 - radius * Math.cos(turn)).toFixed(1)}`
const turn = step => (step / SCALLOPS) * 2 * Math.PI
const edge = Array.from({ length: SCALLOPS }, (_, i) => `Q${at(53, turn(i + 0.5))} ${at(44, turn(i + 1))}`).join('')

export const seal = html`<svg class="edge" viewBox="0 0 100 100" aria-hidden="true"><path d=${`M${at(44, 0)}${edge}Z`} /></svg>`
