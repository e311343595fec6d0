import { z } from 'zod'

/** In any case of its letters; it is one uuid, and written in lower case. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'It must be a UUID')
  .transform((text) => text.toLowerCase())
  .meta({ format: 'uuid' })

const MAX_NAME = 150
/** Of as many characters as a database counts, of which one outside of the basic plane is two for JavaScript, and without NUL, which a CSV file may have. */
const name = z
  .string()
  .min(1)
  .refine((text) => text.length <= 2 * MAX_NAME && [...text].length <= MAX_NAME, `It must have at most ${MAX_NAME} characters`)
  .refine((text) => !text.includes('\0'), 'It must not have a NUL character')
  .meta({ maxLength: MAX_NAME })

/** What is known of a passenger. */
export const facts = {
  survived: z.boolean(),
  passengerClass: z.int().min(1).max(3),
  name,
  sex: z.enum(['male', 'female', 'other']),
  age: z.number().min(0).max(150).nullable(),
  siblingsOrSpousesAboard: z.int().min(0).max(2_147_483_647),
  parentsOrChildrenAboard: z.int().min(0).max(2_147_483_647),
  fare: z.number().min(0),
}

export const passenger = z.object({ uuid: z.string(), ...facts }).meta({
  id: 'Passenger',
  examples: [
    {
      uuid: '5d7c2c0e-9f0a-4f3e-8a51-0c0f6a9f7a11',
      survived: true,
      passengerClass: 2,
      name: "Mrs. Aoife (Nora) O'Dwyer",
      sex: 'female',
      age: 34.5,
      siblingsOrSpousesAboard: 1,
      parentsOrChildrenAboard: 0,
      fare: 26,
    },
  ],
})
export type Passenger = z.output<typeof passenger>

/** What clients send: a uuid only where they have made one. */
export const passengerInput = z.strictObject({ uuid: uuid.optional(), ...facts, age: facts.age.default(null) })
export type PassengerInput = z.output<typeof passengerInput>

/** As it is stored: true is 1, and the name a second time, for searching. */
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

export interface Tables {
  passenger: PassengerColumns & { position: number; uuid: string; revision: string }
}
