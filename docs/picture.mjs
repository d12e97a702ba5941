/**
 * `npm run picture`: the pictures of the README. Runs the built demo, lets the shop's payment fail, and takes the screen
 * once its incident is on it, in light and dark. The same visitors each time; figures differ a little all the same.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium as driver } from 'playwright-core'
import { chromium } from '../test/tools/chromium.mjs'

const COMMAND = fileURLToPath(new URL('../aggregator/dist/cli/main.js', import.meta.url))
const PICTURES = { light: 'screen.png', dark: 'screen-dark.png' }
const VIEWPORT = { width: 1280, height: 900 }
const SIZE_BYTES = 300_000
const SEED = '7'
/** A busy machine is slow; a page that is wrong has to end some time. */
const WAIT_MS = 90_000

const addressesFrom = ({ stdout }) =>
  new Promise((resolve, reject) => {
    let said = ''
    stdout.on('data', chunk => {
      said += chunk
      const [screen, shop] = ['Screen', 'Shop'].map(name => new RegExp(`${name} +(http\\S+)`).exec(said)?.[1])
      if (screen && shop && said.includes('Ctrl-C')) resolve({ screen, shop })
    })
    stdout.once('close', () => reject(new Error(`the demo ended:\n${said}`)))
  })

const take = async (browser, { screen, shop }) => {
  const switching = await browser.newPage()
  await switching.goto(shop)
  await switching.getByRole('switch', { name: 'Payment fails' }).click()
  for (const [colorScheme, name] of Object.entries(PICTURES)) {
    const context = await browser.newContext({ viewport: VIEWPORT, colorScheme, locale: 'en-GB', timezoneId: 'UTC' })
    const page = await context.newPage()
    page.setDefaultTimeout(WAIT_MS)
    await page.goto(screen)
    await page.locator('[data-touchpoint="checkout.payment"][data-index="0"]').waitFor()
    await page.locator('[data-incident="firing"]').first().waitFor()
    // By then enough people have left for the stage to stand out as well.
    await page.locator('[data-stage="close"][data-critical="true"]').waitFor()
    const path = fileURLToPath(new URL(name, import.meta.url))
    await page.screenshot({ path })
    await context.close()
    const { size } = statSync(path)
    console.log(`docs/${name}: ${Math.round(size / 1_000)} kB`)
    if (size > SIZE_BYTES) throw new Error(`docs/${name} is larger than ${SIZE_BYTES} bytes: take a smaller viewport`)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pulssi-picture-'))
const demo = spawn(process.execPath, [COMMAND, 'dev', '--port', '0', '--data', folder, '--seed', SEED], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = once(demo, 'exit')
try {
  const addresses = await addressesFrom(demo)
  const browser = await driver.launch({ executablePath: chromium(), args: ['--headless', '--no-sandbox'] })
  try {
    await take(browser, addresses)
  } finally {
    await browser.close()
  }
} finally {
  demo.kill('SIGINT')
  await ended
  rmSync(folder, { recursive: true, force: true })
}
