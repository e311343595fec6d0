import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksumsOf, REMEDY } from '../../test/checksums-of.ts'
import createConfig from './migrations/001-create-config.ts'
import firstConfigs from './migrations/002-first-configs.ts'

test('the migrations are what they were', () => {
  const expected = {
    '001-create-config': {
      sqlite: '75eba27aeefe4c4b17259ecf2a8215837b00bdf1aa7d68d2fff931867897f2c7',
      postgresql: 'a609da33c20e2b00da62eaf9e1f336fbaaaf3057f6723fcc5ea788e73bc25b87',
      mysql: '7ab47708cf3c5107a3f116c1af38aff07ad770cb32f5dde6b02d5e87687bee93',
    },
    '002-first-configs': {
      sqlite: '5ec544373c530554d724ff364a19a5e26167073d528c536ef81e63039c4e2d98',
      postgresql: '1ada4c70f8ec54a8601ff8b56bc3f748d279b335c025957c953cdf846d606622',
      mysql: '6bf0602c81392ab8d09b86ae1cdda66ba534ecb27e8698c668af605ea3f14d59',
    },
  }
  assert.deepEqual(checksumsOf([createConfig, firstConfigs]), expected, REMEDY)
})
