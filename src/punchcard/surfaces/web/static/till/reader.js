// Reads codes: by the browser where it knows all four kinds that wallets show, else in a worker by the reader of our own.

import { file } from '../core/files.js'

const KINDS = ['qr_code', 'aztec', 'pdf417', 'code_128']
const WIDEST = 1280
let waiting = null

async function made() {
  const native = globalThis.BarcodeDetector
  const known = native ? await native.getSupportedFormats().catch(() => []) : []
  if (KINDS.every(kind => known.includes(kind))) {
    const detector = new native({ formats: KINDS })
    return async video => (await detector.detect(video)).map(found => found.rawValue)
  }
  return ours()
}

function ours() {
  const worker = new Worker(file('till/decoder.js'), { type: 'module' })
  worker.addEventListener('message', ({ data }) => data.texts && waiting?.resolve(data.texts))
  let instead = null
  worker.addEventListener('error', event => {
    instead ??= here()
    waiting?.reject(event)
  })
  return async video => {
    if (instead) return (await instead)(video)
    const width = Math.min(video.videoWidth, WIDEST)
    const picture = await createImageBitmap(video, width < video.videoWidth ? { resizeWidth: width } : {})
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      worker.postMessage(picture, [picture])
    })
  }
}

// Without a network a worker may not be had, since service workers keep files for pages: then the page itself reads.
async function here() {
  const { BarcodeDetector, prepareZXingModule } = await import('../vendor/scan/detector.js')
  prepareZXingModule({ overrides: { locateFile: () => file('vendor/scan/zxing_reader.wasm') } })
  const detector = new BarcodeDetector({ formats: KINDS })
  return async video => (await detector.detect(video)).map(found => found.rawValue)
}

// Made when the page opens: by the first scan it is warm.
const reader = made()
export const read = async video => (await reader)(video)
