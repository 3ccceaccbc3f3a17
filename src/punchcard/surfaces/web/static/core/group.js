// A list that is in order, in groups of neighbours alike: [{key, items}].
export function grouped(list, keyOf) {
  const found = []
  for (const item of list) {
    const key = keyOf(item)
    if (found.at(-1)?.key !== key) found.push({ key, items: [] })
    found.at(-1).items.push(item)
  }
  return found
}
