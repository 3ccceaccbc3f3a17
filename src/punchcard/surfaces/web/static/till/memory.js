// What the till keeps in the browser. Nothing of it is worth more than the sale that is on: where there is no room, it lasts as long
// as the page does.

const unkept = new Map()

export function read(name) {
  if (unkept.has(name)) return unkept.get(name)
  try {
    return JSON.parse(localStorage.getItem(name))
  } catch {
    return null
  }
}

export function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
    unkept.delete(name)
  } catch (error) {
    unkept.set(name, value)
    console.warn(error)
  }
}
