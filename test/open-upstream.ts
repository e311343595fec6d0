import { defineRoute, defineService, upstream } from '@slipway/chassis'
import { plainAnswer, type StandIn, startStandIn, type TestedService, testService } from '@slipway/chassis/testing'
import { z } from 'zod'
import type { Answer } from './open-service.ts'

export interface OpenUpstream {
  readonly service: TestedService
  readonly standIn: StandIn
  /** Calls the stand-in through a handler; by `/once` with a call that may not be repeated. */
  shout(path?: '/shout' | '/once', init?: RequestInit): Promise<Answer>
}

export interface OpenUpstreamOptions {
  /** Milliseconds after which the stand-in closes an idle connection. */
  keepAlive?: number
  environment?: Readonly<Record<string, string>>
}

const shouted = z.object({ INPUT: z.string(), OUTPUT: z.string() })
const response = z.object({ text: z.string() })

export const shouting = defineService(
  {
    name: 'shouting',
    summary: 'Calls an upstream.',
    resources: { cloud: upstream({ name: 'shout-cloud', url: 'https://shout.example.com' }) },
  },
  [
    defineRoute({
      method: 'POST',
      path: '/shout',
      summary: 'Shouts by a call that may be repeated',
      response,
      handler: async (_input, { cloud }) => {
        const call = { path: '/V1/SHOUT', query: { key: 'hidden' }, json: { INPUT: 'tset' }, response: shouted, isIdempotent: true }
        return { text: (await cloud.call(call)).OUTPUT }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/once',
      summary: 'Shouts by a call that may not be repeated',
      response,
      handler: async (_input, { cloud }) => ({ text: (await cloud.call({ path: 'V1/SHOUT', json: { INPUT: 'tset' }, response: shouted })).OUTPUT }),
    }),
    defineRoute({
      method: 'GET',
      path: '/wrong',
      summary: 'Sends what the upstream does not like',
      response,
      handler: async (_input, { cloud }) => ({ text: (await cloud.call({ path: '/V2', response: shouted })).OUTPUT }),
    }),
    defineRoute({
      method: 'GET',
      path: '/unsendable',
      summary: 'Sends what can not be sent',
      response,
      handler: async (_input, { cloud }) => ({ text: (await cloud.call({ headers: { note: 'no\nvalue' }, response: shouted })).OUTPUT }),
    }),
  ],
)

function shout({ path }: { path: string }) {
  if (path !== '/V1/SHOUT') return plainAnswer(404, 'Not Found')
  return { status: 200, headers: { 'content-type': 'APPLICATION/JSON' }, body: '{"INPUT": "tset", "OUTPUT": "TSET"}' }
}

/** A service that calls a stand-in, both in this process. */
export async function openUpstream({ environment = {}, ...options }: OpenUpstreamOptions = {}): Promise<OpenUpstream & AsyncDisposable> {
  const standIn = await startStandIn({ about: 'Shouts.', answer: shout, ...options })
  const service = await testService(shouting, { environment: { SHOUT_CLOUD_URL: standIn.url, REQUEST_DEADLINE: '10', ...environment } })
  return {
    service,
    standIn,
    async shout(path = '/shout', init = {}) {
      const answer = await service.request(path, { method: 'POST', ...init })
      return { status: answer.status, headers: answer.headers, body: await answer.json() }
    },
    async [Symbol.asyncDispose]() {
      await service.stop()
      await standIn.close()
    },
  }
}
