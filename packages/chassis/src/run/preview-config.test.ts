import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineService } from '../definition/define-service.ts'
import { secret } from '../definition/secret.ts'
import { previewConfig } from './preview-config.ts'

const config = { BERTHS: z.int().describe('How many ships fit.'), HARBOUR_PIN: secret(z.string()).describe('Opens the harbour.') }
const ferry = defineService({ name: 'ferry', summary: 'Crosses the fjord.', config }, [])

describe('previewConfig', () => {
  it('parses what an environment has, and leaves the files of secrets closed', () => {
    const { values, problems } = previewConfig(ferry, { BERTHS: '3', HARBOUR_PIN_FILE: '/nowhere/pin', DRAIN_DELAY: '2.5' })
    assert.deepEqual(problems, [])
    assert.deepEqual([values.service, values.base?.DRAIN_DELAY], [{ BERTHS: 3 }, 2.5])
  })

  it('says what is wrong, in the words of the start, and never shows a secret', () => {
    const { values, problems } = previewConfig(ferry, { BERTHS: 'many' })
    assert.deepEqual(problems, [
      'BERTHS must be a whole number; it is "many".',
      'HARBOUR_PIN is not set; set it or HARBOUR_PIN_FILE to text: Opens the harbour.',
    ])
    assert.deepEqual(values.service, {})
  })
})
