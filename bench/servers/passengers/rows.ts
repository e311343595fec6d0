import { createHash } from 'node:crypto'

/** How many there are when a visit begins. */
export const ROWS = 10_000

/** As clients send it. */
export interface Passenger {
  survived: boolean
  passengerClass: number
  name: string
  sex: string
  age: number | null
  siblingsOrSpousesAboard: number
  parentsOrChildrenAboard: number
  fare: number
}

/** As it is stored, without its position and key. */
export interface PassengerColumns {
  survived: number
  passenger_class: number
  name: string
  name_folded: string
  sex: string
  age: number | null
  siblings_or_spouses_aboard: number
  parents_or_children_aboard: number
  fare: number
}

/** The columns that an INSERT gives, in the order in which `valuesOf` has their values. */
export const COLUMNS = [
  'uuid',
  'revision',
  'survived',
  'passenger_class',
  'name',
  'name_folded',
  'sex',
  'age',
  'siblings_or_spouses_aboard',
  'parents_or_children_aboard',
  'fare',
] as const

export function valuesOf(uuid: string, revision: string, passenger: Passenger): (string | number | null)[] {
  const { survived, passengerClass, name, sex, age, siblingsOrSpousesAboard, parentsOrChildrenAboard, fare } = passenger
  const folded = name.normalize('NFC').toLowerCase()
  return [uuid, revision, survived ? 1 : 0, passengerClass, name, folded, sex, age, siblingsOrSpousesAboard, parentsOrChildrenAboard, fare]
}

/** What clients get. */
export function toObject(row: PassengerColumns & { uuid: string }): Passenger & { uuid: string } {
  return {
    uuid: row.uuid,
    survived: row.survived === 1,
    passengerClass: row.passenger_class,
    name: row.name,
    sex: row.sex,
    age: row.age,
    siblingsOrSpousesAboard: row.siblings_or_spouses_aboard,
    parentsOrChildrenAboard: row.parents_or_children_aboard,
    fare: row.fare,
  }
}

const FIRST_NAMES = ['Agnes', 'Gustav (Edith)', 'Magnus "Red"', 'Lydia', 'José', 'Beatrice Maud', 'William']
const LAST_NAMES = ['Lindqvist', 'Duval', "O'Dwyer", 'Müller-Lüdenscheidt', 'Zielinski', 'Haraldsen', 'Novak', 'Ito']

/** The same ones each time it is called, with uuids that look random. */
export function firstPassengers(count: number): (Passenger & { uuid: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash('sha1').update(`passenger ${index}`).digest()
    const byte = (place: number) => hash[place] as number
    return {
      uuid: hash.toString('hex', 0, 16).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5'),
      survived: byte(0) < 98,
      passengerClass: 1 + (byte(1) % 3),
      name: `${byte(2) % 2 ? 'Mr.' : 'Mrs.'} ${FIRST_NAMES[byte(3) % FIRST_NAMES.length]} ${LAST_NAMES[byte(4) % LAST_NAMES.length]}`,
      sex: byte(2) % 2 ? 'male' : 'female',
      age: byte(5) < 50 ? null : byte(6) % 80 || 0.5,
      siblingsOrSpousesAboard: byte(7) % 4,
      parentsOrChildrenAboard: byte(8) % 3,
      fare: (byte(9) * 256 + byte(10)) / 400,
    }
  })
}
