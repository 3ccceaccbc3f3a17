// What the till needs without a network, told to its service worker; and the browser is asked to keep the queue whatever happens.

import { file } from '../core/files.js'
import { keepLoaded } from '../core/keeping.js'

const AFTER_MS = 4000
// The reader of codes is large, and runs where no list of what was loaded sees it.
const READER = ['till/decoder.js', 'vendor/scan/detector.js', 'vendor/scan/zxing_reader.wasm']

setTimeout(() => keepLoaded(READER.map(file)), AFTER_MS)
navigator.storage?.persist?.().catch(() => {})
