// What every service worker of ours does: it keeps its face for without a network. The house writes before this what it keeps:
// OURS (what its caches' names begin with), PAGE, TREE (the digest of the files) and SHELL (those that the face needs).

const PATIENCE_MS = 1500

// The new tree is kept whole before it takes over, or not at all; whoever is open goes on with the old one, which stays.
self.addEventListener('install', event => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
  event.addRoutes?.({condition: {urlPattern: {pathname: '/static/v/*'}}, source: 'cache'}) // thirty files without waking us
})
self.addEventListener('activate', event => event.waitUntil(dropOld().then(() => self.clients.claim())))

async function keepShell() {
  const cache = await caches.open(OURS + TREE)
  const page = await fetch(PAGE, {credentials: 'omit', cache: 'no-cache'})
  if (!page.ok) throw new Error(`${page.status}`)
  // While a new version is rolled out another process may answer, with the page of another tree: then this is tried again later.
  if (!(await page.clone().text()).includes(TREE)) throw new Error('the page is of another tree')
  await cache.put(PAGE, page)
  await keepAll(cache, SHELL)
}

async function keepAll(cache, addresses) {
  const kept = new Set((await cache.keys()).map(({url}) => new URL(url).pathname))
  await cache.addAll(addresses.filter(each => !kept.has(each)))
}

// Pages answer with what lies in caches and nothing else: what the house says of a member is no business of this worker.
self.addEventListener('fetch', event => {
  const {request} = event
  const {origin, pathname} = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page(request))
  else if (treeOf(pathname)) event.respondWith(file(request, pathname))
})

// The house's page where it answers soon, else the one that came with this tree.
async function page(request) {
  const kept = () => caches.match(PAGE, {cacheName: OURS + TREE})
  try {
    const said = await fetch(request, {signal: AbortSignal.timeout(PATIENCE_MS)})
    if (said.status < 500) return said
    return (await kept()) ?? said
  } catch {
    return (await kept()) ?? Response.error()
  }
}

// A file's address has its tree's digest in it, so that what is kept is right for good. What is asked for of an old tree is
// there for as long as it is kept; after that the house gives today's file of that name, which is not kept.
async function file(request, pathname) {
  const kept = (await (await mine()).match(pathname)) ?? (await caches.match(pathname))
  if (kept) return kept
  const said = await fetch(request)
  if (said.ok && said.type === 'basic' && forGood(said)) {
    const cache = await caches.open(OURS + treeOf(pathname))
    await cache.put(pathname, said.clone())
  }
  return said
}

let opened
const mine = () => (opened ??= caches.open(OURS + TREE))
const treeOf = pathname => /^\/static\/v\/([0-9a-f]+)\//.exec(pathname)?.[1]
const forGood = said => said.headers.get('Cache-Control')?.includes('immutable')

// A page says what it has loaded (its language's words, its fonts): the next start without a network needs that, too.
self.addEventListener('message', event => {
  const {data, source} = event
  if (Array.isArray(data?.loaded)) event.waitUntil(keepLoaded(data.loaded.filter(treeOf), source))
})

async function keepLoaded(paths, page) {
  const tree = treeOf(paths[0] ?? '')
  if (tree === TREE) await keepAll(await caches.open(OURS + TREE), paths)
  const pages = await self.clients.matchAll({type: 'window', includeUncontrolled: true})
  if (pages.every(({id}) => id === page.id)) await dropOld(tree)
}

// Old trees go when no page is open that could still ask for a module of theirs. A newer worker may be filling its own meanwhile.
async function dropOld(used) {
  const pages = await self.clients.matchAll({type: 'window', includeUncontrolled: true})
  if (self.registration.installing || self.registration.waiting || (pages.length && !used)) return
  const old = (await caches.keys()).filter(name => name.startsWith(OURS) && name !== OURS + TREE && name !== OURS + used)
  await Promise.all(old.map(name => caches.delete(name)))
}
