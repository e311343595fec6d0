import assert from 'node:assert/strict'
import type { ManifestCheck, SecurityContext } from './manifest.ts'
import { configOf, containersOf, only, podsOf, serviceContainer } from './render-chart.ts'

const KINDS_OF_RBAC = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'])

/** What must hold of each pod. */
export const podChecks: readonly ManifestCheck[] = [
  {
    name: 'no pod shares anything with its node',
    check(manifests) {
      for (const pod of podsOf(manifests)) {
        const { hostNetwork, hostPID, hostIPC, volumes } = pod.spec
        assert.deepEqual([hostNetwork, hostPID, hostIPC], [undefined, undefined, undefined], pod.owner)
        assert.deepEqual(
          volumes.filter(({ hostPath }) => hostPath),
          [],
          pod.owner,
        )
        assert.deepEqual(
          containersOf(pod).flatMap(({ ports = [] }) => ports.filter(({ hostPort }) => hostPort)),
          [],
          pod.owner,
        )
      }
    },
  },
  {
    name: 'every container is restricted, and may write to /tmp alone',
    check(manifests) {
      for (const pod of podsOf(manifests)) {
        assertUnprivilegedUser(pod.spec.securityContext)
        assert.ok((pod.spec.securityContext.fsGroup ?? 0) > 0)
        for (const { securityContext, volumeMounts } of containersOf(pod)) {
          assertUnprivilegedUser(securityContext)
          const { privileged, allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } = securityContext
          assert.deepEqual([privileged, allowPrivilegeEscalation, readOnlyRootFilesystem], [false, false, true])
          assert.deepEqual(capabilities, { drop: ['ALL'] })
          const tmp = volumeMounts.find(({ mountPath }) => mountPath === '/tmp')
          assert.ok(pod.spec.volumes.find(({ name }) => name === tmp?.name)?.emptyDir?.sizeLimit, pod.owner)
        }
      }
    },
  },
  {
    name: 'the pods have a ServiceAccount of their own, which may do nothing',
    check(manifests) {
      const account = only(manifests, 'ServiceAccount')
      assert.equal(account.automountServiceAccountToken, false)
      for (const { spec } of podsOf(manifests)) {
        assert.deepEqual([spec.serviceAccountName, spec.automountServiceAccountToken], [account.metadata.name, false])
      }
      assert.deepEqual(
        manifests.filter(({ kind }) => KINDS_OF_RBAC.has(kind)),
        [],
      )
    },
  },
  {
    name: 'every image is of a version, and is always pulled',
    check(manifests) {
      for (const { image, imagePullPolicy } of podsOf(manifests).flatMap(containersOf)) {
        assert.match(image, /^[^@]+(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/)
        assert.equal(imagePullPolicy, 'Always')
      }
    },
  },
  {
    name: 'every container has requests and limits',
    check(manifests) {
      for (const { resources } of podsOf(manifests).flatMap(containersOf)) {
        for (const bounds of [resources.requests, resources.limits]) {
          assert.deepEqual(Object.keys(bounds).sort(), ['cpu', 'ephemeral-storage', 'memory'])
        }
      }
    },
  },
  {
    name: 'heap and cache fit the memory limit',
    check(manifests) {
      const data = configOf(manifests)
      const limit = bytesOf(serviceContainer(manifests).resources.limits.memory)
      const ofNode = /--max-old-space-size=(\d+)/.exec(data.NODE_OPTIONS ?? '')?.[1]
      const heap = ofNode === undefined ? Number(data.BUN_JSC_forceRAMSize) : Number(ofNode) * 2 ** 20
      assert.ok(heap > limit / 2 && heap < limit * 0.9, `${heap} of ${limit}`)
      assert.ok(Number(data.CACHE_MAX_BYTES ?? 0) < heap / 2)
    },
  },
  {
    name: 'three probes ask three paths on a declared port',
    check(manifests) {
      const { ports = [], startupProbe, readinessProbe, livenessProbe } = serviceContainer(manifests)
      const probes = [startupProbe, readinessProbe, livenessProbe]
      assert.deepEqual(
        probes.map(({ httpGet }) => httpGet.path),
        ['/startupz', '/readyz', '/livez'],
      )
      for (const { httpGet, timeoutSeconds } of probes) {
        assert.ok(ports.some(({ name }) => name === httpGet.port))
        assert.equal(httpGet.scheme, 'HTTP')
        assert.ok(timeoutSeconds > 1)
      }
    },
  },
]

function assertUnprivilegedUser({ runAsNonRoot, runAsUser, runAsGroup, seccompProfile }: SecurityContext): void {
  assert.deepEqual([runAsNonRoot, seccompProfile.type], [true, 'RuntimeDefault'])
  assert.ok(runAsUser >= 10_000 && runAsGroup >= 10_000)
}

function bytesOf(quantity: string | undefined): number {
  const [, digits, unit] = /^(\d+)(Mi)?$/.exec(quantity ?? '') ?? []
  assert.ok(digits, quantity)
  return Number(digits) * (unit ? 2 ** 20 : 1)
}
