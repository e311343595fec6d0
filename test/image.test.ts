import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createProject, PROJECT, runCli } from '../packages/cli/src/cli.fixture.ts'
import type { ImageResult } from '../packages/cli/src/image/build-image.ts'
import { callPodman } from './image/call-podman.ts'
import { startContainer } from './image/container.ts'
import { BASE, makeBases, NODE_BASE } from './image/make-base.ts'

const TIMEOUT = { timeout: 120_000 }
/** Somebody's secrets, in the environment that the image is built in. */
const SECRETS = { DATABASE_URL: 'postgres://user:hunter2-of-the-test@localhost/db', NPM_TOKEN: 'hunter2-of-the-test' }
const GRACE_SECONDS = 20

describe('the image of a service', () => {
  const projects: ReturnType<typeof createProject>[] = []
  const tag = `localhost/slipway-test/greeter:${process.pid}`
  const archive = join(mkdtempSync(join(tmpdir(), 'slipway-')), 'image.tar')
  let result: ImageResult

  /** Builds it in a checkout of its own, whose commit is the same each time. */
  async function buildImage(base: string, ...args: string[]): Promise<ImageResult> {
    const project = createCheckout()
    projects.push(project)
    const options = ['image', 'greeter', '--engine', 'podman', '--base', base, '--tag', tag, '--json', ...args]
    const { code, stdout, stderr } = await runCli(options, { cwd: project.folder, environment: SECRETS })
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout) as ImageResult
  }

  after(async () => {
    for (const project of projects) project.remove()
    rmSync(join(archive, '..'), { recursive: true })
    await callPodman('rmi', '--force', '--ignore', tag)
  })

  it('is built by a real engine, and its labels say what it is of', TIMEOUT, async () => {
    await makeBases({ bun: join(PROJECT, 'node_modules/bun/bin/bun.exe'), node: join(PROJECT, 'node_modules/node/bin/node') })
    result = await buildImage(BASE, '--save', archive)
    const labels = JSON.parse(await callPodman('image', 'inspect', '--format', '{{json .Labels}}', tag)) as Record<string, string>
    const label = (name: string) => labels[`org.opencontainers.image.${name}`]
    assert.deepEqual(['title', 'version', 'revision', 'created', 'source'].map(label), [
      'greeter',
      '0.1.0',
      result.revision,
      '2026-01-02T03:04:05.000Z',
      'https://example.com/harbour/slipway',
    ])
    assert.match(result.revision, /^[0-9a-f]{12}$/)
  })

  it('runs as a restricted pod does, answers, and stops within its grace period', TIMEOUT, async () => {
    const container = await startContainer(tag, { CUSTOMER_NAME: 'C', DRAIN_DELAY: '1' })
    try {
      const get = async (url: string) => (await fetch(url, { headers: { connection: 'close' } })).text()
      assert.equal(await get(container.url), '{"response":"Moin!"}')
      for (const path of ['/livez', '/readyz', '/startupz']) assert.match(await get(container.management + path), /"status":"/)
      const { revision } = JSON.parse(await get(`${container.url}/version`)) as { revision: string }
      assert.equal(revision, result.revision)
      assert.deepEqual(await privilegesOf(container.id), { uid: '65532', capabilities: '0000000000000000' })
      const { code, milliseconds } = await container.stop(GRACE_SECONDS)
      assert.equal(code, 0)
      assert.ok(milliseconds > 1000 && milliseconds < GRACE_SECONDS * 1000, `${milliseconds} ms`)
    } finally {
      await container.remove()
    }
  })

  it('holds one file beyond its base: no source, no package manager, no shell, no secret', TIMEOUT, async () => {
    assert.deepEqual(lastLayerOf(archive), ['-rwxr-xr-x 0/0 service'])
    assert.ok(!readFileSync(archive).includes('hunter2'), 'a secret of the environment is in the image')
    const beyondBase = (await sizeOf(tag)) - (await sizeOf(BASE))
    console.log(`${tag} is ${(beyondBase / 1e6).toFixed(1)} MB larger than its base; the executable has ${(result.bytes / 1e6).toFixed(1)} MB.`)
    assert.ok(beyondBase <= result.bytes + 1e6)
  })

  it('has the same layer when it is built again elsewhere', TIMEOUT, async () => {
    // Or the engine would take the layer from its cache.
    await callPodman('rmi', '--force', tag)
    assert.equal((await buildImage(BASE)).layer, result.layer)
  })

  it('can hold a bundle for Node instead', TIMEOUT, async () => {
    const { bytes } = await buildImage(NODE_BASE, '--runtime', 'node', '--save', archive)
    assert.ok(bytes < 5e6)
    assert.deepEqual(lastLayerOf(archive), ['-rwxr-xr-x 0/0 service.mjs'])
    const container = await startContainer(tag, { CUSTOMER_NAME: 'B', DRAIN_DELAY: '0', NODE_OPTIONS: '--max-old-space-size=128' })
    try {
      assert.deepEqual(await (await fetch(container.url, { headers: { connection: 'close' } })).json(), { response: 'Dear Sir or Madam!' })
      assert.equal((await container.stop(GRACE_SECONDS)).code, 0)
    } finally {
      await container.remove()
    }
  })

  it('is refused where there is no engine, with the remedy', TIMEOUT, async () => {
    const { code, stderr } = await runCli(['image', 'greeter'], { cwd: projects[0]?.folder as string, environment: { PATH: '/nowhere' } })
    assert.equal(code, 1)
    assert.equal(
      stderr,
      'No container engine works here: docker is not installed; podman is not installed; nerdctl is not installed; buildah is not installed. Install one of docker, podman, nerdctl, buildah, or start its daemon.\n',
    )
  })
})

function createCheckout(): ReturnType<typeof createProject> {
  const project = createProject()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: project.folder,
      env: { ...process.env, GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z', GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z' },
      stdio: 'pipe',
    })
  writeFileSync(join(project.folder, '.gitignore'), 'dist\nnode_modules\n')
  git('init', '--quiet')
  git('remote', 'add', 'origin', 'https://token@example.com/harbour/slipway.git')
  git('add', '.')
  git('commit', '--quiet', '--message', 'All')
  return project
}

async function privilegesOf(id: string): Promise<{ uid: string | undefined; capabilities: string | undefined }> {
  const process = await callPodman('inspect', '--format', '{{.State.Pid}}', id)
  const status = readFileSync(`/proc/${process}/status`, 'utf8')
  const field = (pattern: RegExp) => pattern.exec(status)?.[1]
  return { uid: field(/^Uid:\t(\d+)/m), capabilities: field(/^CapEff:\t([0-9a-f]+)/m) }
}

async function sizeOf(image: string): Promise<number> {
  return Number(await callPodman('image', 'inspect', '--format', '{{.Size}}', image))
}

/** The mode, owner and name of everything in the last layer of an archive. */
function lastLayerOf(archive: string): string[] {
  const [{ Layers }] = JSON.parse(execFileSync('tar', ['-xOf', archive, 'manifest.json'], { encoding: 'utf8' })) as [{ Layers: string[] }]
  const layer = execFileSync('tar', ['-xOf', archive, Layers.at(-1) as string], { maxBuffer: 2 ** 30 })
  const listed = execFileSync('tar', ['-tv', '--numeric-owner'], { input: layer, encoding: 'utf8' })
  return listed
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +\d+ \S+ \S+ /, ' '))
}
