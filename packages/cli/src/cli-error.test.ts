import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as chassis from '@slipway/chassis'
import { EXIT_CONFIG, EXIT_UNAVAILABLE } from './cli-error.ts'

describe('the exit codes of the command', () => {
  it('are those of the chassis', () => {
    assert.deepEqual([EXIT_UNAVAILABLE, EXIT_CONFIG], [chassis.EXIT_UNAVAILABLE, chassis.EXIT_CONFIG])
  })
})
