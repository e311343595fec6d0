import { migration } from '@slipway/chassis'

export default migration('001-create-config', ({ query, type }) => [
  query.schema
    .createTable('config')
    .addColumn('position', type.serial)
    .addColumn('dcname', type.text(253), (column) => column.notNull().unique())
    .addColumn('revision', type.text(36), (column) => column.notNull())
    .addColumn('metadata', type.longText, (column) => column.notNull()),
  query.schema
    .createTable('config_condition')
    .addColumn('digest', type.text(43), (column) => column.notNull())
    .addColumn('dcname', type.text(253), (column) => column.notNull())
    .addPrimaryKeyConstraint('config_condition_key', ['digest', 'dcname'])
    .addForeignKeyConstraint('config_condition_config', ['dcname'], 'config', ['dcname'], (key) => key.onDelete('cascade')),
  query.schema.createIndex('config_condition_dcname').on('config_condition').column('dcname'),
])
