import type { Browser, Page } from 'playwright-core'

export interface PageView {
  width: number
  height: number
  colorScheme: 'light' | 'dark'
}

export interface OpenPage {
  page: Page
  /** Every request that the page made, as method and URL. */
  requests: readonly string[]
  /** What the browser's console told of: script errors, breaches of the page's policy, failed requests, dialogs. */
  faults: readonly string[]
}

/** Opens an empty page that can reach `origin` and nothing else; without an origin, nothing at all. */
export async function openPage(browser: Browser, view: PageView, origin?: string): Promise<OpenPage> {
  const { width, height, colorScheme } = view
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
  const requests: string[] = []
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('dialog', (dialog) => {
    faults.push(`A dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.route('**/*', (route) => {
    const request = route.request()
    requests.push(`${request.method()} ${request.url()}`)
    return origin !== undefined && new URL(request.url()).origin === origin ? route.continue() : route.abort()
  })
  return { page, requests, faults }
}
