// What this page has loaded is kept for without a network.

import { keepLoaded } from '../core/keeping.js'

const SETTLED_MS = 1000

setTimeout(keepLoaded, SETTLED_MS)
