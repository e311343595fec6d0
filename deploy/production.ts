import { defineEnvironment } from '@slipway/cli'
// What a release moves on: make release TAG=1.2.0 ENVIRONMENT=production.
import release from './production.json' with { type: 'json' }

const POSTGRES = 'postgres.databases.svc:5432'

export default defineEnvironment({
  all: {
    image: { registry: 'registry.example.com/slipway', tag: release.tag },
    config: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.telemetry.svc:4318' },
    monitoring: true,
  },
  deployments: {
    configs: { secrets: { DATABASE_URL: { name: 'configs-database', key: 'url', leadsTo: POSTGRES } }, migration: 'job' },
    passengers: { secrets: { DATABASE_URL: { name: 'passengers-database', key: 'url', leadsTo: POSTGRES } }, migration: 'job' },
    users: { secrets: { DATABASE_URL: { name: 'users-database', key: 'url', leadsTo: 'mariadb.databases.svc:3306' } } },
    shout: { secrets: { CACHE_URL: { name: 'shout-cache', key: 'url', leadsTo: 'valkey.caches.svc:6379' } } },
  },
})
