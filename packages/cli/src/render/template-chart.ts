import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { CliError } from '../cli-error.ts'

export interface TemplateOptions {
  /** The program. */
  helm: string
  /** The chart's folder. */
  chart: string
  name: string
  namespace: string
  /** As YAML. */
  values: string
}

/**
 * What Helm makes of a chart, a text for each manifest. `helm test` is a matter of releases, so what it runs is left out.
 *
 * @throws {CliError} with what Helm finds fault with.
 */
export async function templateChart({ helm, chart, name, namespace, values }: TemplateOptions): Promise<string[]> {
  // Alerts are wanted of each deployment, for a Prometheus without an operator.
  const options = ['--namespace', namespace, '--skip-tests', '--set', 'monitoring.rules.enabled=true', '--values', '-']
  const child = spawn(helm, ['template', name, chart, ...options], { stdio: 'pipe' })
  // It may end before it has read all of them; what it says then tells why.
  child.stdin.on('error', () => {}).end(values)
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  if (code !== 0) throw new CliError(`helm can't render ${name} from chart/: ${stderr.trim().replace(/^Error: /, '')}`)
  return stdout.split(/^---\n/m).filter((manifest) => manifest.trim() !== '')
}
