import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import harbour from '../../../../../test/fixtures/harbour/service.ts'
import { warehouse } from '../../../../../test/fixtures/warehouse.ts'
import { defineRoute, type Route } from '../../definition/define-route.ts'
import { defineService } from '../../definition/define-service.ts'
import { toOpenApi } from '../openapi/to-openapi.ts'
import { docsPagePolicy, renderDocsPage } from './docs-page.ts'

const HOSTILE = '<script>alert("x")</script><img src=x onerror=\'alert(1)\'>&amp;'
const page = renderDocsPage(toOpenApi(harbour, '1.2.3'))

function pageOf(routes: Route[], description?: string): string {
  const errors = { hostile: { status: 418, title: HOSTILE, remedy: HOSTILE } }
  return renderDocsPage(toOpenApi(defineService({ name: 'sample', summary: HOSTILE, errors, ...(description && { description }) }, routes), '1.0.0'))
}

/** What stands between the tags, as a reader sees it. */
function textOf(html: string): string {
  const text = html
    .replaceAll(/<(style|script)>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[.,:])/g, '')
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

function assertSays(html: string, phrases: readonly string[]): void {
  const text = textOf(html)
  assert.deepEqual(
    phrases.filter((phrase) => !text.includes(phrase)),
    [],
  )
}

describe('renderDocsPage', () => {
  it('escapes all that comes from the definition', () => {
    const hostile = z
      .string()
      .describe(HOSTILE)
      .meta({ examples: [HOSTILE], title: HOSTILE })
    const html = pageOf(
      [
        defineRoute({
          method: 'POST',
          path: '/{id}',
          summary: HOSTILE,
          description: `${HOSTILE}\n\n- ${HOSTILE} \`${HOSTILE}\` **${HOSTILE}**`,
          deprecated: true,
          params: z.object({ id: hostile }),
          query: z.object({ choice: z.enum([HOSTILE, 'b']).default(HOSTILE) }),
          headers: z.object({ [HOSTILE.toLowerCase()]: hostile }),
          body: z.object({ [HOSTILE]: hostile, pattern: z.string().regex(/<b>/), tagged: z.literal(HOSTILE) }),
          response: z
            .object({ [HOSTILE]: z.union([z.object({ a: hostile }), z.object({ b: hostile })]) })
            .describe(HOSTILE)
            .meta({ id: 'Hostile' }),
          errors: ['hostile'],
          handler: () => undefined as never,
        }),
      ],
      HOSTILE,
    )
    assert.equal(html.match(/<script/g)?.length, 1)
    assert.equal(html.match(/<style/g)?.length, 1)
    assert.doesNotMatch(html, /<img|<b>(?!\{)/)
    // Nothing that was quoted ends the attribute that it stands in.
    for (const [, attributes = ''] of html.matchAll(/<[a-z]+\d?((?:\s[^<>]*)?)>/g)) {
      assert.match(attributes, /^(\s+[a-z-]+(="[^"]*")?)*\s?$/)
    }
    assert.ok(textOf(html).split(HOSTILE).length > 20)
  })

  it('has an anchor for each error, as problem details link to it, for each operation and for each schema', () => {
    const { paths, components, 'x-problems': problems } = toOpenApi(harbour, '1.2.3')
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    assert.equal(new Set(ids).size, ids.length)
    // A service may give an error any name without a hyphen.
    assert.deepEqual(
      ids.filter((id = '') => !id.includes('-') && !Object.hasOwn(problems, id)),
      [],
    )
    for (const code of Object.keys(problems)) assert.ok(ids.includes(code), code)
    for (const name of Object.keys(components.schemas)) assert.ok(ids.includes(`schema-${name}`), name)
    for (const operations of Object.values(paths)) {
      for (const { operationId } of Object.values(operations)) assert.ok(ids.includes(`operation-${operationId}`), operationId)
    }
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(target), `#${target} leads nowhere.`)
  })

  it('says of each error its status, title and remedy', () => {
    assertSays(page, [
      '409 berth_taken Berth taken Choose another berth, or wait for its ship to leave.',
      '415 unsupported_media_type Unsupported media type',
    ])
  })

  it('loads nothing from elsewhere', () => {
    const targets = [...page.matchAll(/(?:href|src|action)="([^"]*)"/g)].map((match) => match[1] ?? '')
    assert.deepEqual([...new Set(targets.filter((target) => !target.startsWith('#')))], ['data:,', '/openapi.json'])
    assert.doesNotMatch(page, /@import|url\(|import\(|\/\/cdn/)
  })

  it('is small', () => {
    const one = pageOf([
      defineRoute({ method: 'GET', path: '/', summary: 'Reads', response: z.object({ a: z.string() }), handler: () => ({ a: '' }) }),
    ])
    assert.ok(Buffer.byteLength(one) < 30_000, `One route: ${Buffer.byteLength(one)} bytes.`)
    assert.ok(Buffer.byteLength(page) < 70_000, `Seven rich routes: ${Buffer.byteLength(page)} bytes.`)
  })

  it('tells of a schema what a client has to know', () => {
    assertSays(page, [
      'imo string required The number that a hull keeps for life. matches ^IMO\\d{7}$ for example IMO9321483',
      'kind string required one of tanker, bulk, container, ferry',
      'draught number required Metres. more than 0 at most 30',
      'flag string or null exactly 2 characters default null',
      'cargo object either object type string required always boxes count integer required at least 0 or object type string required always liquid',
      'tags map of string Anything else, by name. Each one: at most 63 characters',
      'limit integer How many. 1 to 1000 default 100',
      'application/json: array of tuple 1 to 96 items [0] string (date-time)',
      'reports array of Crew',
    ])
    assert.match(page, /<p>As painted on the bow; <strong>may change<\/strong> with the owner\.<\/p>/)
  })

  it('shows each media type of a body with what it holds, and an example to send', () => {
    const html = renderDocsPage(toOpenApi(warehouse, '1.0.0'))
    assertSays(html, [
      'Store a crate POST / crates With text/csv or text/plain: Store all crates of a list. One crate a line. All or none are stored.',
      'Request body application/json label string required at least 1 character text/csv or text/plain: string One label a line. for example nails screws',
      'application/merge-patch+json',
    ])
    assert.match(html, /<option data-example="nails\nscrews">text\/csv<\/option>/)
    assert.match(html, /<option data-example="\{\n {2}&quot;label&quot;: &quot;text&quot;\n\}">application\/json<\/option>/)
    assert.equal(html.match(/id="operation-postCrates"/g)?.length, 1)
  })

  it('marks what is deprecated, in the contents too', () => {
    assert.equal(page.match(/class="deprecated"/g)?.length, 2)
  })

  it('names its own script and style in its policy, and allows no other', () => {
    const policy = docsPagePolicy()
    assert.match(policy, /script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-[A-Za-z0-9+/]{43}='; connect-src 'self'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.doesNotMatch(page, / (style|on[a-z]+)="/)
  })
})
