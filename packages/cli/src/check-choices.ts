import type { DeploymentDefinition } from './define-stack.ts'
import { valueAt } from './value-at.ts'

/** What there is to choose from, by its path in a deployment. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  migration: ['start', 'job'],
  monitoring: [true, false],
  'image.runtime': ['native', 'node'],
  'image.pullPolicy': ['Always', 'IfNotPresent', 'Never'],
  'ingress.kind': ['ingress', 'gateway', 'none'],
}

/** A sentence for each choice of a deployment that there is not: Node runs the stack without checking its types. */
export function* choiceFaults(deployment: DeploymentDefinition, label: string): Iterable<string> {
  for (const [path, choices] of Object.entries(CHOICES)) {
    const value = valueAt(deployment, path)
    if (value === undefined || choices.includes(value)) continue
    const known = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
    yield `${label} must have ${/^[aeiou]/.test(path) ? 'an' : 'a'} ${path} that is ${known}. It is ${JSON.stringify(value)}.`
  }
}
