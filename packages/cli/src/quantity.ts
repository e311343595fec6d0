const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** The number that a Kubernetes quantity like `50m` or `128Mi` stands for; undefined where it is none, or not more than 0. */
export function parseQuantity(text: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)(m|[kMGT]|[KMGT]i)?$/.exec(text) ?? []
  const number = Number(digits) * (FACTORS[suffix] ?? Number.NaN)
  return number > 0 ? number : undefined
}
