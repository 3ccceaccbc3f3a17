// Who answered. The house says what it refuses by a name of its own; a network that wants a sign-in, or a proxy, says no without
// one, and knows nothing of what was sold.

export const isOfNobody = error => error.status > 0 && !error.type?.startsWith('urn:punchcard:')
