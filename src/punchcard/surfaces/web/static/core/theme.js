// Each partner's colours: a hue and a chroma for its name, in a style sheet made here, since the policy of the page lets no
// style stand in the markup. Lightness is ours, so that no partner can pick what nobody can read.

const sheet = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
const CHROMA_MAX = 0.13

export function paint(partners) {
  const rules = partners.map(({ id, hue, chroma }) => {
    const shown = Math.min(Number(chroma) || 0, CHROMA_MAX)
    return `[data-partner="${CSS.escape(id)}"] { --hue: ${Number(hue) || 0}; --chroma: ${shown}; }`
  })
  sheet.replaceSync(rules.join('\n'))
}
