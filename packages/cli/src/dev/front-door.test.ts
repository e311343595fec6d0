import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFrontDoor } from './front-door.ts'

const door = createFrontDoor(['a.localhost', 'a.example.com', 'b.localhost'].map((host) => ({ host, fetch: () => new Response(host) })))
const ask = (host: string) => door(new Request('http://localhost/', { headers: { host } }), { host })

describe('createFrontDoor', () => {
  it('routes by host, in any case, with or without port and final dot', async () => {
    for (const host of ['a.example.com', 'A.Example.com', 'a.example.com:8080', 'a.example.com.', 'a.example.com.:80']) {
      assert.equal(await (await ask(host)).text(), 'a.example.com')
    }
    assert.equal(await (await ask('b.localhost')).text(), 'b.localhost')
  })

  it('answers for an unknown host with those that it knows', async () => {
    for (const host of ['localhost:8080', 'c.localhost', '[::1]:8080', '', 'xa.example.com']) {
      const answer = await ask(host)
      assert.equal(answer.status, 404)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      const { code, hosts } = (await answer.json()) as { code: string; hosts: string[] }
      assert.equal(code, 'unknown_host')
      assert.deepEqual(hosts, ['a.localhost', 'a.example.com', 'b.localhost'])
    }
  })

  it('reads the host where there are no raw headers', async () => {
    const request = new Request('http://localhost/')
    Object.defineProperty(request, 'headers', { value: new Headers({ host: 'b.localhost' }) })
    assert.equal(await (await door(request)).text(), 'b.localhost')
  })
})
