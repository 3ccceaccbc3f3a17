// The service worker of the web app, behind the part that keeps the app (web/worker_shell.js): it shows what it is pushed, says that
// it came, and opens the app where it is tapped.

// Whoever signs out leaves no notes in the drawer; in the caches there is nothing of anybody.
self.addEventListener('message', event => {
  if (event.data?.forget) event.waitUntil(clearDrawer())
})

async function clearDrawer() {
  for (const note of await self.registration.getNotifications()) note.close()
}

self.addEventListener('push', event => {
  const news = read(event.data)
  if (news) event.waitUntil(Promise.all([show(news), say(news, 'received'), tell(news)]))
})

self.addEventListener('notificationclick', event => {
  const news = event.notification.data
  event.notification.close()
  event.waitUntil(Promise.all([say(news, 'opened'), open(news)]))
})

function read(data) {
  try {
    const news = data.json()
    return typeof news.title === 'string' && typeof news.id === 'string' ? news : null
  } catch {
    return null
  }
}

// What ended on its way is said to have ended, without a sound: a browser wants every push to show something.
function show(news) {
  const over = news.ends && Date.now() >= news.ends * 1000
  return self.registration.showNotification(news.title, {
    body: over ? news.over : news.body,
    tag: news.id,
    lang: news.language,
    dir: news.direction,
    silent: Boolean(over),
    data: news,
  })
}

// The house may not have written yet that it sent this: then it knows of no such message, and is asked again. After that a
// receipt that is lost is no harm.
async function say(news, what) {
  if (!ours(news.receipts)) return
  for (const seconds of [0, 2, 10]) {
    await new Promise(done => setTimeout(done, seconds * 1000))
    try {
      const said = await fetch(`${news.receipts}/${what}`, {method: 'PUT', keepalive: true, credentials: 'omit'})
      if (said.status !== 404) return
    } catch {}
  }
}

async function tell(news) {
  for (const page of await self.clients.matchAll({type: 'window'})) page.postMessage({message: news.id})
}

async function open(news) {
  const address = new URL(ours(news.url) ? news.url : '/app/', self.location.origin)
  for (const page of await self.clients.matchAll({type: 'window', includeUncontrolled: true}))
    if (new URL(page.url).pathname.startsWith('/app/') && 'focus' in page) {
      await page.focus()
      return page.postMessage({open: address.hash})
    }
  return self.clients.openWindow(address.href)
}

// Browsers read /\host and /<tab>/host as another house's address: what they make of it is what counts.
function ours(address) {
  try {
    return address.startsWith('/') && new URL(address, self.location.origin).origin === self.location.origin
  } catch {
    return false
  }
}
