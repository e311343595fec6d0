import { ServerProcess } from '../../host/server-process.ts'

/** Has the service make its tables, as it does at its first start. */
export async function makeSchema(url: string, folder: string): Promise<void> {
  const environment = { DATABASE_URL: url, DRAIN_DELAY: '0' }
  const service = await ServerProcess.start(
    { runtime: 'node', command: ['services/passengers/main.ts'], environment },
    { folder, prefix: [], timeout: 30 },
  )
  await service.untilUp(async () => (await fetch(`${service.url}/passengers?limit=1`, { headers: { connection: 'close' } })).ok)
  await service.stop()
}
