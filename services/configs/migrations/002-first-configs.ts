import { migration } from '@slipway/chassis'
import { conditionsOf, digestOf } from '../conditions.ts'

const METADATA = { limits: { cpu: { enabled: true, value: '500m' } }, monitoring: { enabled: true } }
const NAMES = ['datacenter-1', 'datacenter-2']

export default migration('002-first-configs', ({ query }) => [
  query.insertInto('config').values(NAMES.map((dcname) => ({ dcname, revision: 'first', metadata: JSON.stringify(METADATA) }))),
  query
    .insertInto('config_condition')
    .values(
      NAMES.flatMap((dcname) => [...conditionsOf({ dcname, metadata: METADATA })].map((condition) => ({ dcname, digest: digestOf(condition) }))),
    ),
])
