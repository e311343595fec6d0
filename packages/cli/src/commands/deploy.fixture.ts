import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { type FaultyCluster, startFaultyCluster } from '../../../../test/faulty-cluster.ts'
import { helm } from '../../../../test/tools/helm.ts'
import { kubectl } from '../../../../test/tools/kubectl.ts'
import { createProject, runCli } from '../cli.fixture.ts'

/** What most tests deploy … */
export const DEPLOY = ['deploy', 'customer-b', '--image', 'localhost/slipway/greeter:1.2.3']
/** … and how they have it only told. */
export const DRY = [...DEPLOY, '--dry-run']

export interface DeployProject {
  readonly folder: string
  /** A file of the project. */
  at(path: string): string
  /** A folder for PATH with nothing but helm and kubectl, the real ones, and one for others, which comes before it. */
  readonly programs: string
  readonly others: string
  /** Takes connections and says nothing. */
  readonly silent: Server
  readonly faulty: FaultyCluster
  putHelm(script: string): void
  kubeconfig(port: number): string
  call(args: readonly string[], environment?: Record<string, string>): ReturnType<typeof runCli>
}

/** A rendered project, and clusters that fail, for the tests of a file. */
export function useDeployProject(): DeployProject {
  const project = createProject()
  const at = (path: string) => join(project.folder, path)
  const programs = at('programs')
  const others = at('others')
  let silent: Server
  let faulty: FaultyCluster

  before(
    async () => {
      mkdirSync(programs)
      mkdirSync(others)
      symlinkSync(await helm(), join(programs, 'helm'))
      symlinkSync(await kubectl(), join(programs, 'kubectl'))
      silent = createServer().listen(0)
      faulty = await startFaultyCluster()
      const { code, stderr } = await call(['render'])
      assert.equal(code, 0, stderr)
    },
    { timeout: 300_000 },
  )

  after(() => {
    silent.close()
    faulty.close()
    project.remove()
  })

  /** Another helm, which is none. */
  function putHelm(script: string): void {
    writeFileSync(join(others, 'helm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  /** A kubeconfig that leads to a port of this machine. */
  function kubeconfig(port: number): string {
    const file = at(`kubeconfig-${port}`)
    const cluster = { name: 'harbour', cluster: { server: `http://127.0.0.1:${port}` } }
    const context = { name: 'harbour', context: { cluster: 'harbour', user: 'captain' } }
    const user = { name: 'captain', user: { token: 'hunter2' } }
    const named = { clusters: [cluster], contexts: [context], users: [user] }
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...named, 'current-context': 'harbour' }))
    return file
  }

  function call(args: readonly string[], environment: Record<string, string> = {}) {
    return runCli(args, { cwd: project.folder, environment: { PATH: programs, HOME: project.folder, ...environment } })
  }

  return {
    folder: project.folder,
    at,
    programs,
    others,
    get silent() {
      return silent
    },
    get faulty() {
      return faulty
    },
    putHelm,
    kubeconfig,
    call,
  }
}
