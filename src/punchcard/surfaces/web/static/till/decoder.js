// The worker that reads codes, so that the page never waits for it. It begins with an empty picture, which warms it up.

import { file } from '../core/files.js'
import { BarcodeDetector, prepareZXingModule } from '../vendor/scan/detector.js'

prepareZXingModule({ overrides: { locateFile: () => file('vendor/scan/zxing_reader.wasm') } })
const detector = new BarcodeDetector({ formats: ['qr_code', 'aztec', 'pdf417', 'code_128'] })
detector.detect(new ImageData(64, 64))

addEventListener('message', async ({ data: picture }) => {
  const found = await detector.detect(picture).catch(() => [])
  picture.close()
  postMessage({ texts: found.map(each => each.rawValue) })
})
