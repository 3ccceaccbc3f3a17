// Tells the service worker what this page is made of, so that all of it is there without a network: the first page of all was
// loaded before there was a worker, and which words and fonts a person needs only the page knows.

// `more`: addresses that the page may need and has not asked for itself.
export async function keepLoaded(more = []) {
  if (!('serviceWorker' in navigator) || !isSecureContext) return
  const { active } = await navigator.serviceWorker.ready
  await document.fonts.ready
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
  const ours = loaded.filter(({ origin }) => origin === location.origin).map(({ pathname }) => pathname)
  active.postMessage({ loaded: [...new Set([...ours, ...more])] })
}
