import { migration } from '@slipway/chassis'

type Person = [
  survived: boolean,
  passengerClass: number,
  name: string,
  sex: 'male' | 'female',
  age: number | null,
  siblingsOrSpousesAboard: number,
  parentsOrChildrenAboard: number,
  fare: number,
]

/** Nobody of these ever lived. */
const people: readonly Person[] = [
  [true, 3, 'Mrs. Gustav (Edith) Lindqvist', 'female', 47, 1, 0, 12.51],
  [true, 3, 'Mrs. Jasper (Lydia) Duval', 'female', 43.5, 1, 0, 8.87],
  [true, 3, 'Miss Agnes Novak', 'female', 9.5, 0, 2, 8.12],
  [false, 2, 'Mr. Albert Haraldsen', 'male', 6.5, 1, 2, 25.15],
  [false, 2, 'Mr. Edmund Zielinski', 'male', 41, 1, 0, 19.41],
  [false, 1, 'Mr. Gustav Duval', 'male', 36, 2, 0, 72.34],
  [true, 3, 'Miss Beatrice Müller-Lüdenscheidt', 'female', null, 1, 0, 6.94],
  [false, 3, 'Mr. Magnus "Red" Haraldsen, Jr.', 'male', 12, 1, 0, 11.82],
  [false, 2, 'Dr. Patrick Ó Briain', 'male', 22, 0, 2, 17.94],
  [false, 3, 'Mr. Bruno Farquhar', 'male', 24.5, 0, 0, 13.25],
  [false, 3, 'Dr. Henrik Müller-Lüdenscheidt', 'male', 33, 0, 0, 7.57],
  [true, 3, 'Mr. Henrik Novak', 'male', null, 1, 0, 10.83],
  [true, 3, 'Miss Matilda Castellanos', 'female', null, 1, 0, 12.21],
  [true, 2, 'Mrs. Oskar (Matilda) Weatherby', 'female', 44.5, 1, 1, 21.46],
  [true, 2, 'Miss Nora Castellanos', 'female', 19.5, 0, 0, 12.84],
  [true, 2, 'Mrs. Fergus (Olive) Müller-Lüdenscheidt', 'female', 20, 0, 2, 18.31],
  [false, 2, 'Mrs. Cornelius (Florence) Zielinski', 'female', 57.5, 1, 0, 21.53],
  [false, 3, "Mr. Bruno O'Dwyer", 'male', 38.5, 0, 2, 7.69],
  [true, 3, 'Mr. Cornelius Zielinski', 'male', null, 0, 1, 7.25],
  [true, 3, 'Mrs. Henrik (Harriet) Zielinski', 'female', 32, 2, 2, 9.46],
  [false, 1, 'Mr. Cornelius Pemberton', 'male', 38, 0, 0, 66.83],
  [true, 3, 'Dr. Henrik Weatherby', 'male', 39, 1, 0, 9.66],
  [false, 3, 'Mr. Dmitri Zielinski', 'male', 34, 0, 0, 9.09],
  [false, 2, 'Mr. Karl Duval', 'male', 31.5, 2, 1, 29.55],
  [true, 3, 'Mrs. Edmund (Agnes) Novak', 'female', 17.5, 0, 0, 5.84],
  [true, 2, 'Mrs. Fergus (Edith) Pemberton', 'female', 31, 0, 0, 28.37],
  [true, 1, "Miss Agnes O'Dwyer", 'female', 41.5, 0, 0, 96.61],
  [false, 3, 'Mr. Ignatius Novak', 'male', 45, 2, 2, 11.73],
  [false, 2, 'Mr. Karl Lindqvist', 'male', 13, 0, 0, 28.88],
  [true, 3, "Miss Agnes O'Dwyer", 'female', null, 1, 2, 11.77],
  [false, 1, "Dr. Gustav O'Dwyer", 'male', null, 0, 1, 71.09],
  [true, 1, 'Mrs. Edmund (Nora) Castellanos', 'female', 19.5, 1, 0, 46.64],
  [true, 2, 'Mrs. Gustav (Harriet) Farquhar', 'female', 44, 1, 1, 21.64],
  [true, 1, 'Mrs. Jasper (Agnes) Brandt', 'female', 12, 0, 2, 66.93],
  [false, 2, 'Mr. Albert Ó Briain', 'male', 11, 0, 0, 13.49],
  [false, 1, 'Mr. Fergus Pemberton', 'male', 8, 2, 2, 60.92],
]

export default migration('002-first-passengers', ({ query }) => [query.insertInto('passenger').values(people.map(rowOf))])

/** Written out, and not by what the service uses today: a migration must stay as it was applied. */
function rowOf([survived, passengerClass, name, sex, age, siblingsOrSpousesAboard, parentsOrChildrenAboard, fare]: Person, index: number) {
  return {
    uuid: `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
    revision: 'first',
    survived: survived ? 1 : 0,
    passenger_class: passengerClass,
    name,
    name_folded: name.toLowerCase(),
    sex,
    age,
    siblings_or_spouses_aboard: siblingsOrSpousesAboard,
    parents_or_children_aboard: parentsOrChildrenAboard,
    fare,
  }
}
