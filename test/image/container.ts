import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../start-process.ts'
import { callPodman } from './call-podman.ts'

export interface Container {
  id: string
  /** Where the service answers. */
  url: string
  /** Where health and metrics do. */
  management: string
  /** As Kubernetes would, with a grace period in seconds; resolves to the exit code and how long it took. */
  stop(grace: number): Promise<{ code: number; milliseconds: number }>
  remove(): Promise<void>
}

/** As a restricted pod is run: read-only, no capabilities, no new privileges, the image's own user. */
const RESTRICTED = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges']
/** The host's network needs no plugin; podman's own limits are higher than a process in a container may set. */
const HERE = ['--network', 'host', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024']

/** Starts an image and waits until it is ready. */
export async function startContainer(image: string, environment: Readonly<Record<string, string>>): Promise<Container> {
  const [port, managementPort] = [await freePort(), await freePort()]
  const variables = Object.entries({ PORT: port, MANAGEMENT_PORT: managementPort, ...environment }).flatMap(([key, value]) => [
    '--env',
    `${key}=${value}`,
  ])
  const id = await callPodman('run', '--detach', ...RESTRICTED, ...HERE, ...variables, image)
  const container: Container = {
    id,
    url: `http://127.0.0.1:${port}`,
    management: `http://127.0.0.1:${managementPort}`,
    async stop(grace) {
      const startedAt = performance.now()
      await callPodman('stop', '--time', String(grace), id)
      const milliseconds = performance.now() - startedAt
      return { code: Number(await callPodman('inspect', '--format', '{{.State.ExitCode}}', id)), milliseconds }
    },
    async remove() {
      await callPodman('rm', '--force', '--time', '0', id)
    },
  }
  await untilReady(container)
  return container
}

async function untilReady(container: Container): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isReady = await fetch(`${container.management}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await sleep(50)
  }
  const said = await callPodman('logs', container.id)
  await container.remove()
  throw new Error(`The container did not become ready within 10 s:\n${said}`)
}
