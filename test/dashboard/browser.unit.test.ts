import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { countDeadLetters } from '../../topics/letters/letters.ts'
import { eventually } from '../support/eventually.ts'
import { clean, hostile, pagesWorld, viewed } from './pages-world.ts'

const executablePath = '/usr/bin/chromium'
const noBrowser = withoutBrowser()

function withoutBrowser(): string | false {
  try {
    execFileSync(executablePath, ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'Chromium is missing: doctor --install --tests'
  }
}

/** Screenshots to look at; not kept in the repository. */
const shots = join(import.meta.dirname, '../../.courant/screenshots')
const group = 'clean-users'
const paths = {
  now: '/',
  pipeline: `/p/${group}`,
  group: `/g/${group}`,
  topics: '/t',
  topic: `/t/${clean.name}`,
  letters: '/d',
  'letters-of-pipeline': `/d/${group}`,
  dismiss: `/d/${group}/dismiss`,
  key: '/k/user-1',
  audit: '/a',
  runbook: '/runbook',
  nothing: '/p/none'
}

describe('the pages in a browser', { skip: noBrowser }, () => {
  let world: Awaited<ReturnType<typeof pagesWorld>>
  let browser: Browser
  let url: string
  before(async () => {
    mkdirSync(shots, { recursive: true })
    world = await pagesWorld()
    await world.publish('user-1')
    await world.publish(hostile, undefined, { [`x${hostile}`]: hostile })
    await world.setAside('RECORD_INVALID', 'after.amount is not of type double')
    await world.setAside(hostile, hostile, hostile)
    const dead = { deadLetters: 2 }
    const late = { level: 'behind', reason: 'fallsBack', seconds: 412, promiseSeconds: 60 } as const
    world.views.splice(
      0,
      1,
      viewed({ name: hostile }, { level: 'fails', reason: 'failed', code: hostile }),
      viewed(
        { ...dead, lag: 70, lagSeconds: 412 },
        { ...late, notices: [{ kind: 'deadLetters', count: 2 }] }
      ),
      viewed(
        { name: 'silver.users', lag: null, lagSeconds: null },
        { level: 'unknown', reason: 'lagUnknown' }
      )
    )
    url = await world.app.listen({ host: '127.0.0.1', port: 0 })
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  after(async () => {
    await browser?.close()
    await world?.app.close()
  })

  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(60_000)
    return context.newPage()
  }

  for (const locale of ['en', 'fr'])
    for (const width of [1280, 390])
      it(`have no serious finding of axe, fit, and run nothing foreign: ${locale}, ${width} px`, async () => {
        const colorScheme = width === 390 ? 'dark' : 'light'
        const page = await open({ locale, colorScheme, viewport: { width, height: 900 } })
        const complaints: string[] = []
        page.on('console', (message) => {
          if (message.type() === 'error' && !/404/.test(message.text())) complaints.push(message.text())
        })
        for (const [name, path] of Object.entries(paths)) {
          await page.goto(url + path)
          assert.equal(await page.locator('html').getAttribute('lang'), locale)
          await page.screenshot({ path: join(shots, `${name}-${locale}-${width}.png`), fullPage: true })
          const fits = await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')
          assert.ok(fits, `${path} is wider than ${width} px`)
          assert.equal(await page.evaluate('globalThis.owned'), undefined, path)
          assert.deepEqual(await seriousFindings(page), [], path)
        }
        assert.deepEqual(complaints, [])
        await page.context().close()
      })

  it('are whole without script', async () => {
    const page = await open({ javaScriptEnabled: false })
    await page.goto(url)
    assert.match(await page.locator('main').innerText(), /courant run clean-users/)
    await page.context().close()
  })

  it('follow what happens without being loaded anew', async () => {
    const page = await open()
    await page.goto(url)
    await page.evaluate('globalThis.isTheSame = true')
    world.views.push(viewed({ name: 'just-came' }))
    await page.getByRole('link', { name: 'just-came' }).first().waitFor()
    assert.equal(await page.evaluate('globalThis.isTheSame'), true)
    await page.context().close()
  })

  it('let who has a keyboard only, in three actions from the first page, deal with letters', async () => {
    const page = await open()
    await page.goto(`${url}/d/${group}?code=RECORD_INVALID&field=after.amount`)
    await page.getByRole('link', { name: 'Dismiss…' }).press('Enter')
    await page.getByLabel('why').fill('corrected at the source')
    await page.getByLabel('why').press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/a')
    assert.match(await page.locator('main').innerText(), /corrected at the source/)
    await eventually(async () => (await countDeadLetters([group], world.connection))[0]?.waiting === 1)
    await page.context().close()
  })
})

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
