import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { chromium } from '@playwright/test'
import { freePort, startStack } from './stack.ts'

/**
 * Draws `docs/images/checkout.png` and `checkout-dark.png`: the checkout in an app. Run it after a change of the checkout's
 * looks, with the browser's path in CHROMIUM_PATH: `node_modules/.bin/node e2e/draw-checkout-image.ts`
 */
const images = resolve(import.meta.dirname, '../docs/images')
const executablePath = process.env.CHROMIUM_PATH
const browser = await chromium.launch({
  ...(executablePath === undefined || executablePath === '' ? {} : { executablePath }),
  args: ['--no-sandbox', '--hide-scrollbars'],
})
const stack = await startStack()
const port = await freePort()
const origin = `http://localhost:${port}`
const partner = stack.createPartner({ name: 'Meridian', origins: [origin] })
stack.cli('partner', 'update', partner.id, '--default-model', 'openai/gpt-4o')
const server = createServer((_request, response) =>
  response.setHeader('content-type', 'text/html; charset=utf-8').end(appPage()),
).listen(port)
try {
  for (const [colorScheme, name] of [
    ['light', 'checkout.png'],
    ['dark', 'checkout-dark.png'],
  ] as const) {
    const viewport = { width: 1000, height: 640 }
    const page = await browser.newPage({
      ...{ viewport, colorScheme, deviceScaleFactor: 1.5, reducedMotion: 'reduce', locale: 'en-US' },
    })
    await page.goto(origin)
    await page.getByRole('button', { name: 'Buy credits' }).click()
    await page.frameLocator('dialog iframe').getByText('Enough for about').waitFor()
    // The focus is shown to those who use the keyboard, not in a picture.
    await page.mouse.click(500, 620)
    writeFileSync(resolve(images, name), await page.screenshot())
    await page.close()
  }
} finally {
  server.closeAllConnections()
  server.close()
  await stack.close()
  await browser.close()
}

/** A writer's app, as an app of a partner may look. */
function appPage(): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Meridian</title><link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; --ink: #1a1d24; --soft: #5a6170; --line: #dfe2e8; --accent: #4338ca; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #f0f1f4; --soft: #a8aebb; --line: #343945; --accent: #a5a0ff; --on-accent: #16181d; } }
  body { margin: 0; background: light-dark(#fff, #16181d); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; }
  header { display: flex; align-items: center; justify-content: space-between; padding: 16px 32px; border-bottom: 1px solid var(--line); }
  header button { padding: 8px 15px; border: 0; border-radius: 7px; background: var(--accent); color: var(--on-accent); font: inherit; font-size: 15px; }
  main { max-width: 704px; margin: 40px auto; } h1 { margin: 0 0 28px; font-size: 28px; } .ask { color: var(--soft); }
  .answer { padding: 16px 20px; border: 1px solid var(--line); border-radius: 10px; }
</style>
<script src="${stack.url}/assets/sdk.js"></script>
<header><strong>Meridian</strong><button id="buy">Buy credits</button></header>
<main><h1>Field notes, summer market</h1>
<p class="ask">Summarise the interviews in three lines.</p>
<p class="answer">Three of four farmers sell less than last year, and blame the road works. Rents come up in every talk, always late and never with a number. The stalls that do well have neighbours who meet; nobody says it, and everybody shows it. Ask the two who left to read the draft before it is printed.</p>
<p class="ask">Which quotes should open the piece?</p>
<p class="answer">“I came for one summer, eleven years ago.” Keep the speakers’ names with who they are, and what the price of a window has to do with it. Close on the baker: take the baker’s line about Saturday.</p>
<p class="ask">Now a headline for each section.</p>
<p class="answer">One summer, eleven times · The price of a window · Saturday is the town hall</p></main>
<script>
  OpenCredits.init({ publishableKey: '${partner.publishable_key}' })
  document.getElementById('buy').onclick = () => OpenCredits.open()
</script></html>`
}
