/** Where a secret's value is kept: a key of a Kubernetes Secret in the deployment's namespace, mounted as a file that `KEY_FILE` names. */
export interface SecretReference {
  /** The Secret's name. */
  name: string
  /** The key in it. */
  key: string
  /** Where a secret URL leads, as `host:port`: the NetworkPolicy needs it, and the value can't be looked at. */
  leadsTo?: string
}

/** Bounds for the number of pods. */
export interface AutoscalingDefinition {
  /** At least 2, so that one may be away. @default 2 */
  min?: number
  /** @default 6 */
  max?: number
  /** The average use of the requested CPU, in percent, that pods are added for. @default 70 */
  cpuPercent?: number
  /** The average of requests a second and pod that pods are added for; needs an adapter that serves the metric. @default none */
  requestsPerSecond?: number
}

/** What a pod is promised, and what it may use at most, as Kubernetes writes quantities. */
export interface ResourceBounds {
  request?: string
  limit?: string
}

export interface SizeDefinition {
  /** @default 50m to 1: a tight limit throttles the event loop. */
  cpu?: ResourceBounds
  /** Heap and cache are sized from the limit. @default 128Mi to 256Mi */
  memory?: ResourceBounds
}

/** A volume for SQLite's file. Two pods can't share it: there is one, and while it is replaced nobody answers. */
export interface StorageDefinition {
  /** @default 1Gi */
  size?: string
  /** @default the cluster's default class */
  className?: string
}

export interface ImageDefinition {
  /** What stands before the service's name. @default 'localhost/slipway', which no registry answers to */
  registry?: string
  /** @default the service's version */
  tag?: string
  /** `sha256:…`, which counts more than the tag. @default none */
  digest?: string
  /** What the image holds: a native executable, or a bundle for Node. @default 'native' */
  runtime?: 'native' | 'node'
  /** @default 'Always': a tag may be moved, and a node's cache knows no credentials. */
  pullPolicy?: 'Always' | 'IfNotPresent' | 'Never'
  /** Names of Secrets that hold registry credentials. @default [] */
  pullSecrets?: readonly string[]
}

/** How clients reach the host. */
export interface IngressDefinition {
  /** An Ingress, an HTTPRoute of the Gateway API, or nothing but the Service. @default 'ingress' */
  kind?: 'ingress' | 'gateway' | 'none'
  /** The Ingress's class. @default 'traefik', which k3s brings */
  className?: string
  /** The Secret that holds the certificate, or false for none. An HTTPRoute leaves TLS to its Gateway. @default `<deployment>-tls` */
  tls?: string | false
  /** The Gateway that an HTTPRoute belongs to. */
  gateway?: { name: string; namespace: string }
  /** @default {} */
  annotations?: Readonly<Record<string, string>>
}

/** Who may reach a deployment: peers of a NetworkPolicy, such as `{ ipBlock: { cidr: '10.0.0.0/28' } }`. */
export interface NetworkDefinition {
  /** Those that may reach the service's port. @default all */
  ingressFrom?: readonly object[]
  /** Those that may reach health and metrics. @default every pod of the cluster */
  managementFrom?: readonly object[]
}

/** What a deployment needs on the cluster beside its config. All of it has a default. */
export interface ClusterNeeds {
  /** By config key. @default {} */
  secrets?: Readonly<Record<string, SecretReference>>
  /** A fixed number of pods instead of `autoscaling`. */
  replicas?: number
  autoscaling?: AutoscalingDefinition
  size?: SizeDefinition
  /** @default a volume of 1Gi where the service has a database and no secret says where another one is */
  storage?: StorageDefinition
  /** Seconds from SIGTERM to SIGKILL, and no fewer than the drain takes. @default DRAIN_DELAY, DRAIN_TIMEOUT and 10 for closing */
  gracePeriod?: number
  image?: ImageDefinition
  ingress?: IngressDefinition
  network?: NetworkDefinition
  /** Who brings the schema up to date: the first pod at its start, or a Job that the pods wait for. @default 'start' */
  migration?: 'start' | 'job'
  /** Whether the cluster has the Prometheus operator: ServiceMonitor, alerts and dashboard are deployed. @default false */
  monitoring?: boolean
}

type Complete<Part> = { readonly [Key in keyof Part]-?: Part[Key] }

/** The same with every default filled in, frozen. */
export interface ResolvedNeeds {
  readonly secrets: Readonly<Record<string, Readonly<SecretReference>>>
  /** Undefined where `autoscaling` decides. */
  readonly replicas: number | undefined
  readonly autoscaling: ResolvedAutoscaling | undefined
  readonly size: { readonly cpu: Complete<ResourceBounds>; readonly memory: Complete<ResourceBounds> }
  readonly storage: Readonly<StorageDefinition & { size: string }> | undefined
  /** Undefined where it is the sum of its parts. */
  readonly gracePeriod: number | undefined
  readonly image: Readonly<Omit<ImageDefinition, 'registry'> & { repository: string; runtime: 'native' | 'node'; pullPolicy: string }>
  readonly ingress: Readonly<IngressDefinition & { kind: 'ingress' | 'gateway' | 'none' }>
  readonly network: Readonly<NetworkDefinition>
  readonly migration: 'start' | 'job'
  readonly monitoring: boolean
}

export type ResolvedAutoscaling = Readonly<Required<Omit<AutoscalingDefinition, 'requestsPerSecond'>> & { requestsPerSecond?: number }>
