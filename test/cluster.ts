import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runCli } from '../packages/cli/src/cli.fixture.ts'
import type { Deployed } from '../packages/cli/src/deploy/deploy-stack.ts'
import type { DeploymentStatus } from '../packages/cli/src/deploy/read-status.ts'
import { openWay, startLoad } from './cluster/load.ts'
import { CONFIGS, CUSTOMERS, createClusterProject, GREETERS } from './cluster/project.ts'
import { callKubectl, type ReachedCluster, reachCluster } from './cluster/reach-cluster.ts'
import { helm } from './tools/helm.ts'
import { kubectl } from './tools/kubectl.ts'

const HELP = `Deploys the three greeters and configs on the cluster that KUBECONFIG names, rolls an update under load, and removes them.
Everything it makes there is named slipway-test-…, and is gone afterwards.

  npm run test:cluster                                  on kind, k3d, minikube or a k3s of this machine
  npm run test:cluster -- --push registry.example.com/team
  npm run test:cluster -- --load 'command {archive}'    a command that brings an image to the nodes
  npm run test:cluster -- --base <image>                what the images stand on, where the distroless one can't be pulled

It exits with 69 where it could not run.`

/** EX_UNAVAILABLE of sysexits.h. */
const NOT_RUN = 69

const { values } = parseArgs({
  options: { load: { type: 'string' }, push: { type: 'string' }, base: { type: 'string' }, help: { type: 'boolean' } },
})
process.exitCode = values.help ? help() : await main()

function help(): number {
  console.log(HELP)
  return 0
}

async function main(): Promise<number> {
  const cluster = await reachCluster()
  if (!cluster) {
    console.error('test:cluster has not run: KUBECONFIG names no cluster that answers. Set it, or see --help.')
    return NOT_RUN
  }
  console.log(`Kubernetes ${cluster.version}`)
  for (const { reason } of cluster.concessions) console.log(`Concession: ${reason}.`)
  const project = createClusterProject()
  const call = await slipwayIn(project.folder)
  try {
    await call('render')
    await deployAll(call, cluster)
    await rollUnderLoad(call, cluster, () => project.change('Moin!', 'Moin moin!'))
    await failAndRollBack(call, cluster)
    return 0
  } finally {
    await removeAll(call)
    project.remove()
  }
}

type Call = (...args: string[]) => Promise<string>

/** Calls slipway in a folder; rejects with what it says when it fails. */
async function slipwayIn(folder: string): Promise<Call> {
  const programs = join(folder, 'programs')
  mkdirSync(programs)
  symlinkSync(await helm(), join(programs, 'helm'))
  symlinkSync(await kubectl(), join(programs, 'kubectl'))
  const environment = { ...(process.env as Record<string, string>), PATH: [programs, process.env.PATH].join(delimiter) }
  return async (...args) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder, environment })
    if (code !== 0) throw new Error(`slipway ${args.join(' ')} failed:\n${stdout}${stderr}`)
    return stdout
  }
}

function deployOptions({ concessions }: ReachedCluster, isStored: boolean): string[] {
  const sets = concessions.flatMap(({ set }) => set).filter((one) => isStored || !/^(storage|config)\./.test(one))
  const { load, push, base } = values
  return [
    ...sets.flatMap((one) => ['--set', one]),
    ...(load === undefined ? [] : ['--load', load]),
    ...(push === undefined ? [] : ['--push', push]),
    ...(base === undefined ? [] : ['--base', base]),
  ]
}

async function deployAll(call: Call, cluster: ReachedCluster): Promise<void> {
  const greeters = JSON.parse(await call('deploy', ...GREETERS, '--json', ...deployOptions(cluster, false))) as Deployed[]
  const [configs] = JSON.parse(await call('deploy', CONFIGS, '--json', ...deployOptions(cluster, true))) as Deployed[]
  for (const { deployment, image, release } of [...greeters, configs as Deployed]) console.log(`${deployment}: ${image}, revision ${release}`)
  for (const [letter, greeting] of Object.entries(CUSTOMERS)) {
    assert.deepEqual(await ask(`slipway-test-customer-${letter}`, '/'), { response: greeting })
  }
  assert.equal(((await ask(CONFIGS, '/configs')) as unknown[]).length, 2)
  const statuses = JSON.parse(await call('status', '--json')) as DeploymentStatus[]
  assert.deepEqual(
    statuses.map(({ state, ready, desired, restarts }) => [state, ready === desired, restarts]),
    statuses.map(() => ['ready', true, 0]),
  )
  console.log(`All four answer: ${statuses.map(({ deployment, ready, desired }) => `${deployment} ${ready}/${desired}`).join(', ')}`)
}

async function ask(name: string, path: string): Promise<unknown> {
  return JSON.parse(await callKubectl('get', '--raw', `/api/v1/namespaces/${name}/services/http:${name}:http/proxy${path}`))
}

/** An image with other code replaces the one that is asked all the time. */
async function rollUnderLoad(call: Call, cluster: ReachedCluster, change: () => void): Promise<void> {
  const name = GREETERS.at(-1) as string
  const way = await openWay(name)
  try {
    const load = startLoad(way.url)
    await sleep(2_000)
    change()
    await call('render')
    const [deployed] = JSON.parse(await call('deploy', name, '--json', ...deployOptions(cluster, false))) as Deployed[]
    await sleep(10_000)
    const { requests, failures, answers } = await load.end()
    console.log(
      `Rolled to ${deployed?.image} under load through ${way.name}: ${requests} requests, ${JSON.stringify(failures)} failed, answers ${JSON.stringify(answers)}`,
    )
    assert.deepEqual(failures, {})
    assert.deepEqual(Object.keys(answers).sort(), ['{"response":"Moin moin!"}', '{"response":"Moin!"}'])
    assert.deepEqual(await ask(name, '/'), { response: 'Moin moin!' })
  } finally {
    await way.close()
  }
}

/** Pods that can't start are rolled back, and those before them go on serving. */
async function failAndRollBack(call: Call, cluster: ReachedCluster): Promise<void> {
  const name = GREETERS[0] as string
  const options = deployOptions(cluster, false)
  await assert.rejects(call('deploy', name, '--timeout', '30', '--set', 'config.REQUEST_DEADLINE=soon', ...options), ({ message }: Error) => {
    for (const part of [/It was rolled back to what it was before, revision 1/, /exit code 78|CrashLoopBackOff/, /REQUEST_DEADLINE must be a number/])
      assert.match(message, part)
    return true
  })
  assert.deepEqual(await ask(name, '/'), { response: CUSTOMERS.a })
  console.log(`${name}: a wrong config was rolled back, and it goes on answering.`)
}

async function removeAll(call: Call): Promise<void> {
  const names = [...GREETERS, CONFIGS]
  await call('remove', ...names, '--yes', '--volumes')
  const statuses = JSON.parse(await call('status', '--json')) as DeploymentStatus[]
  assert.ok(statuses.every(({ state }) => state === 'not deployed'))
  await callKubectl('delete', 'namespace', ...names, '--ignore-not-found', '--wait=false')
  console.log('All of it was removed.')
}
