import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { findRuntime } from '../packages/cli/src/find-runtime.ts'
import { shellcheck } from './tools/shellcheck.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const FOLDER = join(ROOT, '.github/workflows')

interface Step {
  run?: string
  uses?: string
  env?: Record<string, string>
}

interface Job {
  needs?: string | string[]
  uses?: string
  permissions?: Record<string, string>
  'timeout-minutes'?: number
  strategy?: { matrix: { service: string[] } }
  steps?: Step[]
}

interface Workflow {
  permissions?: Record<string, string>
  concurrency?: { group: string }
  jobs: Record<string, Job>
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yml'))
const workflows = files.map((file) => ({ file, workflow: parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow }))
const jobs = workflows.flatMap(({ file, workflow }) => Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })))
const steps = jobs.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step })))

function lint(...paths: string[]): string {
  return execFileSync(findRuntime(ROOT, 'bun'), [join(ROOT, 'test/workflows/lint.ts'), ...paths], { encoding: 'utf8' })
}

describe('the workflows', () => {
  it('are what GitHub reads', { timeout: 60_000 }, () => {
    assert.deepEqual(files.sort(), ['check.yml', 'deploy.yml', 'image.yml', 'release.yml'])
    assert.equal(lint(...files.map((file) => join(FOLDER, file))), '')
  })

  it('would be refused with a misspelt key or an unknown value', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
    const text = readFileSync(join(FOLDER, 'deploy.yml'), 'utf8')
    for (const [from, to, fault] of [
      ['timeout-minutes:', 'timeout-minute:', /Unexpected value 'timeout-minute'/],
      ['inputs.tag', 'input.tag', /Unrecognized named-value: 'input'/],
    ] as const) {
      writeFileSync(join(folder, 'deploy.yml'), text.replace(from, to))
      assert.match(lint(join(folder, 'deploy.yml')), fault)
    }
    rmSync(folder, { recursive: true })
  })

  it('may do nothing but read unless a job says so, bound their time, and never run twice at once', () => {
    for (const { file, workflow } of workflows) {
      assert.deepEqual(workflow.permissions, { contents: 'read' }, file)
      assert.ok(workflow.concurrency?.group, file)
    }
    for (const { where, job } of jobs) assert.ok(job.uses ?? job['timeout-minutes'], where)
    const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write')).map(({ where }) => where)
    assert.deepEqual(writing.sort(), ['image.yml publish', 'release.yml image', 'release.yml manifests'])
  })

  it('use actions by their commit, with the version beside it', () => {
    const text = files.map((file) => readFileSync(join(FOLDER, file), 'utf8')).join('\n')
    const used = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, action]) => !action?.startsWith('./'))
    assert.ok(used.length > 5)
    for (const [, action, comment] of used) {
      assert.match(action as string, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
      assert.match(comment as string, /^ # v\d+\.\d+\.\d+$/)
    }
  })

  it('push nothing before the tests have passed', () => {
    const { publish, check } = workflows.find(({ file }) => file === 'image.yml')?.workflow.jobs ?? {}
    assert.equal(check?.uses, './.github/workflows/check.yml')
    assert.equal(publish?.needs, 'check')
    const pushing = steps.filter(({ step }) => /\b(push|publish|sign)\b/.test(step.run ?? '')).map(({ where }) => where)
    assert.deepEqual([...new Set(pushing)].sort(), ['image.yml publish', 'release.yml manifests'])
  })

  it('make an image of each service', () => {
    const { publish } = workflows.find(({ file }) => file === 'image.yml')?.workflow.jobs ?? {}
    const services = readdirSync(join(ROOT, 'services')).sort()
    assert.deepEqual(publish?.strategy?.matrix.service, services)
  })

  it('put nothing that somebody may choose into a script, but hand it over in the environment', () => {
    for (const { where, step } of steps) assert.doesNotMatch(step.run ?? '', /\$\{\{/, where)
  })

  it('call make targets that there are', () => {
    const targets = new Set([...readFileSync(join(ROOT, 'Makefile'), 'utf8').matchAll(/^([a-z]+):/gm)].map(([, name]) => name))
    const called = steps.flatMap(({ step }) => [...(step.run ?? '').matchAll(/\bmake (?:--silent )?([a-z]+)/g)].map(([, name]) => name))
    assert.ok(called.length > 5)
    for (const name of called) assert.ok(targets.has(name), name)
  })

  it('and the scripts pass shellcheck', { timeout: 300_000 }, async () => {
    const program = await shellcheck()
    const scripts = ['find-cluster', 'publish-image', 'test-in-container'].map((name) => join(ROOT, 'deploy/scripts', name))
    execFileSync(program, ['--severity', 'style', ...scripts], { encoding: 'utf8' })
    for (const { where, step } of steps.filter((one) => one.step.run)) {
      const said = execFileSync(program, ['--shell', 'bash', '-'], { input: `${step.run}\n`, encoding: 'utf8' })
      assert.equal(said, '', where)
    }
  })
})

describe('a release', () => {
  const setTag = (folder: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'deploy/scripts/set-tag.ts'), ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

  it('moves the tag of an environment and of every image of its overlay, and nothing else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
    const file = join(folder, 'deploy/overlay/production/kustomization.yaml')
    const tagFile = join(folder, 'deploy/production.json')
    mkdirSync(join(file, '..'), { recursive: true })
    const overlay = (tag: string) =>
      `# What runs.\nkind: Kustomization\nresources:\n  - ../../../generated\nimages:\n  - name: a/greeter\n    newTag: ${tag}\n  - name: a/users # moved, too\n    newTag: ${tag}\n`
    writeFileSync(file, overlay('0.1.0'))
    writeFileSync(tagFile, '{}')
    assert.equal(setTag(folder, 'production', '1.2.0'), 'production runs 1.2.0 of 2 images.\n')
    assert.equal(readFileSync(file, 'utf8'), overlay('1.2.0'))
    assert.deepEqual(JSON.parse(readFileSync(tagFile, 'utf8')), { tag: '1.2.0' })
    for (const [environment, tag, fault] of [
      ['production', '', /^A tag has letters/],
      ['../production', '1.2.0', /^There is no deploy\/\.\.\/production\.json/],
      ['staging', '1.2.0', /^There is no deploy\/staging\.json/],
    ] as const)
      assert.throws(
        () => setTag(folder, environment, tag),
        ({ status, stderr }: { status: number; stderr: string }) => status === 1 && fault.test(stderr),
      )
    rmSync(folder, { recursive: true })
  })

  it('has one tag: values, manifests and overlay of production agree', () => {
    const { tag } = JSON.parse(readFileSync(join(ROOT, 'deploy/production.json'), 'utf8')) as { tag: string }
    const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
    const { images } = parse(read('deploy/overlay/production/kustomization.yaml')) as { images: { name: string; newTag: string }[] }
    for (const { newTag } of images) assert.equal(newTag, tag)
    const rendered = join(ROOT, 'generated/environments/production')
    const deployments = readdirSync(rendered, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    for (const { name } of deployments) {
      const values = parse(read(`generated/environments/production/${name}/values.yaml`)) as { image: { repository: string; tag: string } }
      assert.equal(values.image.tag, tag, name)
      assert.ok(
        images.some((image) => image.name === values.image.repository),
        name,
      )
      const manifests = read(`generated/environments/production/${name}/manifests.yaml`)
      const used = [...manifests.matchAll(/^ +image: "?([^"\s]+)/gm)].map(([, image]) => image)
      assert.deepEqual([...new Set(used)], [`${values.image.repository}:${tag}`], name)
    }
  })
})

describe('make publish', () => {
  it('names the image in lower case, as registries want it', { timeout: 20_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
    for (const program of ['slipway', 'docker'])
      writeFileSync(join(folder, program), `#!/bin/sh\necho ${program} "$@" >> "${folder}/called"\n`, { mode: 0o755 })
    const env = { PATH: `${folder}:${process.env.PATH}`, SERVICE: 'greeter', REGISTRY: 'ghcr.io/Harbour/Slipway', TAG: '1.2.0-RC' }
    const image = execFileSync(join(ROOT, 'deploy/scripts/publish-image'), { env, encoding: 'utf8', stdio: 'pipe' })
    assert.match(image, /^ghcr\.io\/harbour\/slipway\/greeter@sha256:[0-9a-f]{64}\n$/)
    const called = readFileSync(join(folder, 'called'), 'utf8')
    assert.match(called, /^slipway image greeter .*--tag ghcr\.io\/harbour\/slipway\/greeter:1\.2\.0-RC-arm64 --push$/m)
    assert.doesNotMatch(called, /Harbour/)
    rmSync(folder, { recursive: true })
  })
})
