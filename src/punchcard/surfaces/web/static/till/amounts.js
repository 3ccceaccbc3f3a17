// Amounts as they are typed: minor units in, text out, in the digits of the currency.

const digitsOf = currency => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits

// "12", "12.5" or "12,50"; null where it is no amount.
export function minorOf(text, currency) {
  const [, whole, part = ''] = /^(\d{1,7})(?:[.,](\d*))?$/.exec(text.trim()) ?? []
  const digits = digitsOf(currency)
  // More digits than the currency has are no amount: "1,234" is a thousand to one and a little more than one to another.
  if (!whole || part.length > digits) return null
  return Number(whole + part.padEnd(digits, '0'))
}

export const shownOf = (amount, currency) => String(amount / 10 ** digitsOf(currency))
