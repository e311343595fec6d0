type Texts = Readonly<Record<string, string>>

export interface Metadata {
  name: string
  namespace: string
  labels: Texts
  annotations?: Texts
}

/** What the tests look at, of every kind at once. What a kind has not got is undefined, and a test that compares it says so. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: Metadata
  data: Texts
  automountServiceAccountToken: boolean
  spec: ManifestSpec
}

/** One thing that must hold of the manifests of a release; fails with an assertion. */
export interface ManifestCheck {
  name: string
  check(manifests: readonly Manifest[]): void
}

export interface ManifestSpec extends PodSpec {
  replicas?: number
  minReplicas: number
  maxReplicas: number
  maxUnavailable: number
  unhealthyPodEvictionPolicy: string
  metrics: readonly { type: string }[]
  behavior: object
  strategy: { type: string; rollingUpdate?: { maxUnavailable: number } }
  /** Of a Deployment, or of a Service. */
  selector: { matchLabels: Texts }
  podSelector: { matchLabels: Texts }
  policyTypes: readonly string[]
  ingress: readonly NetworkRule[]
  egress: readonly NetworkRule[]
  type: string
  ports: readonly { name: string; port: number; targetPort: string; protocol: string }[]
  ingressClassName: string
  tls?: readonly { hosts: readonly string[]; secretName: string }[]
  rules: readonly { host: string }[]
  groups: readonly { name: string; rules: readonly { alert: string; expr: string }[] }[]
  template?: { metadata: Metadata; spec: PodSpec }
}

export interface NetworkRule {
  from?: readonly Peer[]
  to?: readonly Peer[]
  ports?: readonly { port: number | string; protocol: string }[]
}

export interface Peer {
  ipBlock?: { cidr: string; except?: readonly string[] }
  namespaceSelector?: { matchLabels?: Texts }
  podSelector?: object
}

export interface PodSpec {
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  serviceAccountName: string
  automountServiceAccountToken: boolean
  securityContext: SecurityContext
  terminationGracePeriodSeconds: number
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: readonly { podAffinityTerm: { topologyKey: string } }[] } }
  topologySpreadConstraints: readonly object[]
  imagePullSecrets?: readonly { name: string }[]
  initContainers?: readonly Container[]
  containers: readonly Container[]
  volumes: readonly Volume[]
}

export interface Container {
  name: string
  image: string
  imagePullPolicy: string
  args?: readonly string[]
  securityContext: SecurityContext
  envFrom?: readonly { configMapRef: { name: string } }[]
  env?: readonly { name: string; value: string }[]
  resources: Readonly<Record<'requests' | 'limits', Texts>>
  ports?: readonly { name: string; containerPort: number; hostPort?: number }[]
  startupProbe: Probe
  readinessProbe: Probe
  livenessProbe: Probe
  lifecycle?: { preStop: { sleep: { seconds: number } } }
  volumeMounts: readonly { name: string; mountPath: string }[]
}

export interface Probe {
  httpGet: { path: string; port: string; scheme: string }
  timeoutSeconds: number
}

export interface SecurityContext {
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  readOnlyRootFilesystem?: boolean
  runAsNonRoot: boolean
  runAsUser: number
  runAsGroup: number
  fsGroup?: number
  capabilities?: { drop: readonly string[]; add?: readonly string[] }
  seccompProfile: { type: string }
}

export interface Volume {
  name: string
  hostPath?: object
  emptyDir?: { sizeLimit: string }
  persistentVolumeClaim?: { claimName: string }
  projected?: { sources: readonly { secret: { name: string; items: readonly { key: string; path: string }[] } }[] }
}
