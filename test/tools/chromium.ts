import { type Browser, chromium as playwright } from 'playwright-core'
import { isRoot } from './apt.ts'
import { findOnPath, isProgram } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const
const REMEDY = 'Run `apt-get install chromium` as root, or set CHROMIUM_PATH to a Chromium or Chrome.'

/**
 * The path of Chromium: what CHROMIUM_PATH names, or else the one on PATH, or else one that is installed now.
 *
 * @throws {Error} where it can't be had.
 */
export async function chromium(): Promise<string> {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH) {
    if (await isProgram(CHROMIUM_PATH)) return CHROMIUM_PATH
    throw new Error(`CHROMIUM_PATH must name a program that can be run; ${CHROMIUM_PATH} is none. Unset it to use the Chromium on PATH.`)
  }
  const found = await findOnPath(...NAMES)
  if (found) return found
  await installPackages({ tool: 'Chromium', packages: ['chromium'], remedy: REMEDY })
  const installed = await findOnPath(...NAMES)
  if (!installed) throw new Error(`Chromium was installed and is not on PATH. ${REMEDY}`)
  return installed
}

/** A headless Chromium that finds no host but this one: a page that needs another can't work in it. */
export async function launchChromium(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium(),
    args: [
      // Chromium's sandbox refuses root, which containers run tests as.
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  })
}
