import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { type StartedProcess, startProcess } from './start-process.ts'
import { launchChromium } from './tools/chromium.ts'
import { type OpenPage, openPage, type PageView } from './tools/open-page.ts'
import { openApiFaults } from './tools/openapi-faults.ts'

const WIDE: PageView = { width: 1440, height: 900, colorScheme: 'light' }
const VIEWS: readonly PageView[] = [
  WIDE,
  { ...WIDE, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
]

const AXE = `axe.run().then(({ passes, violations }) => ({
  passed: passes.map(({ id }) => id),
  violations: violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')),
}))`

interface Parts {
  browser: Browser
  greeter: StartedProcess
  /** Serves a customer that nobody knows, so that it answers with an error. */
  strange: StartedProcess
  harbour: StartedProcess
}

let parts: Promise<Parts> | undefined

// Not in `before`, which Bun gives five seconds: the first test may have to install Chromium.
function setUp(): Promise<Parts> {
  parts ??= (async () => {
    const browser = await launchChromium()
    const [greeter, strange, harbour] = await Promise.all([
      startProcess('services/greeter/main.ts'),
      startProcess('services/greeter/main.ts', { CUSTOMER_NAME: 'X' }),
      startProcess('test/fixtures/harbour/main.ts'),
    ])
    return { browser, greeter, strange, harbour }
  })()
  return parts
}

async function openDocs(service: StartedProcess, view = WIDE, fragment = ''): Promise<OpenPage> {
  const { browser } = await setUp()
  const opened = await openPage(browser, view, service.url)
  await opened.page.goto(`${service.url}/docs${fragment}`)
  return opened
}

/** Sends the form of one operation and waits for its answer. */
async function send(page: Page, operationId: string): Promise<{ outcome: string; head: string; body: string }> {
  const article = page.locator(`#operation-${operationId}`)
  await article.getByRole('button').click()
  await article
    .locator('.outcome')
    .filter({ hasText: / ms: | no answer / })
    .waitFor({ timeout: 5000 })
  const [outcome, head, body] = await Promise.all(['.outcome', '.head', '.body'].map((part) => article.locator(part).textContent()))
  return { outcome: outcome ?? '', head: head ?? '', body: body ?? '' }
}

/** Evaluates an expression of `element` in the page. A string, because the tests are typed for a server, which has no document. */
function inPage(page: Page, selector: string, expression: string): Promise<unknown> {
  return page.evaluate(`((element) => ${expression})(document.querySelector(${JSON.stringify(selector)}))`)
}

const hasFocus = (page: Page, selector: string) => inPage(page, selector, 'element === document.activeElement')
const isInView = (page: Page, selector: string) =>
  inPage(page, selector, 'element.getBoundingClientRect().top >= 0 && element.getBoundingClientRect().bottom <= innerHeight')

describe('the API page in Chromium', () => {
  after(async () => {
    const { browser, ...services } = (await parts) ?? {}
    await browser?.close()
    for (const service of Object.values(services)) assert.equal(await service.stop(), 0)
  })

  it('loads nothing but itself, and breaks no rule of its own policy', { timeout: 300_000 }, async () => {
    const { greeter } = await setUp()
    const { page, requests, faults } = await openDocs(greeter)
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'greeter')
    assert.equal(await page.locator('main article h3').first().textContent(), "The customer's greeting")
    assert.deepEqual([requests, faults], [[`GET ${greeter.url}/docs`], []])
    await page.close()
  })

  it('needs no network at all', { timeout: 30_000 }, async () => {
    const { browser, harbour } = await setUp()
    const text = await (await fetch(`${harbour.url}/docs`)).text()
    const { page, requests, faults } = await openPage(browser, WIDE)
    await page.setContent(text, { waitUntil: 'load' })
    assert.equal(await page.locator('main > section:first-child > article').count(), 7)
    // The style is there, for the contents stand beside the text.
    assert.equal(await inPage(page, 'body', 'getComputedStyle(element).display'), 'grid')
    assert.deepEqual([requests, faults], [[], []])
    await page.close()
  })

  it('sends a request and shows status, duration, header fields and body', { timeout: 30_000 }, async () => {
    const { greeter } = await setUp()
    const { page, requests, faults } = await openDocs(greeter)
    const { outcome, head, body } = await send(page, 'getRoot')
    assert.match(outcome, /^200 OK in \d+ ms: GET \/$/)
    assert.match(head, /^content-type: application\/json$/m)
    assert.match(head, /^x-content-type-options: nosniff$/m)
    assert.equal(body, '{\n  "response": "Hi!"\n}')
    assert.deepEqual(requests.slice(1), [`GET ${greeter.url}/`])
    assert.deepEqual(faults, [])
    await page.close()
  })

  it('shows an error, whose type leads to its row', { timeout: 30_000 }, async () => {
    const { strange } = await setUp()
    const { page } = await openDocs(strange)
    const { outcome, body } = await send(page, 'getRoot')
    assert.match(outcome, /^404 Not Found in \d+ ms: GET \/$/)
    const { type } = JSON.parse(body) as { type: string }
    assert.equal(type, '/docs#unknown_customer')
    await page.goto(strange.url + type)
    const row = page.locator('tr:target')
    assert.deepEqual(await row.locator('th, td').allTextContents(), [
      '404',
      'unknown_customer',
      'Unknown customer',
      'Set CUSTOMER_NAME to a known customer, or set GREETING.',
    ])
    assert.ok(await isInView(page, 'tr:target'))
    await page.close()
  })

  it('says so where there is no answer', { timeout: 30_000 }, async () => {
    const { greeter } = await setUp()
    const { page } = await openDocs(greeter)
    await page.unrouteAll()
    await page.route('**/*', (route) => route.abort())
    const article = page.locator('#operation-getRoot')
    await article.getByRole('button').click()
    await article.getByText('There is no answer').waitFor()
    await page.close()
  })

  it('sends what its fields say, in path, query, header and body', { timeout: 30_000 }, async () => {
    const { harbour } = await setUp()
    const { page, requests, faults } = await openDocs(harbour)
    const field = (operationId: string, name: string) => page.locator(`#operation-${operationId}`).getByLabel(name)

    await field('getCalls', 'limit').fill('2')
    await field('getCalls', 'kind').selectOption('ferry')
    await field('getCalls', 'cursor').fill('a&b=c d')
    assert.match((await send(page, 'getCalls')).outcome, /^200 OK/)
    assert.equal(requests.at(-1), `GET ${harbour.url}/calls?limit=2&kind=ferry&cursor=a%26b%3Dc+d`)

    // The body is the example that the schema gave.
    const created = await send(page, 'postCalls')
    assert.match(created.outcome, /^201 Created/)
    assert.match(created.head, /^location: \/calls\//m)
    assert.equal((JSON.parse(created.body) as { imo: string }).imo, 'IMO9321483')

    const patch = page.locator('#operation-patchCallsByUuidBerth')
    await patch.getByLabel('Content-Type').selectOption('application/x-www-form-urlencoded')
    assert.equal(await patch.getByLabel('Body', { exact: true }).inputValue(), 'berth=7')
    await patch.getByLabel('Body', { exact: true }).fill('berth=12')
    assert.equal((JSON.parse((await send(page, 'patchCallsByUuidBerth')).body) as { berth: number }).berth, 12)

    await field('getCallsByUuid', 'uuid').fill('no uuid/?')
    const refused = await send(page, 'getCallsByUuid')
    assert.match(refused.outcome, /^400 Bad Request in \d+ ms: GET \/calls\/no%20uuid%2F%3F$/)

    await field('deleteCallsByUuid', 'if-match').fill('"v1"')
    const deleted = page.waitForRequest((request) => request.method() === 'DELETE')
    assert.match((await send(page, 'deleteCallsByUuid')).outcome, /^204 No Content/)
    assert.equal((await deleted).headers()['if-match'], '"v1"')
    assert.equal(await page.locator('#operation-deleteCallsByUuid .body').isHidden(), true)
    // Chromium's console tells of every status from 400 on.
    assert.deepEqual(faults, ['Failed to load resource: the server responded with a status of 400 (Bad Request)'])
    await page.close()
  })

  it('asks for what is required before it sends', { timeout: 30_000 }, async () => {
    const { harbour } = await setUp()
    const { page, requests } = await openDocs(harbour)
    const article = page.locator('#operation-getCallsByUuid')
    await article.getByLabel('uuid').fill('')
    await article.getByRole('button').click()
    assert.equal(requests.length, 1)
    await page.close()
  })

  it('indents JSON without changing what it says', { timeout: 30_000 }, async () => {
    const { greeter } = await setUp()
    const { page } = await openDocs(greeter)
    const json = '{"b" : 12345678901234567890,"a":[ ],"s":"{\\"x\\":[1,2]} \\\\","o":{ },"l":[1.0,true,[null]],"e":""}'
    const expected =
      '{\n  "b": 12345678901234567890,\n  "a": [],\n  "s": "{\\"x\\":[1,2]} \\\\",\n  "o": {},\n  "l": [\n    1.0,\n    true,\n    [\n      null\n    ]\n  ],\n  "e": ""\n}'
    assert.equal(await page.evaluate(`indent(${JSON.stringify(json)})`), expected)
    await page.close()
  })

  it('runs no script but its own, whatever a definition or an answer says', { timeout: 30_000 }, async () => {
    const { harbour } = await setUp()
    const { page, faults } = await openDocs(harbour)
    assert.equal(await page.locator('script').count(), 1)
    assert.equal(await page.locator('#operation-getShips h3').textContent(), 'List <script>alert("calls")</script> under their old path deprecated')
    const body = page.locator('#operation-postCalls').getByLabel('Body', { exact: true })
    const example = JSON.parse(await body.inputValue()) as Record<string, unknown>
    await body.fill(JSON.stringify({ ...example, name: '<img src=x onerror=alert(1)>' }))
    assert.match((await send(page, 'postCalls')).body, /"name": "<img src=x onerror=alert\(1\)>"/)
    assert.deepEqual([await page.locator('img').count(), faults], [0, []])

    await page.evaluate("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.intruder = true' }))")
    assert.equal(await page.evaluate('window.intruder'), undefined)
    assert.match(faults.join(), /Content Security Policy/)
    await page.close()
  })

  it('works with the keyboard alone, and shows where the focus is', { timeout: 30_000 }, async () => {
    const { greeter } = await setUp()
    const { page } = await openDocs(greeter)
    await page.keyboard.press('Tab')
    assert.ok(await hasFocus(page, '.skip'))
    assert.ok(await isInView(page, '.skip'))
    await page.keyboard.press('Enter')
    assert.ok(await hasFocus(page, 'main'))
    const button = '#operation-getRoot button'
    for (let presses = 0; presses < 10 && !(await hasFocus(page, button)); presses++) await page.keyboard.press('Tab')
    assert.equal(await inPage(page, button, 'getComputedStyle(element).outlineStyle'), 'solid')
    await page.keyboard.press('Enter')
    await page.locator('#operation-getRoot .outcome').filter({ hasText: '200 OK' }).waitFor()
    assert.ok(await hasFocus(page, button))
    await page.close()
  })

  for (const view of VIEWS) {
    const { width, colorScheme } = view
    it(`is readable and accessible ${width} pixels wide in ${colorScheme} colours`, { timeout: 60_000 }, async () => {
      const { greeter, harbour } = await setUp()
      const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
      for (const [service, operationId] of [
        [greeter, 'getRoot'],
        [harbour, 'postCalls'],
      ] as const) {
        const { page, faults } = await openDocs(service, view)
        await send(page, operationId)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, 'The page scrolls sideways.')
        await page.evaluate(axe)
        const { passed, violations } = (await page.evaluate(AXE)) as { passed: string[]; violations: string[] }
        assert.deepEqual([violations, faults], [[], []])
        assert.ok(passed.includes('color-contrast') && passed.includes('heading-order'), 'The checker has checked nothing.')
        await page.close()
      }
    })
  }
})

describe('the OpenAPI document of a running service', () => {
  it('is valid', { timeout: 30_000 }, async () => {
    const greeter = await startProcess('services/greeter/main.ts')
    try {
      const response = await fetch(`${greeter.url}/openapi.json`)
      assert.equal(response.headers.get('content-type'), 'application/json')
      assert.deepEqual(await openApiFaults((await response.json()) as object), [])
    } finally {
      await greeter.stop()
    }
  })
})
