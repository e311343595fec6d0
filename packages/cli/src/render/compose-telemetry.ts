import { stringify } from 'yaml'
import type { DeployedContract } from './render-deployment.ts'
import { MARK } from './rendered-files.ts'

const PROFILES = ['observe']
const HEAD = `# ${MARK} render from slipway.config.ts. Don't edit it here.\n`
/** Seconds; the queries of the dashboards look at four of them at least. */
const SCRAPE_INTERVAL = 15

/** Where deployments send their traces to. */
export const COLLECTOR = 'http://jaeger:4318'

/** Prometheus, Grafana and Jaeger, which know each other and all deployments. */
export function telemetryServices(contracts: readonly DeployedContract[]): object {
  const alerts = contracts.map(({ deployment: { name } }) => `./${name}/alerts.yaml:/etc/prometheus/rules/${name}.yaml:ro`)
  const dashboards = serviceNames(contracts).map((name) => `./${name}/dashboard.json:/etc/grafana/dashboards/${name}.json:ro`)
  return {
    prometheus: {
      image: 'docker.io/prom/prometheus:v3.5.0',
      profiles: PROFILES,
      command: ['--config.file=/etc/prometheus/prometheus.yaml'],
      volumes: ['./compose/prometheus.yaml:/etc/prometheus/prometheus.yaml:ro', ...alerts],
      ports: ['127.0.0.1:9090:9090'],
    },
    grafana: {
      image: 'docker.io/grafana/grafana:12.1.0',
      profiles: PROFILES,
      // It listens on this machine alone, and what it shows is no secret here.
      environment: { GF_AUTH_ANONYMOUS_ENABLED: 'true', GF_AUTH_ANONYMOUS_ORG_ROLE: 'Admin', GF_AUTH_DISABLE_LOGIN_FORM: 'true' },
      volumes: [
        './compose/datasources.yaml:/etc/grafana/provisioning/datasources/slipway.yaml:ro',
        './compose/dashboards.yaml:/etc/grafana/provisioning/dashboards/slipway.yaml:ro',
        ...dashboards,
      ],
      ports: ['127.0.0.1:3000:3000'],
    },
    jaeger: { image: 'docker.io/jaegertracing/jaeger:2.9.0', profiles: PROFILES, ports: ['127.0.0.1:16686:16686'] },
  }
}

/** Each deployment is scraped with the labels that the Prometheus operator would give it, so that alerts and dashboards are the same. */
export function renderPrometheusConfig(contracts: readonly DeployedContract[]): string {
  const jobs = contracts.map(({ deployment: { name, namespace }, ports }) => ({
    job_name: name,
    static_configs: [{ targets: [`${name}:${ports.MANAGEMENT_PORT}`], labels: { namespace, pod: name } }],
  }))
  return write({ global: { scrape_interval: `${SCRAPE_INTERVAL}s` }, rule_files: ['/etc/prometheus/rules/*.yaml'], scrape_configs: jobs })
}

export function renderDatasources(): string {
  const interval = { timeInterval: `${SCRAPE_INTERVAL}s` }
  return write({
    apiVersion: 1,
    datasources: [
      {
        name: 'Prometheus',
        uid: 'prometheus',
        type: 'prometheus',
        url: 'http://prometheus:9090',
        access: 'proxy',
        isDefault: true,
        jsonData: interval,
      },
      { name: 'Jaeger', uid: 'jaeger', type: 'jaeger', url: 'http://jaeger:16686', access: 'proxy' },
    ],
  })
}

export function renderDashboardProvider(): string {
  return write({ apiVersion: 1, providers: [{ name: 'slipway', type: 'file', options: { path: '/etc/grafana/dashboards' } }] })
}

function serviceNames(contracts: readonly DeployedContract[]): string[] {
  return [...new Set(contracts.map(({ service }) => service.name))]
}

function write(data: object): string {
  return `${HEAD}${stringify(data, { version: '1.1', lineWidth: 0 })}`
}
