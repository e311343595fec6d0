import type { ResourceMeter } from '../../definition/resource.ts'
import type { RotatingPool } from './rotating-pool.ts'

/** The pool's gauges, by OpenTelemetry's names for `db.client.connection.*`. */
export function measurePool(resource: string, pool: RotatingPool, meter: ResourceMeter): void {
  meter.gauge({ name: 'db_client_connection_count', help: 'Open database connections, used and idle.', labels: ['resource', 'state'] }, () => [
    // SQLite's one reader serves everybody at once.
    { labels: { resource, state: 'used' }, value: Math.min(pool.used, pool.size) },
    { labels: { resource, state: 'idle' }, value: Math.max(0, pool.size - pool.used) },
  ])
  meter.gauge({ name: 'db_client_connection_max', help: 'The most database connections that are opened.', labels: ['resource'] }, () => [
    { labels: { resource }, value: pool.current.max },
  ])
  meter.gauge(
    { name: 'db_client_connection_pending_requests', help: 'Queries and transactions that wait for a database connection.', labels: ['resource'] },
    () => [{ labels: { resource }, value: pool.waiting }],
  )
}
