import { z } from 'zod'

/** In any case of its letters; it is one uuid, and written in lower case. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .transform((text) => text.toLowerCase())
  .meta({ format: 'uuid' })

export const survived = z.boolean()
export const passengerClass = z.int().min(1).max(3)
export const sex = z.enum(['male', 'female', 'other'])
/** Text that every database holds as it is: no NUL, and no half of a surrogate pair. */
export const passengerName = z
  .string()
  .min(1)
  .max(150)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'It must be well-formed Unicode without NUL')

const facts = {
  survived,
  passengerClass,
  name: passengerName,
  sex,
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
