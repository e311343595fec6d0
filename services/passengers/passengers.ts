import { randomUUID } from 'node:crypto'
import { collection, contains, equals, foldCase } from '@slipway/chassis'
import { z } from 'zod'
import { type Passenger, type PassengerColumns, type PassengerInput, passenger, passengerClass, passengerInput, sex, uuid } from './passenger.ts'

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
  toColumns,
  toObject,
  filters: {
    survived: equals('survived', z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }), Number),
    passengerClass: equals('passenger_class', z.coerce.number().pipe(passengerClass)),
    sex: equals('sex', sex),
    name: contains('name_folded', z.string().max(150)),
  },
  sorts: {
    name: { column: 'name' },
    age: { column: 'age', isNullable: true },
    fare: { column: 'fare' },
    passengerClass: { column: 'passenger_class' },
    survived: { column: 'survived' },
    sex: { column: 'sex' },
    siblingsOrSpousesAboard: { column: 'siblings_or_spouses_aboard' },
    parentsOrChildrenAboard: { column: 'parents_or_children_aboard' },
    uuid: { column: 'uuid' },
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

function toObject(key: string, columns: PassengerColumns): Passenger {
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
