import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { createProject, freePorts, shoutStack, takePort } from '../cli.fixture.ts'
import { runStack } from './run-stack.ts'

/** Closes what it takes, so that the next one can have it. */
async function isFree(port: number): Promise<boolean> {
  const server = await takePort(port)
  server?.close()
  return server !== undefined
}

it('leaves nothing behind where a part of the stack can not start', { timeout: 30_000 }, async () => {
  const [wrong, right] = [createProject('shout', shoutStack(1, "LOG_LEVEL: 'loud'")), createProject('shout', shoutStack(1))]
  const port = await freePorts(3)
  const run = ({ folder }: { folder: string }) => runStack({ stackFile: join(folder, 'slipway.config.ts'), port, portBase: port + 1, isJson: true })
  await assert.rejects(run(wrong), /The configuration of shout is not valid/)
  for (const each of [port, port + 1, port + 2]) assert.ok(await isFree(each), String(each))
  const taken = await takePort(port)
  await assert.rejects(run(right), /for the front door, is taken/)
  for (const each of [port + 1, port + 2]) assert.ok(await isFree(each), String(each))
  taken?.close()
  for (const project of [wrong, right]) project.remove()
})
