import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import type { StandInDefinition } from '../define-stack.ts'
import { neededStandIns, startStandIns } from './start-stand-ins.ts'

async function listen(port: number) {
  const server = createServer((_request, response) => response.end()).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const standIn = (name: string, port: number, start: StandInDefinition['start'] = ({ port: own }) => listen(own)): StandInDefinition => ({
  name,
  port,
  start,
  config: (url) => ({ [`${name.toUpperCase()}_URL`]: url }),
})

describe('startStandIns', () => {
  it('tells where each answers, and what leads there', async () => {
    const running = await startStandIns([standIn('tide', 0), standIn('wind', 0)])
    assert.deepEqual(
      running.places.map(({ name }) => name),
      ['tide', 'wind'],
    )
    const urls = running.places.map(({ url }) => url)
    assert.deepEqual(running.config, { TIDE_URL: urls[0], WIND_URL: urls[1] })
    for (const url of urls) assert.ok((await fetch(url)).ok)
    await running.close()
    for (const url of urls) await assert.rejects(fetch(url))
  })

  it('is not needed where the environment leads elsewhere already', () => {
    const standIns = [standIn('tide', 0), standIn('wind', 0)]
    assert.deepEqual(neededStandIns(standIns, {}), standIns)
    assert.deepEqual(neededStandIns(standIns, { TIDE_URL: 'https://tide.example.com', WIND_URL_FILE: '/run/wind' }), [])
  })

  it('starts none where one can’t, and says why', async () => {
    const taken = await listen(0)
    const port = Number(new URL(taken.url).port)
    let first = ''
    const start = async () => {
      const server = await listen(0)
      first = server.url
      return server
    }
    await assert.rejects(startStandIns([standIn('tide', 0, start), standIn('wind', port)]), {
      name: 'CliError',
      message: `Port ${port}, for the stand-in wind, is taken; stop what listens there, another stack perhaps, or choose other ports with --port and --port-base.`,
    })
    await assert.rejects(fetch(first))
    await taken.close()
  })
})
