import type { Paint } from '../paint.ts'
import { renderTable } from './table.ts'

/** What answers where in `slipway dev`. */
export interface StackPlaces {
  /** The front door's URL. */
  frontDoor: string
  deployments: readonly DeploymentPlace[]
  /** What answers in the place of somebody else's services. */
  standIns: readonly { name: string; url: string }[]
}

export interface DeploymentPlace {
  deployment: string
  service: string
  /** On its own port. */
  url: string
  /** Through the front door. */
  frontDoor: string
  /** The host that it has in production; the front door takes it as well. */
  host: string
  state: string
}

const HEADINGS = ['DEPLOYMENT', 'SERVICE', 'PORT', 'FRONT DOOR', 'STATE']

/** The table that `slipway dev` prints when everything answers. */
export function renderStackTable({ frontDoor, deployments, standIns }: StackPlaces, paint: Paint): string {
  const rows = deployments.map((place) => [
    paint('bold', place.deployment),
    place.service,
    paint('cyan', place.url),
    paint('cyan', place.frontDoor),
    paint(place.state === 'ready' ? 'green' : 'yellow', place.state),
  ])
  const [headings = '', ...lines] = renderTable([HEADINGS, ...rows])
  const hints = deployments
    .slice(0, 1)
    .flatMap((place) => [
      `The front door routes by host:   curl ${frontDoor} -H 'Host: ${new URL(place.frontDoor).hostname}'`,
      `It takes production's hosts too: curl ${frontDoor} -H 'Host: ${place.host}'`,
    ])
  hints.push(...standIns.map(({ name, url }) => `Standing in for ${name}: ${url}`))
  return `\n${[paint('dim', headings), ...lines, '', ...hints.map((hint) => paint('dim', hint))].join('\n')}\n\n`
}
