import { join } from 'node:path'
import type { MigrationTask } from '@slipway/chassis'
import { Command, Option } from 'commander'
import { findProject, STACK_FILE } from '../find-project.ts'
import { createPaint } from '../paint.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  status?: boolean
  applied?: string
  forget?: string
  json?: boolean
}

/** `slipway migrate`: the database of a deployment, brought up to date. */
export function createMigrateCommand(): Command {
  const command = new Command('migrate')
    .summary("bring a deployment's database up to date")
    .description(
      'Applies the migrations that the database of a deployment lacks, in order and under a lock. The database is the one that slipway dev would use: as the stack says, or as DATABASE_URL or DATABASE_URL_FILE in the environment says.',
    )
    .argument('<deployment>', 'its name in slipway.config.ts')
    .addOption(new Option('--status', 'change nothing; print every migration and its state').conflicts(['applied', 'forget']))
    .addOption(new Option('--applied <name>', 'a migration broke off half-way, and all of it is there by now').conflicts('forget'))
    .option('--forget <name>', 'a migration broke off half-way, and nothing of it is there any more')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options: Options) => {
      const { migrateDeployment } = await import('../migrate/migrate-deployment.ts')
      const { renderMigrations } = await import('../render/migration-table.ts')
      const stackFile = join(findProject(), STACK_FILE)
      const result = await migrateDeployment({ stackFile, name, task: taskOf(options), environment: process.env })
      const { stdout } = process
      if (options.json) stdout.write(`${JSON.stringify(result)}\n`)
      else stdout.write(renderMigrations(result, { isStatus: options.status === true, paint: createPaint(stdout) }))
    })
  return addExamples(command, [
    ['slipway migrate customer-a', 'apply what is pending'],
    ['slipway migrate customer-a --status', 'what is applied, and what is pending'],
    ['DATABASE_URL_FILE=/run/secrets/db slipway migrate customer-a', 'another database than in development'],
    ['slipway migrate customer-a --forget 003-add-index', 'it broke off on MariaDB, and was undone by hand'],
  ])
}

function taskOf({ status, applied, forget }: Options): MigrationTask {
  if (applied !== undefined) return { kind: 'settle', name: applied, as: 'applied' }
  if (forget !== undefined) return { kind: 'settle', name: forget, as: 'forgotten' }
  return { kind: status ? 'status' : 'apply' }
}
