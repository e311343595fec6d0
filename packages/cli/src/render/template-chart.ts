import { CliError } from '../cli-error.ts'
import { runProgram } from '../program/run-program.ts'

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

/** It takes less than one. */
const TEMPLATE_SECONDS = 60

/**
 * What Helm makes of a chart, a text for each manifest. `helm test` is a matter of releases, so what it runs is left out.
 *
 * @throws {CliError} with what Helm finds fault with.
 */
export async function templateChart({ helm, chart, name, namespace, values }: TemplateOptions): Promise<string[]> {
  // Alerts are wanted of each deployment, for a Prometheus without an operator.
  const options = ['--namespace', namespace, '--skip-tests', '--set', 'monitoring.rules.enabled=true', '--values', '-']
  const line = { program: helm, args: ['template', name, chart, ...options] }
  const { code, stdout, stderr } = await runProgram(line, { seconds: TEMPLATE_SECONDS, input: values })
  if (code !== 0) throw new CliError(`helm can't render ${name} from chart/: ${stderr.trim().replace(/^Error: /, '')}`)
  return stdout.split(/^---\n/m).filter((manifest) => manifest.trim() !== '')
}
