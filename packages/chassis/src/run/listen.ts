import { runtime } from '#runtime'
import { chassisProblems } from '../definition/service-error.ts'
import type { App, FetchHandler } from '../http/app.ts'
import { problemType } from '../http/to-problem.ts'
import type { Listener } from '../runtime/runtime.ts'
import type { Apps } from './assemble-apps.ts'
import type { BaseConfig } from './base-config.ts'

/** Seconds in which a request's head must arrive; a browser on a bad line needs less than one. */
const HEADER_TIMEOUT_SECONDS = 10

export interface Listeners {
  service: Listener
  management: Listener | undefined
}

/** @throws {ListenError} when a port can't be had; then none is held. */
export async function listen(apps: Apps, config: BaseConfig): Promise<Listeners> {
  const service = await open(apps.service, config.PORT, config)
  if (!apps.management || config.MANAGEMENT_PORT === undefined) return { service, management: undefined }
  try {
    return { service, management: await open(apps.management, config.MANAGEMENT_PORT, config) }
  } catch (error) {
    await service.destroy()
    throw error
  }
}

function open({ fetch, staticPaths }: App, port: number, config: ServeConfig): Promise<Listener> {
  return serve(fetch, port, config, staticPaths)
}

/** The part of a config that a server needs. */
export type ServeConfig = Pick<BaseConfig, 'MAX_HEADER_BYTES' | 'KEEP_ALIVE_TIMEOUT'>

/** Answers on a port, on the runtime that this is. @throws {ListenError} when the port can't be had. */
export function serve(fetch: FetchHandler, port: number, config: ServeConfig, staticPaths: readonly string[] = []): Promise<Listener> {
  return runtime.serve({
    port,
    fetch,
    staticPaths,
    limits: { maxHeaderBytes: config.MAX_HEADER_BYTES, keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT, headerTimeout: HEADER_TIMEOUT_SECONDS },
    protocolProblem,
  })
}

const protocolProblems = { 400: 'bad_request', 408: 'request_timeout', 431: 'too_many_headers' } as const

function protocolProblem(status: keyof typeof protocolProblems): string {
  const code = protocolProblems[status]
  const { title, remedy } = chassisProblems[code]
  return JSON.stringify({ type: problemType(code), title, status, detail: remedy, code })
}
