// Whether the card stands there. What else the first screen shows waits for that: on a slow phone each request and each drawing
// before it is a moment in a queue.

import { signal } from '../vendor/preact.js'
import { route } from './route.js'

const PATIENCE_MS = 3000

export const stands = signal(route.value.name !== 'home') // another screen shows no card, and waits for none
// The frame with the card in it is on its way to the screen when this is called.
export const standing = () => requestAnimationFrame(() => setTimeout(() => (stands.value = true)))
setTimeout(() => (stands.value = true), PATIENCE_MS) // whoever has no card to show sees the rest
