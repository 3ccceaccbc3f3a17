// The rotating code: RFC 6238 with SHA-1. It is reckoned here and not by WebCrypto, since that is missing on a page that came
// over plain http, as a phone in the shop's own network has it, and since a card that must wait for nothing is drawn at once.

export function totp(keyHex, step, digits) {
  const counter = new Uint8Array(8)
  new DataView(counter.buffer).setBigUint64(0, BigInt(step))
  const mac = hmac(bytesOf(keyHex), counter)
  const offset = mac[19] & 0xf
  const number = new DataView(mac.buffer).getUint32(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

const bytesOf = hex => Uint8Array.from(hex.match(/../g) ?? [], pair => parseInt(pair, 16))
const BLOCK = 64

export function hmac(key, message) {
  const padded = new Uint8Array(BLOCK)
  padded.set(key.length > BLOCK ? sha1(key) : key)
  const keyed = mask => padded.map(byte => byte ^ mask)
  return sha1(joined(keyed(0x5c), sha1(joined(keyed(0x36), message))))
}

function joined(one, other) {
  const all = new Uint8Array(one.length + other.length)
  all.set(one)
  all.set(other, one.length)
  return all
}

export function sha1(message) {
  const data = new DataView(padded(message).buffer)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  for (let at = 0; at < data.byteLength; at += BLOCK) compress(state, data, at)
  const digest = new DataView(new ArrayBuffer(20))
  state.forEach((word, i) => digest.setUint32(i * 4, word))
  return new Uint8Array(digest.buffer)
}

// The message, a bit, zeros, and its length in bits.
function padded(message) {
  const all = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK)
  all.set(message)
  all[message.length] = 0x80
  new DataView(all.buffer).setBigUint64(all.length - 8, BigInt(message.length) * 8n)
  return all
}

const turned = (word, by) => (word << by) | (word >>> (32 - by))

function compress(state, data, at) {
  const words = Array.from({ length: 16 }, (_, i) => data.getUint32(at + i * 4))
  for (let i = 16; i < 80; i++) words[i] = turned(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1)
  let [a, b, c, d, e] = state
  words.forEach((word, i) => {
    const next = (turned(a, 5) + mixed(i, b, c, d) + e + word) | 0
    ;[a, b, c, d, e] = [next, a, turned(b, 30), c, d]
  })
  ;[a, b, c, d, e].forEach((word, i) => (state[i] = (state[i] + word) | 0))
}

function mixed(round, b, c, d) {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}
