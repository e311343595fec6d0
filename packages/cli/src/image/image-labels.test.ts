import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sourceEpoch, toBrowserUrl } from './image-labels.ts'

describe('where the code of an image is kept', () => {
  for (const [remote, url] of [
    ['git@example.com:harbour/slipway.git', 'https://example.com/harbour/slipway'],
    ['ssh://git@example.com:2222/harbour/slipway.git', 'https://example.com/harbour/slipway'],
    ['https://user:token@example.com/harbour/slipway.git', 'https://example.com/harbour/slipway'],
    ['https://example.com/harbour/slipway/', 'https://example.com/harbour/slipway'],
    ['/srv/git/slipway.git', undefined],
    ['../slipway', undefined],
    ['file:///srv/git/slipway', undefined],
    ['', undefined],
  ] as const) {
    it(`is ${url ?? 'not told'} for the remote ${JSON.stringify(remote)}`, () => assert.equal(toBrowserUrl(remote), url))
  }
})

describe('the time of an image', () => {
  it('is that of the commit, or else what SOURCE_DATE_EPOCH says, or else 0', async () => {
    const project = import.meta.dirname
    assert.equal(await sourceEpoch(project, { SOURCE_DATE_EPOCH: '1700000000' }), 1_700_000_000)
    assert.equal(await sourceEpoch('/', {}), 0)
    assert.ok((await sourceEpoch(project, { SOURCE_DATE_EPOCH: 'yesterday' })) > 1_700_000_000)
  })
})
