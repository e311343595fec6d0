/** A row without a single measurement has no numbers. */
export function fixed(number: number, digits: number): string {
  return Number.isFinite(number) ? number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '?'
}
