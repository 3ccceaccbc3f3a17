// Amounts as they are typed: minor units in, text out, in the digits of the currency.

const digitsOf = currency => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits

// "12", "12.5" or "12,50"; null where it is no amount.
export function minorOf(text, currency) {
  const typed = text.trim().replace(',', '.')
  if (!/^\d{1,7}(\.\d*)?$/.test(typed)) return null
  return Math.round(Number(typed) * 10 ** digitsOf(currency))
}

export const shownOf = (amount, currency) => String(amount / 10 ** digitsOf(currency))
