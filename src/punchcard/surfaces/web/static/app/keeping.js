// Tells the service worker what this page is made of, so that all of it is there without a network: the first page of all was
// loaded before there was a worker, and which words and fonts a member needs only the page knows.

const SETTLED_MS = 1000

async function tell() {
  const { active } = await navigator.serviceWorker.ready
  await document.fonts.ready
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
  active.postMessage({ loaded: [...new Set(loaded.filter(({ origin }) => origin === location.origin).map(({ pathname }) => pathname))] })
}

if ('serviceWorker' in navigator) setTimeout(tell, SETTLED_MS)
