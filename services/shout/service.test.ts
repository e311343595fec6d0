import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { assertProblem } from '../../test/open-service.ts'
import { type OpenShout, openShout } from './open-shout.fixture.ts'

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}'
const FORM = 'application/x-www-form-urlencoded'

describe('shout', () => {
  let opened: Promise<OpenShout> | undefined
  const open = () => {
    opened ??= openShout()
    return opened
  }
  after(async () => (await opened)?.close())

  test('turns a text round and has it shouted, by JSON and by form, on every path', async () => {
    const { shout, standIn } = await open()
    const answer = await shout('test')
    assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.body], [200, 'application/json', { data: 'TSET' }])
    assert.deepEqual([standIn.calls(), standIn.lastHeaders()['content-type']], [1, 'application/json'])
    for (const path of ['/', '/v1', '/v1/', '//'.slice(1)]) {
      assert.deepEqual((await shout('test', { path })).body, { data: 'TSET' })
      const form = { headers: { 'content-type': FORM }, body: 'data=test&other=1' }
      assert.deepEqual((await shout('', { path, ...form })).body, { data: 'TSET' })
    }
  })

  test('takes a media type with parameters, in any case', async () => {
    const { shout } = await open()
    const body = '{"data": "grüße", "more": [1]}'
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      assert.deepEqual((await shout('', { headers: { 'content-type': type }, body })).body, { data: 'ESSÜRG' })
    }
    const form = { headers: { 'content-type': `${FORM}; charset=UTF-8` }, body: 'data=gr%C3%BC%C3%9Fe+%2B' }
    assert.deepEqual((await shout('', form)).body, { data: '+ ESSÜRG' })
  })

  test('keeps together what people see as one character', async () => {
    const { shout } = await open()
    for (const [text, expected] of [
      [`a${FAMILY}b`, `B${FAMILY}A`],
      ['cafe\u0301', 'E\u0301FAC'],
      ['\u05E9\u05B8\u05DC\u05D5\u05B9\u05DD', '\u05DD\u05D5\u05B9\u05DC\u05E9\u05B8'],
      ['line\r\nbreak', 'KAERB\r\nENIL'],
    ]) {
      assert.deepEqual((await shout(text as string)).body, { data: expected })
      const form = { headers: { 'content-type': FORM }, body: new URLSearchParams({ data: text as string }).toString() }
      assert.deepEqual((await shout('', form)).body, { data: expected })
    }
  })

  test('answers an empty text without a call', async () => {
    const { shout, standIn } = await open()
    const calls = standIn.calls()
    for (const init of [{}, { headers: { 'content-type': FORM }, body: 'data=' }]) assert.deepEqual((await shout('', init)).body, { data: '' })
    assert.equal(standIn.calls(), calls)
  })

  test('refuses data that is no text', async () => {
    const { send } = await open()
    for (const body of ['{}', '{"data": null}', '{"data": 1}', '{"data": ["a"]}', '{"DATA": "a"}', '[]', '"data"', 'null', '{"data": "a\\u0000b"}']) {
      assertProblem(await send('POST', '/', { body }), 422, 'validation_failed')
    }
    for (const body of ['', 'other=1', 'data=a&data=b', 'data=a%00b']) {
      assertProblem(await send('POST', '/', { body, headers: { 'content-type': FORM } }), 422, 'validation_failed')
    }
  })

  test('refuses what is malformed', async () => {
    const { send } = await open()
    for (const body of ['', '{', '{"data": "a"', "{'data': 'a'}", '{"data": "\\ud800"}', '{"data": "a\\udc00b"}', new Uint8Array([0x7b, 0xff])]) {
      assertProblem(await send('POST', '/', { body }), 400, 'malformed_body')
    }
  })

  test('refuses other media types, methods and paths', async () => {
    const { send } = await open()
    for (const type of ['text/plain', 'multipart/form-data; boundary=a', 'application/xml', 'application/jsonp', '']) {
      assertProblem(await send('POST', '/', { body: '{"data": "a"}', headers: { 'content-type': type } }), 415, 'unsupported_media_type')
    }
    const wrong = await send('GET', '/v1')
    assertProblem(wrong, 405, 'method_not_allowed')
    assert.equal(wrong.headers.get('allow'), 'POST, OPTIONS')
    assertProblem(await send('POST', '/v2', { body: '{}' }), 404, 'unknown_path')
  })

  test('takes 64 KiB, and not a byte more', async () => {
    const { shout, send } = await open()
    const fits = '{"data": ""}'.replace('""', `"${'x'.repeat(65_536 - 12)}"`)
    assert.equal(Buffer.byteLength(fits), 65_536)
    const answer = await shout('', { body: fits })
    assert.deepEqual(answer.body, { data: 'X'.repeat(65_536 - 12) })
    for (const headers of [{}, { 'content-type': FORM }]) {
      assertProblem(await send('POST', '/', { body: `${fits} `, headers }), 413, 'body_too_large')
    }
    const unannounced = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.from(`${fits} `))
        controller.close()
      },
    })
    assertProblem(await send('POST', '/', { body: unannounced }), 413, 'body_too_large')
  })

  test('counts bytes, not characters, in the 64 KiB', async () => {
    const { shout, send } = await open()
    // Four bytes and two halves a character, and three more where it is escaped in a form.
    const text = '\u{1F600}'.repeat(5000)
    const json = (padding: number) => `{"data": "${text}${'x'.repeat(padding)}"}`
    const room = 65_536 - Buffer.byteLength(json(0))
    assert.deepEqual((await shout('', { body: json(room) })).body, { data: 'X'.repeat(room) + text })
    assertProblem(await send('POST', '/', { body: json(room + 1) }), 413, 'body_too_large')
    const form = (padding: number) => new URLSearchParams({ data: text }).toString() + 'x'.repeat(padding)
    const left = 65_536 - form(0).length
    const headers = { 'content-type': FORM }
    assert.deepEqual((await shout('', { body: form(left), headers })).body, { data: 'X'.repeat(left) + text })
    assertProblem(await send('POST', '/', { body: form(left + 1), headers }), 413, 'body_too_large')
  })

  test('refuses halves of characters in a form', async () => {
    const { send } = await open()
    for (const body of ['data=%ED%A0%80', 'data=a%ED%B0%80b', 'data=%FF', 'data=%C3']) {
      assertProblem(await send('POST', '/', { body, headers: { 'content-type': FORM } }), 400, 'malformed_body')
    }
  })

  test('says where an answer comes from', async () => {
    const { shout } = await open()
    const first = await shout('whence')
    assert.deepEqual([first.headers.get('cache-status'), first.headers.get('age')], ['shout; fwd=miss', null])
    const second = await shout('whence')
    assert.deepEqual([second.headers.get('cache-status'), second.headers.get('age')], ['shout; hit', '0'])
  })
})
