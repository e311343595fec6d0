import { migration } from '@slipway/chassis'

export default migration('001-create-passenger', ({ query, type }) => [
  query.schema
    .createTable('passenger')
    .addColumn('position', type.serial)
    .addColumn('uuid', type.text(36), (column) => column.notNull().unique())
    .addColumn('revision', type.text(36), (column) => column.notNull())
    .addColumn('survived', type.flag, (column) => column.notNull())
    .addColumn('passenger_class', type.flag, (column) => column.notNull())
    .addColumn('name', type.text(150), (column) => column.notNull())
    // Folding can make a text longer: three characters of one.
    .addColumn('name_folded', type.text(450), (column) => column.notNull())
    .addColumn('sex', type.text(6), (column) => column.notNull())
    .addColumn('age', type.double)
    .addColumn('siblings_or_spouses_aboard', type.integer, (column) => column.notNull())
    .addColumn('parents_or_children_aboard', type.integer, (column) => column.notNull())
    .addColumn('fare', type.double, (column) => column.notNull()),
])
