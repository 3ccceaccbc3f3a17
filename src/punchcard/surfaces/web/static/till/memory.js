// What the till keeps in the browser. Nothing of it is worth more than the sale that is on.

export function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name))
  } catch {
    return null
  }
}

export function write(name, value) {
  if (value === null) localStorage.removeItem(name)
  else localStorage.setItem(name, JSON.stringify(value))
}
