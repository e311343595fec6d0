import { randomUUID } from 'node:crypto'
import { collection, contains, equals, foldCase } from '@slipway/chassis'
import { z } from 'zod'
import { facts, type Passenger, type PassengerColumns, type PassengerInput, passenger, passengerInput, uuid } from './passenger.ts'

export const passengers = collection({
  name: 'passenger',
  path: '/passengers',
  table: 'passenger',
  key: 'uuid',
  keySchema: uuid,
  input: passengerInput,
  output: passenger,
  keyOf: (input: PassengerInput) => input.uuid,
  newKey: randomUUID,
  columns: ['survived', 'passenger_class', 'name', 'name_folded', 'sex', 'age', 'siblings_or_spouses_aboard', 'parents_or_children_aboard', 'fare'],
  searchColumns: ['name_folded'],
  toColumns,
  toObject,
  filters: {
    survived: equals('survived', z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }), Number),
    passengerClass: equals('passenger_class', z.coerce.number().pipe(facts.passengerClass)),
    sex: equals('sex', facts.sex),
    name: contains('name_folded', z.string().max(150)),
  },
  sorts: {
    name: { column: 'name', holds: 'string' },
    age: { column: 'age', holds: 'number', isNullable: true },
    fare: { column: 'fare', holds: 'number' },
    passengerClass: { column: 'passenger_class', holds: 'number' },
    survived: { column: 'survived', holds: 'number' },
    sex: { column: 'sex', holds: 'string' },
    siblingsOrSpousesAboard: { column: 'siblings_or_spouses_aboard', holds: 'number' },
    parentsOrChildrenAboard: { column: 'parents_or_children_aboard', holds: 'number' },
    uuid: { column: 'uuid', holds: 'string' },
  },
})

function toColumns(input: PassengerInput): PassengerColumns {
  return {
    survived: Number(input.survived),
    passenger_class: input.passengerClass,
    name: input.name,
    name_folded: foldCase(input.name),
    sex: input.sex,
    age: input.age,
    siblings_or_spouses_aboard: input.siblingsOrSpousesAboard,
    parents_or_children_aboard: input.parentsOrChildrenAboard,
    fare: input.fare,
  }
}

function toObject(key: string, columns: Omit<PassengerColumns, 'name_folded'>): Passenger {
  return {
    uuid: key,
    survived: columns.survived === 1,
    passengerClass: columns.passenger_class,
    name: columns.name,
    sex: columns.sex as Passenger['sex'],
    age: columns.age,
    siblingsOrSpousesAboard: columns.siblings_or_spouses_aboard,
    parentsOrChildrenAboard: columns.parents_or_children_aboard,
    fare: columns.fare,
  }
}
