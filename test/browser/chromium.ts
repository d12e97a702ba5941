import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser that CHROMIUM_PATH names, else the first one on PATH. Throws where there is none: no test is skipped. */
export const findChromium = (env: NodeJS.ProcessEnv): string => {
  const { CHROMIUM_PATH, PATH = '' } = env
  if (CHROMIUM_PATH !== undefined) {
    if (isExecutable(CHROMIUM_PATH)) return CHROMIUM_PATH
    throw new Error(`CHROMIUM_PATH is "${CHROMIUM_PATH}", but there is nothing to run`)
  }
  const found = PATH.split(delimiter)
    .flatMap(folder => NAMES.map(name => join(folder, name)))
    .find(isExecutable)
  if (found === undefined) {
    throw new Error(`The browser tests need ${NAMES.join(', or ')} on PATH, or its path in CHROMIUM_PATH`)
  }
  return found
}

/** `flags`: more of them. `without`: those of the driver that this test can't do with. */
export const launch = (flags: readonly string[] = [], without: string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(process.env),
    args: [...FLAGS, ...flags],
    ignoreDefaultArgs: without,
  })

export interface Watched {
  readonly context: BrowserContext
  /** Errors of scripts and of the console, failed requests, and breaches of a page's content security policy. */
  readonly complaints: string[]
}

/** A headless browser says that it is one, and is then counted as a bot. */
const personAgent = (browser: Browser): string =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`

export const watchedContext = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ userAgent: personAgent(browser), ...options })
  const complaints: string[] = []
  context.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  context.on('weberror', told => complaints.push(String(told.error())))
  context.on('response', response => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', event => console.error(`refused by CSP: ${event.violatedDirective}`))
  })
  return { context, complaints }
}
