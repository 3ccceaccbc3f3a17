// What must outlive a crash: IndexedDB, since whatever is written together there is written whole or not at all.

const NAME = 'pc.till'
// items: what is to be told. batches: what is told together, by the key it is sent under. refused: what the house will not have,
// until somebody has looked. sold: what this till sold lately, so that it can come back without a network.
const STORES = { items: 'id', batches: 'key', refused: 'id', sold: 'id' }

let opened
const shut = () => (opened = null)
const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => Object.entries(STORES).forEach(([name, keyPath]) => asked.result.createObjectStore(name, { keyPath }))
    asked.onsuccess = () => {
      asked.result.onclose = shut // the browser threw it away: the next one who asks opens it anew
      resolve(asked.result)
    }
    asked.onerror = () => (shut(), reject(asked.error))
  }))

// `work` is given the stores by name and asks them one after the other; all of it stands once this is through, even if the power
// goes the moment after. What it answers is the answer.
export async function change(names, work) {
  const database = await open()
  const all = database.transaction(names, 'readwrite', { durability: 'strict' })
  const over = new Promise((resolve, reject) => {
    all.oncomplete = resolve
    all.onabort = () => reject(all.error)
  })
  const said = await work(Object.fromEntries(names.map(name => [name, all.objectStore(name)])))
  await over
  return said
}

export async function everything(name) {
  const database = await open()
  return found(database.transaction(name).objectStore(name).getAll())
}

export const found = request =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

// One page at a time, of those that this browser has open. Where the page came without https there are no locks, and one page.
const own = new Set()
async function alone(name, ...rest) {
  own.add(name)
  try {
    return await rest.at(-1)({ name })
  } finally {
    own.delete(name)
  }
}
export const locks = navigator.locks ?? { request: alone, query: async () => ({ held: [...own].map(name => ({ name })) }) }
