import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cli, freePorts } from '../cli.fixture.ts'
import { DEPLOY, DRY, useDeployProject } from './deploy.fixture.ts'

const TIMEOUT = { timeout: 60_000 }
const ENVIRONMENT = `import { defineEnvironment } from '@slipway/cli'

export default defineEnvironment({
  all: { secrets: { OTEL_EXPORTER_OTLP_HEADERS: { name: 'collector', key: 'headers' } } },
})
`

describe('slipway deploy, status and remove', () => {
  const project = useDeployProject()
  const { at, programs, others, putHelm, kubeconfig, call } = project

  async function callAll(options: readonly string[], file: string) {
    const commands = [DEPLOY, ['status'], ['remove', 'customer-b', '--yes']]
    return Promise.all(commands.map((command) => call([...command, ...options], { KUBECONFIG: file })))
  }

  it('say so when the cluster is gone, and nothing of the kubeconfig', TIMEOUT, async () => {
    const port = await freePorts(1)
    for (const { code, stdout, stderr } of await callAll([], kubeconfig(port))) {
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, unreachable(String.raw`The connection to the server 127\.0\.0\.1:${port} was refused`))
      assert.doesNotMatch(stderr, /hunter2/)
    }
  })

  it('give up on a cluster that takes connections and says nothing', TIMEOUT, async () => {
    const startedAt = performance.now()
    const { port } = project.silent.address() as { port: number }
    for (const { code, stdout, stderr } of await callAll(['--request-timeout', '1'], kubeconfig(port))) {
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, unreachable('.*(deadline exceeded|Client.Timeout exceeded|timed out|request canceled|Timeout).*'))
    }
    assert.ok(performance.now() - startedAt < 20_000)
  })

  it('say so when there is no such context, or no kubeconfig that can be read', TIMEOUT, async () => {
    for (const { code, stderr } of await callAll(['--context', 'nowhere'], kubeconfig(1))) {
      assert.equal(code, 1)
      assert.match(stderr, unreachable('.*context "nowhere" does not exist'))
    }
    writeFileSync(at('kubeconfig-broken'), 'clusters: [')
    for (const { code, stderr } of await callAll([], at('kubeconfig-broken'))) {
      assert.equal(code, 1)
      assert.match(stderr, unreachable('.*kubeconfig-broken.*'))
    }
  })

  it('names what may not be done or is not there, all at once, and changes nothing', TIMEOUT, async () => {
    project.faulty.fail({ forbids: true })
    mkdirSync(at('deploy'))
    writeFileSync(at('deploy/production.ts'), ENVIRONMENT)
    assert.equal((await call(['render'])).code, 0)
    const { code, stderr } = await call([...DEPLOY, '--environment', 'production'], { KUBECONFIG: kubeconfig(project.faulty.port) })
    rmSync(at('deploy'), { recursive: true })
    await call(['render'])
    assert.equal(code, 1)
    const sentences = stderr.slice(stderr.indexOf('Nothing was deployed')).trimEnd().split('\n  ')
    assert.deepEqual(sentences.slice(0, 3), [
      'Nothing was deployed, for it would fail:',
      'customer-b reads OTEL_EXPORTER_OTLP_HEADERS from the key headers of the Secret collector, which the namespace greeter does not have; create it: kubectl create secret generic collector --namespace greeter --from-file=headers=<file>',
      'You may not create secrets in the namespace greeter; ask for the permission, or use another context.',
    ])
    assert.equal(sentences.length, 11)
    assert.deepEqual(project.faulty.changes, [])
  })

  it('says how a namespace is made before its Secrets, and which extensions the cluster lacks', TIMEOUT, async () => {
    project.faulty.fail({ isEmpty: true })
    mkdirSync(at('deploy'))
    writeFileSync(
      at('deploy/production.ts'),
      ENVIRONMENT.replace('all: {', "all: { monitoring: true, ingress: { kind: 'gateway', gateway: { name: 'web', namespace: 'web' } },"),
    )
    const rendered = await call(['render'])
    assert.equal(rendered.code, 0, rendered.stderr)
    const { code, stderr } = await call([...DEPLOY, '--environment', 'production'], { KUBECONFIG: kubeconfig(project.faulty.port) })
    rmSync(at('deploy'), { recursive: true })
    await call(['render'])
    assert.equal(code, 1)
    for (const sentence of [
      /does not have; make the namespace first: kubectl apply --filename generated\/environments\/production\/namespaces\.yaml --context harbour, then the Secret: kubectl create secret generic collector /,
      /^ {2}The cluster has no servicemonitors\.monitoring\.coreos\.com; install the Prometheus operator, or leave monitoring out of the stack\.$/m,
      /^ {2}The cluster has no prometheusrules\.monitoring\.coreos\.com; /m,
      /^ {2}The cluster has no httproutes\.gateway\.networking\.k8s\.io; install the Gateway API, /m,
    ])
      assert.match(stderr, sentence)
    assert.deepEqual(project.faulty.changes, [])
  })

  it('takes back what becomes ready and answers something else', TIMEOUT, async () => {
    const proxy = '/api/v1/namespaces/greeter/services/http:customer-b'
    project.faulty.fail({ answers: { [`${proxy}:management/proxy/readyz`]: {}, [`${proxy}:http/proxy/version`]: { welcome: 'nginx' } } })
    rmSync(at('called'), { force: true })
    const state = JSON.stringify({ version: 1, info: { status: 'deployed', description: '', last_deployed: '' } })
    putHelm(`
echo "$@" >> called
case $1 in
  template) exec \${0%/others/helm}/programs/helm "$@" ;;
  version) echo v4.1.4 ;;
  status) if grep -q upgrade called; then echo '${state}'; else echo 'Error: release: not found' >&2; exit 1; fi ;;
esac`)
    const { code, stderr } = await call(DEPLOY, { PATH: `${others}:${programs}:/usr/bin:/bin`, KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^customer-b became ready, and what answers through its Service does not tell its version; GET \/version says:\n {2}\{"welcome":"nginx"\}\nIt was not there before, and was removed again\.$/m,
    )
    assert.match(readFileSync(at('called'), 'utf8'), /^uninstall customer-b --cascade foreground /m)
  })

  it('counts no pod of a migration', TIMEOUT, async () => {
    const pod = (name: string, isReady: boolean) => ({
      metadata: { name, labels: { 'app.kubernetes.io/name': name }, creationTimestamp: '2026-01-02T03:04:05Z' },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
        containerStatuses: [{ restartCount: isReady ? 0 : 3 }],
      },
    })
    const deployment = {
      ...{ kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'customer-b', generation: 1 } },
      spec: { replicas: 1, template: { spec: { containers: [{ image: 'greeter:1' }] } } },
      status: { observedGeneration: 1, readyReplicas: 1, updatedReplicas: 1, replicas: 1 },
    }
    const version = { groupVersion: 'apps/v1', version: 'v1' }
    const resource = { name: 'deployments', singularName: 'deployment', namespaced: true, kind: 'Deployment', verbs: ['get'] }
    project.faulty.fail({
      answers: {
        '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [{ name: 'apps', versions: [version], preferredVersion: version }] },
        '/apis/apps/v1': { kind: 'APIResourceList', groupVersion: 'apps/v1', resources: [resource] },
        '/apis/apps/v1/namespaces/greeter/deployments/customer-b': deployment,
        '/api/v1/namespaces/greeter/pods': {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: {},
          items: [pod('greeter', true), pod('greeter-migrate', false), pod('greeter-migrate', true)],
        },
      },
    })
    const { stdout, stderr } = await call(['status', 'customer-b', '--json'], { KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.equal(stderr, '')
    const [{ state, ready, desired, restarts }] = JSON.parse(stdout)
    assert.deepEqual({ state, ready, desired, restarts }, { state: 'ready', ready: 1, desired: 1, restarts: 0 })
  })

  it('says what Helm says when it fails, and that nothing was changed', TIMEOUT, async () => {
    project.faulty.fail({ breaks: true })
    const unreadable = await call(DEPLOY, { KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.equal(unreadable.code, 1)
    assert.match(unreadable.stderr, /^Helm can't tell whether customer-b is deployed; it says:\n.*etcd is full/m)
    assert.deepEqual(project.faulty.changes, [])
    project.faulty.fail({})
    const refused = await call(DEPLOY, { KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^customer-b could not be deployed with the image localhost\/slipway\/greeter:1\.2\.3\.\nIt was not there before, /m)
    assert.match(refused.stderr, /^Helm says:\n {2}Error: .*failed to download openapi/m)
    assert.deepEqual(project.faulty.changes, [])
  })

  it('end a Helm that hangs, while it installs or at once', TIMEOUT, async () => {
    project.faulty.fail({ hangs: true })
    putHelm('exec sleep 60')
    const startedAt = performance.now()
    const [installing, atOnce] = await Promise.all([
      call([...DEPLOY, '--timeout', '1'], { KUBECONFIG: kubeconfig(project.faulty.port) }),
      call([...DRY, '--request-timeout', '1'], { PATH: `${others}:${programs}:/usr/bin:/bin` }),
    ])
    assert.equal(installing.code, 1)
    assert.match(installing.stderr, /^Helm says:\n {2}helm upgrade took longer than 12 s and was ended\.$/m)
    assert.deepEqual(project.faulty.changes, [])
    assert.equal(atOnce.code, 1)
    assert.match(atOnce.stderr, /^helm version took longer than 4 s and was ended\.$/m)
    assert.ok(performance.now() - startedAt < 40_000)
  })

  /** A Helm that installs for a long time, and writes to a file how it was called, and that it has rolled back when it is asked to end. */
  const SLOW_HELM = `
echo "$@" >> called
case $1 in
  template) exec \${0%/others/helm}/programs/helm "$@" ;;
  version) echo v4.1.4 ;;
  status) echo 'Error: release: not found' >&2; exit 1 ;;
  upgrade)
    trap 'kill $!; for step in 1 2 3; do echo "rolling back $step" >&2; sleep 0.2; done; echo rolled back >> called; exit 1' TERM
    echo installing; sleep 30 & wait ;;
esac`

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`lets Helm roll back before it ends by ${signal}`, TIMEOUT, async () => {
      project.faulty.fail({})
      putHelm(SLOW_HELM)
      rmSync(at('called'), { force: true })
      const environment = { PATH: `${others}:${programs}:/usr/bin:/bin`, HOME: project.folder, KUBECONFIG: kubeconfig(project.faulty.port) }
      const cli = new Cli(DEPLOY, { cwd: project.folder, environment })
      await cli.until(() => existsSync(at('called')) && readFileSync(at('called'), 'utf8').includes('upgrade'))
      await sleep(300)
      cli.process.kill(signal)
      // A CI says it twice.
      await sleep(100)
      const { code } = await cli.kill('SIGTERM')
      assert.equal(code, 1)
      assert.match(cli.stderr, /^It was not there before, and what was made of it was removed again\.\nHelm says:\n {2}rolling back 1\n/m)
      assert.match(readFileSync(at('called'), 'utf8'), /rolled back\n/)
    })
  }

  it('tell another program of that name from the right one', TIMEOUT, async () => {
    for (const [script, sentence] of [
      ['echo v2.17.0', /^helm is v2\.17\.0; install 3\.17 or later\.$/m],
      ['exit 3', /^helm does not tell its version; is the helm on PATH the right one\?$/m],
    ] as const) {
      putHelm(script)
      assert.match((await call(DRY, { PATH: `${others}:${programs}:/usr/bin:/bin` })).stderr, sentence)
    }
  })

  it('says which program is missing, and where to get it', TIMEOUT, async () => {
    const noHelm = await call(DRY, { PATH: '/nowhere' })
    assert.equal(noHelm.code, 1)
    assert.match(noHelm.stderr, /^There is no helm here that can be run\. Install Helm 3\.17 or later \(https:\S+\), or put it on PATH\.$/m)
    const noKubectl = await call(['status'], { PATH: '/nowhere' })
    assert.equal(noKubectl.code, 1)
    assert.match(noKubectl.stderr, /^There is no kubectl here that can be run\. Install kubectl \(https:\S+\), or put it on PATH\.$/m)
  })

  it('says since when another Helm is at work, or was cut off', TIMEOUT, async () => {
    project.faulty.fail({})
    const state = { version: 2, info: { status: 'pending-upgrade', description: '', last_deployed: '2026-01-02T03:04:05Z' } }
    putHelm(
      `case $1 in template) exec \${0%/others/helm}/programs/helm "$@" ;; version) echo v4.1.4 ;; status) echo '${JSON.stringify(state)}' ;; esac`,
    )
    const { code, stderr } = await call(DEPLOY, { PATH: `${others}:${programs}:/usr/bin:/bin`, KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.equal(code, 1)
    assert.match(
      stderr,
      /^Helm is changing customer-b since 2026-01-02T03:04:05Z \(pending-upgrade\), or was cut off: wait .*, run helm rollback customer-b/m,
    )
    assert.match(stderr, /Cluster: v1\.33\.1, context harbour/)
  })

  it('removes a release once its pods have ended', TIMEOUT, async () => {
    project.faulty.fail({})
    rmSync(at('called'), { force: true })
    putHelm('echo "$@" >> called; echo "{}"')
    const environment = { PATH: `${others}:${programs}:/usr/bin:/bin`, KUBECONFIG: kubeconfig(project.faulty.port) }
    await call(['remove', 'customer-b', '--yes'], environment)
    assert.match(readFileSync(at('called'), 'utf8'), /^uninstall customer-b --namespace greeter --cascade foreground --wait --timeout 120s/m)
  })

  it('removes nothing where nobody can be asked', TIMEOUT, async () => {
    project.faulty.fail({})
    const { code, stdout, stderr } = await call(['remove', 'customer-b'], { KUBECONFIG: kubeconfig(project.faulty.port) })
    assert.deepEqual([code, stdout], [2, ''])
    assert.equal(stderr, 'Nobody can be asked here whether to remove customer-b from the cluster harbour; say so with --yes.\n')
    assert.deepEqual(project.faulty.changes, [])
  })
})

function unreachable(reason: string): RegExp {
  const sentence = 'The cluster does not answer; check KUBECONFIG, or name another context with --context\\. kubectl says:'
  return new RegExp(`^${sentence}\\n {2}${reason}`, 'm')
}
