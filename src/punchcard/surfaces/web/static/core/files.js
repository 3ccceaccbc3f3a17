// Where the files of this tree stand: their address has a digest of the tree in it, and so has this module's.

export const file = name => new URL(`../${name}`, import.meta.url).pathname
