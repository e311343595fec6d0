import { stringify } from 'yaml'
import { MARK } from './rendered-files.ts'

/** The namespaces of a stack. A pod that asks for more than the restricted standard allows is refused in them. */
export function renderNamespaces(names: readonly string[], place: string): string {
  const documents = [...new Set(names)]
    .sort()
    .map(
      (name) => `---\n${stringify(toNamespace(name), { version: '1.1', lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })}`,
    )
  return `# ${MARK} render from slipway.config.ts${place}. Don't edit it here.\n${documents.join('')}`
}

function toNamespace(name: string): object {
  const labels = {
    'app.kubernetes.io/part-of': 'slipway',
    'app.kubernetes.io/managed-by': 'slipway',
    'pod-security.kubernetes.io/enforce': 'restricted',
  }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}
