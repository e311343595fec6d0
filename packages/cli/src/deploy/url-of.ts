import type { Deployment } from '../define-stack.ts'

/** Where clients reach a deployment; undefined where nothing but its Service leads to it. */
export function urlOf({ host, ingress: { kind, tls } }: Deployment): string | undefined {
  if (kind === 'none') return undefined
  return `${kind === 'ingress' && tls === false ? 'http' : 'https'}://${host}/`
}
