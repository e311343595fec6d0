import { stringify } from 'yaml'
import { MARK } from './rendered-files.ts'

/** A kustomize base of all deployments, for overlays such as deploy/overlay/. */
export function renderKustomization(names: readonly string[], place: string): string {
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['namespaces.yaml', ...names.map((name) => `${name}/manifests.yaml`)],
  }
  return `# ${MARK} render from slipway.config.ts${place}. Don't edit it here: an overlay such as deploy/overlay/ may change it.\n${stringify(kustomization, { lineWidth: 0 })}`
}
