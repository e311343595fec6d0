import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BuildResult, BuildTarget } from '../build/build-service.ts'
import { createProject, freePorts, PROJECT, runCli } from '../cli.fixture.ts'
import { findRuntime } from '../find-runtime.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
/** The folder that the file is started in: nothing else is in reach. */
const away = mkdtempSync(join(tmpdir(), 'slipway-'))

async function build(runtime: BuildTarget, output: string, cwd = PROJECT): Promise<BuildResult> {
  const { code, stdout, stderr } = await runCli(['build', 'greeter', '--runtime', runtime, '--output', output, '--json'], { cwd })
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as BuildResult
}

async function start(file: string, environment: Record<string, string>, log = join(away, 'log')): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePorts(1)
  const isNode = file.endsWith('.mjs')
  const own = { PORT: String(port), DRAIN_DELAY: '0', ...environment }
  const child = spawn(isNode ? findRuntime(PROJECT, 'node') : file, isNode ? [file] : [], {
    cwd: away,
    env: own,
    stdio: ['ignore', openSync(log, 'w'), 'ignore'],
  })
  const url = `http://localhost:${port}`
  for (let tries = 0; tries < 200; tries++) {
    if (
      await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { child, url }
    await sleep(25)
  }
  child.kill('SIGKILL')
  throw new Error(`${file} did not become ready.`)
}

describe('slipway build', () => {
  const results = {} as Record<BuildTarget, BuildResult>

  before(
    async () => {
      for (const target of ['native', 'node'] as const) results[target] = await build(target, join(folder, target))
    },
    { timeout: 60_000 },
  )

  after(() => {
    for (const made of [folder, away]) rmSync(made, { recursive: true })
  })

  for (const target of ['native', 'node'] as const) {
    describe(target, () => {
      it('is one file, and its result says which', () => {
        const { service, runtime, file, bytes, version, revision } = results[target]
        assert.deepEqual(readdirSync(join(folder, target)), [target === 'native' ? 'greeter' : 'greeter.mjs'])
        assert.equal(bytes, statSync(file).size)
        assert.deepEqual({ service, runtime, version }, { service: 'greeter', runtime: target, version: '0.1.0' })
        assert.match(revision, /^([0-9a-f]{12}(-dirty)?|unknown)$/)
      })

      it('runs alone, knows what it was built from, and ends with 0', { timeout: 20_000 }, async () => {
        const { file, version, revision } = results[target]
        // Neither a collector that is gone nor a stray file in the folder matters.
        writeFileSync(join(away, '.env'), 'CUSTOMER_NAME=C\n')
        const { child, url } = await start(file, { CUSTOMER_NAME: 'B', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })
        const closing = { headers: { connection: 'close' } }
        assert.deepEqual(await (await fetch(url, closing)).json(), { response: 'Dear Sir or Madam!' })
        const facts = (await (await fetch(`${url}/version`, closing)).json()) as Record<string, string>
        assert.deepEqual({ version: facts.version, revision: facts.revision }, { version, revision })
        assert.match(facts.runtime ?? '', target === 'native' ? /^bun / : /^node /)
        child.kill('SIGTERM')
        assert.deepEqual(await once(child, 'exit'), [0, null])
      })

      it('migrates and ends when it is called with migrate, as a Job does', { timeout: 20_000 }, () => {
        const { file } = results[target]
        const [program, ...args] = target === 'node' ? [findRuntime(PROJECT, 'node'), file] : [file]
        const log = execFileSync(program as string, [...args, 'migrate'], { cwd: away, env: {}, encoding: 'utf8' })
        assert.match(log, /"message":"Migrated: 0 applied; the schema is up to date"\}\n$/)
      })

      it('is configured by the environment alone', { timeout: 20_000 }, async () => {
        writeFileSync(join(away, '.env'), 'CUSTOMER_NAME=C\n')
        const { child, url } = await start(results[target].file, {})
        assert.deepEqual(await (await fetch(url, { headers: { connection: 'close' } })).json(), { response: 'Hi!' })
        child.kill('SIGTERM')
        assert.deepEqual(await once(child, 'exit'), [0, null])
      })

      it('names no folder of the machine that built it', () => {
        assert.ok(!readFileSync(results[target].file).includes(PROJECT))
      })
    })
  }

  it('holds the code of one runtime', () => {
    const native = readFileSync(results.native.file)
    const node = readFileSync(results.node.file)
    // Each is a name in a file under runtime/ or in a library that only that file imports, and not in Bun itself.
    assert.deepEqual([native.includes('bun_gc_cycles_total'), native.includes('wrapBodyStream')], [true, false])
    assert.deepEqual([node.includes('bun_gc_cycles_total'), node.includes('wrapBodyStream')], [false, true])
  })

  it('gives the same bytes wherever the project lies', { timeout: 60_000 }, async () => {
    const [one, two] = [createProject(), createProject()]
    try {
      const [first, second] = [await build('node', join(one.folder, 'dist'), one.folder), await build('node', join(two.folder, 'dist'), two.folder)]
      assert.equal(first.revision, 'unknown')
      assert.ok(readFileSync(first.file).equals(readFileSync(second.file)))
    } finally {
      for (const project of [one, two]) project.remove()
    }
  })

  it('names the commit, and says when files differ from it', { timeout: 60_000 }, async () => {
    const { folder: project, remove } = createProject()
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: project, stdio: 'pipe', encoding: 'utf8' })
    try {
      writeFileSync(join(project, '.gitignore'), 'dist\nnode_modules\n')
      git('init', '--quiet')
      git('add', '.')
      git('commit', '--quiet', '--message', 'All')
      const commit = git('rev-parse', 'HEAD').slice(0, 12)
      assert.equal((await build('node', join(project, 'dist'), project)).revision, commit)
      writeFileSync(join(project, 'new.ts'), '')
      assert.equal((await build('node', join(project, 'dist'), project)).revision, `${commit}-dirty`)
    } finally {
      remove()
    }
  })

  it("keeps the lines of the source in the native executable's stack traces", { timeout: 60_000 }, async () => {
    const { folder: project, remove } = createProject()
    try {
      const file = join(project, 'services', 'greeter', 'service.ts')
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('const response = ', "if (config) throw new TypeError('Aground')\n      const response = "),
      )
      const log = join(project, 'log')
      const { child, url } = await start((await build('native', join(project, 'dist'), project)).file, {}, log)
      assert.equal((await fetch(url, { headers: { connection: 'close' } })).status, 500)
      child.kill('SIGTERM')
      await once(child, 'exit')
      assert.match(readFileSync(log, 'utf8'), /TypeError: Aground\\n {4}at handler \(services\/greeter\/service\.ts:\d+:\d+\)/)
    } finally {
      remove()
    }
  })

  it('makes the same native executable each time', { timeout: 60_000 }, async () => {
    const again = await build('native', join(folder, 'again'))
    assert.ok(readFileSync(again.file).equals(readFileSync(results.native.file)))
  })

  it("shows what Bun says about a service that can't be bundled", { timeout: 20_000 }, async () => {
    const project = createProject()
    try {
      writeFileSync(join(project.folder, 'services', 'greeter', 'main.ts'), "import './missing.ts'\n")
      const { code, stdout, stderr } = await runCli(['build', 'greeter', '--runtime', 'node'], { cwd: project.folder })
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^The bundle could not be made; Bun says:\n[\s\S]*missing\.ts/)
    } finally {
      project.remove()
    }
  })
})
