import type { CommandLine } from '../program/command-line.ts'
import { outputOf, type ProgramOptions, type ProgramResult, runProgram } from '../program/run-program.ts'

export interface ClusterOptions {
  /** Of the kubeconfig. @default its current one */
  context?: string | undefined
  /** How long one question to the cluster may take. */
  seconds: number
}

/** The cluster that the kubeconfig leads to, by way of kubectl and helm. */
export interface Cluster {
  /** The name of its context, which each command line holds; undefined where the kubeconfig has none. */
  context: string | undefined
  kubectl(...args: string[]): CommandLine
  helm(...args: string[]): CommandLine
  /** What kubectl prints. Rejects with what it says when it fails. */
  ask(...args: string[]): Promise<string>
  /** What kubectl prints as JSON, parsed. */
  read<Value>(...args: string[]): Promise<Value>
  /** What kubectl does, whatever becomes of it. */
  attempt(...args: string[]): Promise<ProgramResult>
  /** What helm does, whatever becomes of it. */
  attemptHelm(args: readonly string[], options?: Partial<ProgramOptions>): Promise<ProgramResult>
}

const HELM_REMEDY = 'Install Helm 3.17 or later (https://helm.sh/docs/intro/install/), or put it on PATH.'
const KUBECTL_REMEDY = 'Install kubectl (https://kubernetes.io/docs/tasks/tools/), or put it on PATH.'

/** What a program may take beside the question itself. */
const GRACE_SECONDS = 3

/** Settles on a context: the kubeconfig's current one may become another while a deployment is under way. */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const { seconds } = options
  const limits = { seconds: seconds + GRACE_SECONDS, remedy: KUBECTL_REMEDY }
  const context = options.context ?? (await currentContext(limits))
  const kubectl = (...args: string[]): CommandLine => ({
    program: 'kubectl',
    args: [...args, ...(context === undefined ? [] : ['--context', context])],
  })
  const helm = (...args: string[]): CommandLine => ({
    program: 'helm',
    args: [...args, ...(context === undefined ? [] : ['--kube-context', context])],
  })
  // kubectl gives up by itself, with a better reason; the limit is for one that hangs elsewhere.
  const impatient = (args: string[]) => kubectl(...args, `--request-timeout=${seconds}s`)
  const ask = (...args: string[]) => outputOf(impatient(args), limits)
  return {
    context,
    kubectl,
    helm,
    ask,
    read: async (...args) => JSON.parse(await ask(...args)),
    attempt: (...args) => runProgram(impatient(args), limits),
    attemptHelm: (args, options) => runProgram(helm(...args), { seconds: seconds + GRACE_SECONDS, remedy: HELM_REMEDY, ...options }),
  }
}

/** Without a kubectl, or without a kubeconfig, there is none; the first question to the cluster says why. */
async function currentContext(limits: ProgramOptions): Promise<string | undefined> {
  const line = { program: 'kubectl', args: ['config', 'current-context'] }
  const { code, stdout } = await runProgram(line, limits).catch(() => ({ code: 1, stdout: '' }))
  return code === 0 ? stdout.trim() : undefined
}
