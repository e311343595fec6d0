import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves when a service's readiness has the status that is wanted; 0 is that nobody answers. @throws {Error} after `seconds` */
export async function untilReadiness(url: string, wanted: number, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  for (let status = -1; status !== wanted; ) {
    if (Date.now() > deadline) throw new Error(`The readiness of ${url} was not ${wanted} within ${seconds} s, but ${status}.`)
    status = await fetch(`${url}/readyz`).then(
      (response) => response.status,
      () => 0,
    )
    if (status !== wanted) await sleep(10)
  }
}
