import assert from 'node:assert/strict'
import type { ManifestCheck } from './manifest.ts'
import { configOf, containersOf, only, podsOf, serviceContainer } from './render-chart.ts'

const STABLE_VERSIONS = new Set([
  'v1',
  'apps/v1',
  'batch/v1',
  'autoscaling/v2',
  'policy/v1',
  'networking.k8s.io/v1',
  'gateway.networking.k8s.io/v1',
  'monitoring.coreos.com/v1',
  // Traefik has no other.
  'traefik.io/v1alpha1',
])
const LABELS = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`)

/** What must hold of a release as a whole: availability, network, config and labels. */
export const releaseChecks: readonly ManifestCheck[] = [
  {
    name: 'there are two pods or an autoscaler of at least two, unless one volume holds the data',
    check(manifests) {
      const { spec, metadata } = only(manifests, 'Deployment')
      const scaler = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler')
      if (manifests.some(({ kind }) => kind === 'PersistentVolumeClaim')) {
        assert.deepEqual([spec.replicas, spec.strategy.type, scaler], [1, 'Recreate', undefined])
        return
      }
      assert.deepEqual([spec.strategy.type, spec.strategy.rollingUpdate?.maxUnavailable], ['RollingUpdate', 0])
      if (!scaler) return assert.ok((spec.replicas ?? 0) >= 2)
      assert.equal(spec.replicas, undefined)
      assert.equal(metadata.annotations?.['polaris.fairwinds.com/deploymentMissingReplicas-exempt'], 'true')
      assert.equal(scaler.apiVersion, 'autoscaling/v2')
      assert.ok(scaler.spec.minReplicas >= 2 && scaler.spec.maxReplicas >= scaler.spec.minReplicas && scaler.spec.behavior)
    },
  },
  {
    name: 'pods are spread, and one of them may always be away',
    check(manifests) {
      const { template, selector } = only(manifests, 'Deployment').spec
      const [term] = template?.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? []
      assert.equal(term?.podAffinityTerm.topologyKey, 'kubernetes.io/hostname')
      assert.equal(template?.spec.topologySpreadConstraints.length, 1)
      const { spec, apiVersion } = only(manifests, 'PodDisruptionBudget')
      assert.deepEqual([apiVersion, spec.maxUnavailable, spec.unhealthyPodEvictionPolicy], ['policy/v1', 1, 'AlwaysAllow'])
      assert.deepEqual(spec.selector, selector)
    },
  },
  {
    name: 'a pod has the time that its end takes',
    check(manifests) {
      const data = configOf(manifests)
      const { terminationGracePeriodSeconds } = only(manifests, 'Deployment').spec.template?.spec ?? {}
      const sleep = serviceContainer(manifests).lifecycle?.preStop.sleep.seconds ?? 0
      assert.ok((terminationGracePeriodSeconds ?? 0) >= sleep + Number(data.DRAIN_DELAY) + Number(data.DRAIN_TIMEOUT) + 5)
    },
  },
  {
    name: 'a NetworkPolicy lets in what asks, and lets out to DNS and to what is declared',
    check(manifests) {
      const { podSelector, policyTypes, ingress, egress } = only(manifests, 'NetworkPolicy').spec
      assert.deepEqual(policyTypes, ['Ingress', 'Egress'])
      assert.equal(Object.keys(podSelector.matchLabels).length, 1)
      const [label, value] = Object.entries(podSelector.matchLabels)[0] ?? ['', '']
      assert.equal(only(manifests, 'Deployment').spec.template?.metadata.labels[label], value)
      assert.deepEqual(
        ingress.map(({ ports = [] }) => ports.map(({ port }) => port)),
        [['http'], ['management']],
      )
      assert.ok(ingress[1]?.from, 'health and metrics are not for everybody')
      assert.deepEqual(
        egress[0]?.ports?.map(({ port, protocol }) => `${port} ${protocol}`),
        ['53 UDP', '53 TCP'],
      )
      for (const { to = [] } of egress) assert.ok(to.length > 0, 'an empty list would be everywhere')
    },
  },
  {
    name: 'the Service is reached from the cluster, and by its host through an Ingress with TLS or an HTTPRoute',
    check(manifests) {
      const { spec } = only(manifests, 'Service')
      assert.equal(spec.type, 'ClusterIP')
      assert.deepEqual(
        spec.ports.map(({ name, targetPort, protocol }) => [name, targetPort, protocol]),
        [
          ['http', 'http', 'TCP'],
          ['management', 'management', 'TCP'],
        ],
      )
      for (const ingress of manifests.filter(({ kind }) => kind === 'Ingress')) {
        assert.ok(ingress.spec.ingressClassName)
        assert.equal(ingress.spec.tls?.length, 1)
        for (const { hosts } of ingress.spec.tls ?? [])
          assert.deepEqual(
            hosts,
            ingress.spec.rules.map(({ host }) => host),
          )
      }
    },
  },
  {
    name: 'nothing is set twice, all of it is text, and a change of it restarts the pods',
    check(manifests) {
      const data = configOf(manifests)
      for (const [key, value] of Object.entries(data)) assert.equal(typeof value, 'string', key)
      for (const { env = [] } of podsOf(manifests).flatMap(containersOf)) {
        const names = env.map(({ name }) => name)
        assert.deepEqual(
          names,
          [...new Set(names)].filter((name) => !(name in data)),
        )
      }
      assert.match(only(manifests, 'Deployment').spec.template?.metadata.annotations?.['checksum/config'] ?? '', /^[0-9a-f]{64}$/)
    },
  },
  {
    name: 'what is referred to is there',
    check(manifests) {
      const has = (kind: string, name: string) => manifests.some((one) => one.kind === kind && one.metadata.name === name)
      for (const pod of podsOf(manifests)) {
        assert.ok(has('ServiceAccount', pod.spec.serviceAccountName))
        const volumes = pod.spec.volumes.map(({ name }) => name)
        for (const { persistentVolumeClaim } of pod.spec.volumes) {
          if (persistentVolumeClaim) assert.ok(has('PersistentVolumeClaim', persistentVolumeClaim.claimName))
        }
        for (const { envFrom = [], volumeMounts } of containersOf(pod)) {
          for (const { configMapRef } of envFrom) assert.ok(has('ConfigMap', configMapRef.name))
          for (const { name } of volumeMounts) assert.ok(volumes.includes(name))
        }
      }
    },
  },
  {
    name: 'everything is labelled, is in a namespace, and is of a stable version of its API',
    check(manifests) {
      for (const { kind, apiVersion, metadata } of manifests) {
        assert.deepEqual(
          LABELS.filter((label) => !metadata.labels[label]),
          [],
          kind,
        )
        assert.ok(metadata.namespace, kind)
        assert.ok(STABLE_VERSIONS.has(apiVersion), apiVersion)
      }
    },
  },
  {
    name: 'selectors hold name and instance, and find the pods of the Deployment alone',
    check(manifests) {
      const { spec, metadata } = only(manifests, 'Deployment')
      const { matchLabels } = spec.selector
      assert.deepEqual(Object.keys(matchLabels).sort(), ['app.kubernetes.io/instance', 'app.kubernetes.io/name'])
      assert.equal(matchLabels['app.kubernetes.io/instance'], metadata.name)
      assert.deepEqual(only(manifests, 'Service').spec.selector, matchLabels)
      const found = podsOf(manifests).filter((pod) => Object.entries(matchLabels).every(([label, value]) => pod.metadata.labels[label] === value))
      assert.deepEqual(
        found.map(({ owner }) => owner),
        [`Deployment ${metadata.name}`],
      )
    },
  },
]
