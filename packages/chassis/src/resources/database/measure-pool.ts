import type { ResourceMeter } from '../../definition/resource.ts'
import type { RotatingPool } from './rotating-pool.ts'

/** The pool's gauges, by OpenTelemetry's names for `db.client.connection.*`. */
export function measurePool(resource: string, pool: RotatingPool, meter: ResourceMeter): void {
  meter.gauge({ name: 'db_client_connection_count', help: 'Open database connections, used and idle.', labels: ['resource', 'state'] }, () => [
    { labels: { resource, state: 'used' }, value: pool.used },
    { labels: { resource, state: 'idle' }, value: Math.max(0, pool.current.size() - pool.used) },
  ])
  meter.gauge({ name: 'db_client_connection_max', help: 'The most database connections that are opened.', labels: ['resource'] }, () => [
    { labels: { resource }, value: pool.current.max },
  ])
  meter.gauge(
    { name: 'db_client_connection_pending_requests', help: 'Queries and transactions that wait for a database connection.', labels: ['resource'] },
    () => [{ labels: { resource }, value: pool.waiting }],
  )
}
