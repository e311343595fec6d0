import type { Placed } from './render-deployment.ts'
import { MARK } from './rendered-files.ts'

/** Plain manifests of a deployment, out of what Helm makes of the chart. */
export function renderManifests({ name, folder, place }: Placed, manifests: readonly string[]): string {
  const head = [
    `# ${MARK} render from chart/ and the values of ${name}${place}. Don't edit it here: change slipway.config.ts, deploy/ or chart/.`,
    `# kubectl apply --filename ${folder}/namespaces.yaml --filename ${folder}/${name}/manifests.yaml`,
  ]
  // Who applies it is not Helm, which would take over nothing that another one manages.
  const texts = manifests.map((text) => `---\n${text.replaceAll(/^( *app\.kubernetes\.io\/managed-by:) Helm$/gm, '$1 slipway')}`)
  return `${head.join('\n')}\n${texts.join('')}`
}
