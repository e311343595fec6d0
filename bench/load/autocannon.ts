import { join } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { runBounded } from '../host/bounded-process.ts'
import { PEERS } from '../host/install-peers.ts'
import { readVersion } from '../host/read-version.ts'
import { repositoryRoot } from '../host/repository-root.ts'
import { LOAD_GRACE_SECONDS, type LoadGenerator } from './load-generator.ts'

/** What of `autocannon --json` is read. */
interface Output {
  requests: { total: number; average: number }
  latency: { p99: number }
  non2xx: number
  errors: number
}

/** Needs nothing but Node, and about as much CPU as the servers: where wrk is, that is used. */
export function createAutocannon(prefix: readonly string[]): LoadGenerator {
  const program = join(repositoryRoot, PEERS, 'node_modules/autocannon/autocannon.js')
  return {
    description: `autocannon ${readVersion('autocannon', PEERS)}, since wrk is not on PATH`,
    async run({ url, requests: [request, ...others], connections, seconds }) {
      if (others.length > 0)
        throw new BenchError('This part sends one of many requests each time, for which it needs wrk; run `apt-get install wrk`.')
      const { method = 'GET', headers = {}, body, path } = request
      const options = ['--json', '-c', String(connections), '-d', String(seconds), '-m', method]
      for (const [name, value] of Object.entries(headers)) options.push('-H', `${name}=${value}`)
      if (body !== undefined) options.push('-b', body)
      const timeout = seconds + LOAD_GRACE_SECONDS
      const text = await runBounded([...prefix, process.execPath, program, ...options, url + path], { timeout, stdio: ['ignore', 'pipe', 'ignore'] })
      const output = JSON.parse(text) as Output
      return {
        requests: output.requests.total,
        failures: output.non2xx + output.errors,
        requestsPerSecond: output.requests.average,
        p99Milliseconds: output.latency.p99,
      }
    },
  }
}
