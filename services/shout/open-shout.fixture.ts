import type { StandIn } from '@slipway/chassis/testing'
import { type Answer, type OpenService, openService } from '../../test/open-service.ts'
import service from './service.ts'
import { startStandIn } from './stand-in/stand-in.ts'

export interface OpenShout extends OpenService {
  readonly standIn: StandIn
  /** Posts a text as JSON, or a body as it is given. */
  shout(text: string, init?: RequestInit & { path?: string }): Promise<Answer>
}

/** The service in the process of the test, with a shoutcloud of its own that answers or fails as it is told. */
export async function openShout(environment: Readonly<Record<string, string>> = {}): Promise<OpenShout> {
  const standIn = await startStandIn()
  const opened = await openService(service, { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, REQUEST_DEADLINE: '10', ...environment })
  return {
    ...opened,
    standIn,
    async shout(text, { path = '/', ...init } = {}) {
      const given = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data: text }), ...init }
      const response = await fetch(`http://127.0.0.1:${opened.port}${path}`, given)
      return { status: response.status, headers: response.headers, body: await response.json() }
    },
    async close() {
      await opened.close()
      await standIn.close()
    },
  }
}
