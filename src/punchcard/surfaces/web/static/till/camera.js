// The camera, and what it sees: a frame is read as soon as the one before is done, so that nothing piles up.

import { signal } from '../vendor/preact.js'
import { complain } from '../core/ui.js'
import { read } from './reader.js'
import { understood } from './scan.js'

const AGAIN_MS = 3000
const WANTED = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } }
const WHY = { NotAllowedError: 'refused', SecurityError: 'refused', NotFoundError: 'absent', OverconstrainedError: 'absent' }

// {state: 'off' | 'asking' | 'on' | 'refused' | 'absent' | 'busy', torch, lit}
export const camera = signal({ state: 'off' })
let stream = null
let turn = 0
const seen = new Map()
export const forgetSeen = () => seen.clear()

export async function open(video) {
  const mine = (turn += 1)
  camera.value = { state: 'asking' }
  try {
    if (!navigator.mediaDevices) return (camera.value = { state: 'absent' })
    const got = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false })
    if (mine !== turn) return stop(got)
    stream = got
    video.srcObject = got
    await video.play()
    if (mine !== turn) return
    camera.value = { state: 'on', torch: Boolean(track().getCapabilities?.().torch), lit: false }
    watch(video, mine)
  } catch (error) {
    if (mine === turn) camera.value = { state: WHY[error.name] ?? 'busy' }
  }
}

export function close() {
  turn += 1
  if (stream) stop(stream)
  stream = null
  camera.value = { state: 'off' }
}

const stop = it => it.getTracks().forEach(each => each.stop())
const track = () => stream.getVideoTracks()[0]

export async function torch() {
  const lit = !camera.value.lit
  await track().applyConstraints({ advanced: [{ torch: lit }] })
  camera.value = { ...camera.value, lit }
}

const frame = video => new Promise(wake => (video.requestVideoFrameCallback ? video.requestVideoFrameCallback(wake) : setTimeout(wake, 60)))

async function watch(video, mine) {
  while (mine === turn) {
    await frame(video)
    if (mine !== turn) return
    const texts = await read(video).catch(error => (console.warn(error), []))
    if (mine === turn) texts.filter(isNew).slice(0, 1).forEach(text => understood(text, 'camera').catch(complain))
  }
}

// A code that stays before the camera is one code.
function isNew(text) {
  const now = performance.now()
  const fresh = now - (seen.get(text) ?? -Infinity) > AGAIN_MS
  seen.set(text, now)
  return fresh
}
