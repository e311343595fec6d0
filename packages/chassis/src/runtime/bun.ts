import http from 'node:http'
import { Counter, type Registry } from 'prom-client'
import { collectCommonMetrics } from './default-metrics.ts'
import { ListenError, type Listener, type Runtime, type ServeOptions } from './runtime.ts'

/** V8's. Bun has no such spaces, and walks through its whole heap to say so: 12 to 25 ms a scrape, in which nothing is answered. */
const HEAP_SPACES = ['nodejs_heap_space_size_total_bytes', 'nodejs_heap_space_size_used_bytes', 'nodejs_heap_space_size_available_bytes']

export const runtime: Runtime = {
  version: `bun ${process.versions.bun}`,

  async serve(options) {
    const { limits } = options
    // Bun's parser takes its limit from here, for the whole process. What it refuses, it answers without a body.
    Object.assign(http, { maxHeaderSize: limits.maxHeaderBytes })
    return toListener(listen(options))
  },

  createResponder(headers) {
    // A Headers object is copied as a whole; each field of a plain object would be checked and converted anew.
    const shared = new Headers(headers)
    return (body, status, more) => {
      const response = new Response(body, { status, headers: shared })
      for (const name in more) response.headers.set(name, more[name] as string)
      return response
    }
  },

  // Loaded by services that have one: it takes its time to load.
  openSqlite: async (path) => (await import('./bun-sqlite.ts')).openSqlite(path),

  // Bun would unpack all that has come, read or not; this way nothing ever is.
  fetch: (url, init) => fetch(url, { ...init, decompress: false }),

  async post(url, post) {
    const response = await fetch(url, { ...post, method: 'POST' })
    await response.arrayBuffer()
    return { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined }
  },

  collectRuntimeMetrics(registry) {
    collectCommonMetrics(registry)
    for (const name of HEAP_SPACES) registry.removeSingleMetric(name)
    return countCollections(registry)
  },
}

function listen({ port, hostname, fetch, staticPaths, limits }: ServeOptions): Bun.Server<undefined> {
  try {
    return Bun.serve({
      port,
      ...(hostname !== undefined && { hostname }),
      // Also the time that a request's head may take: bytes of an unfinished head don't start it anew.
      idleTimeout: limits.keepAliveTimeout,
      // The request path has limits of its own, by route, and answers with a problem.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // Out of development Bun would share the port with whoever else listens there.
      reusePort: false,
      // A request finds its route here only where its path is the very same, without a slash more or a character encoded.
      routes: Object.fromEntries(staticPaths.map((path) => [path, (request: Request) => fetch(request, undefined, path)])),
      fetch: (request) => fetch(request),
    })
  } catch (error) {
    throw new ListenError(port, error)
  }
}

function toListener(server: Bun.Server<undefined>): Listener {
  return {
    port: server.port as number,
    stop: () => server.stop(),
    destroy: () => server.stop(true),
  }
}

/** Bun tells nothing of its collections; an object that was let go tells that there was one. */
function countCollections(registry: Registry): () => void {
  const collections = new Counter({
    name: 'bun_gc_cycles_total',
    help: 'Garbage collections, as seen by an object that each of them frees.',
    registers: [registry],
  })
  let isCounting = true
  const sentinels = new FinalizationRegistry(() => {
    collections.inc()
    if (isCounting) sentinels.register({}, undefined)
  })
  sentinels.register({}, undefined)
  return () => {
    isCounting = false
  }
}
