import { processFamily } from './process-family.ts'
import { startMariadb } from './start-mariadb.ts'
import { startPostgres } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'

// Starts one of each, says so and does nothing more: for a test to kill it.
const servers = await Promise.all([startPostgres(), startMariadb(), startRedis()])
console.log(JSON.stringify({ folders: servers.map(({ folder }) => folder), processes: processFamily(process.pid).slice(1) }))
setInterval(() => {}, 60_000)
