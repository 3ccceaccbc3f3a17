// What the till needs without a network, told to its service worker; and the browser is asked to keep the queue whatever happens.

import { file } from '../core/files.js'
import { keepLoaded } from '../core/keeping.js'

const [SETTLED_MS, AT_REST_MS] = [1000, 4000]
// The reader of codes is large, and runs where no list of what was loaded sees it.
const READER = ['till/decoder.js', 'vendor/scan/detector.js', 'vendor/scan/zxing_reader.wasm']

setTimeout(keepLoaded, SETTLED_MS)
setTimeout(() => keepLoaded(READER.map(file)), AT_REST_MS)
navigator.storage?.persist?.().catch(() => {})
