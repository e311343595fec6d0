import { migration } from '@slipway/chassis'
import { sql } from 'kysely'

export default migration('001-create-user', ({ query, system, type }) => {
  const time = sql.raw({ sqlite: 'text', postgresql: 'timestamp', mysql: 'datetime' }[system])
  return [
    query.schema
      .createTable('USER_')
      .addColumn('ID', type.integer, (column) => column.primaryKey().notNull())
      .addColumn('CREATE_ID', type.text(255), (column) => column.notNull())
      .addColumn('CREATE_TIME', time, (column) => column.notNull())
      .addColumn('MOD_ID', type.text(255), (column) => column.notNull())
      .addColumn('MOD_TIME', time, (column) => column.notNull())
      .addColumn('AFFILIATION', type.text(255))
      .addColumn('EMAIL', type.text(255))
      .addColumn('FULLNAME', type.text(255))
      .addColumn('NAME', type.text(255), (column) => column.notNull().unique())
      .addColumn('ORCIDID', type.text(255)),
  ]
})
