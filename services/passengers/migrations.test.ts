import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksumsOf, REMEDY } from '../../test/checksums-of.ts'
import createPassenger from './migrations/001-create-passenger.ts'
import firstPassengers from './migrations/002-first-passengers.ts'

test('the migrations are what they were', () => {
  const expected = {
    '001-create-passenger': {
      sqlite: '2e01ca4b6eef0be842fbe0202b4c8f9b7b4c6aede70cb50d02880d1c3649d48b',
      postgresql: '8011a79765efc0f049d365e50f87a1ad5794d5daf0b4255a8f040b5ccb07989c',
      mysql: 'ad2d84904870e97708db97b018e5db692b1a46df7a74ed7d0d70b14d77a98770',
    },
    '002-first-passengers': {
      sqlite: '4b8b6e58ce96582d6910782f4204adeca67175ed77953131acf7beb388e64615',
      postgresql: '4f488e93f27950e5a675e2ac1f869a9a8a44cedf1f037468e70138c41badd49e',
      mysql: 'f973c77138eadc83ddc62208388322f7d821f4d8db9856bbebc673ff78b5c50b',
    },
  }
  assert.deepEqual(checksumsOf([createPassenger, firstPassengers]), expected, REMEDY)
})
