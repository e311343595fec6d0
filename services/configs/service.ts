import { type Database, database, defineRoute, defineService } from '@slipway/chassis'
import { z } from 'zod'
import { config } from './config.ts'
import { configs } from './configs.ts'
import createConfig from './migrations/001-create-config.ts'
import firstConfigs from './migrations/002-first-configs.ts'
import { readConditions, search } from './search.ts'
import type { Tables } from './tables.ts'

const searchAt = (path: '/configs/search' | '/search') =>
  defineRoute({
    method: 'GET',
    path,
    summary: 'Configs that meet every condition',
    description:
      'Each parameter is a path into the config and the text of the scalar that stands there: `metadata.limits.cpu.enabled=true`; in an array, its index is a step of the path.',
    query: z.looseObject({}),
    response: z.array(config),
    errors: ['bad_request', 'resource_unavailable'],
    handler: ({ query }, { db }: { db: Database<Tables> }) => search(db, readConditions(query)),
  })

export default defineService(
  {
    name: 'configs',
    summary: 'Keeps the configuration of data centres.',
    resources: { db: database<Tables>({ name: 'configs', migrations: [createConfig, firstConfigs] }) },
  },
  [configs.list, configs.create, configs.read, configs.replace, configs.merge, configs.remove, searchAt('/configs/search'), searchAt('/search')],
)
