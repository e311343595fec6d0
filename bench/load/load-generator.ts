import type { MeasuredRequest } from '../part.ts'

export interface Load {
  url: string
  /** One of them is sent each time, at random. They differ in path and body alone. */
  requests: readonly [MeasuredRequest, ...MeasuredRequest[]]
  connections: number
  seconds: number
}

export interface LoadResult {
  /** Answered requests. */
  requests: number
  /** Answers that were not 2xx, and connections that failed. */
  failures: number
  requestsPerSecond: number
  p99Milliseconds: number
}

export interface LoadGenerator {
  /** For the report: name and version. */
  readonly description: string
  run(load: Load): Promise<LoadResult>
}

/** Seconds that a load generator may take beyond the load's own before it is killed. */
export const LOAD_GRACE_SECONDS = 10
