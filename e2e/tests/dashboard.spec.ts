import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { buyAtAccount, findLostInForcedColors, keepFile, nextCode, signInAtAccount } from '../account-page.ts'
import { expect, test } from '../fixtures.ts'
import { decodeMails } from '../mail-box.ts'
import { call, until } from '../process/api-client.ts'
import { signInTo } from '../process/sign-in.ts'

const newEmail = () => `user-${crypto.randomUUID().slice(0, 8)}@example.com`
const ask = { model: 'openai/gpt-4o', messages: [{ role: 'user', content: 'Why is the sky blue?' }] }

test('a user signs in, buys, makes a key, sees the call, limits an app, cuts it off, takes the data along and leaves', async ({
  page,
  stack,
  partner,
}) => {
  test.setTimeout(120_000)
  const email = newEmail()
  await signInAtAccount(page, stack, email)
  await expect(page.getByText('Welcome.')).toBeVisible()
  await buyAtAccount(page)
  await expect(page.locator('.sum')).toHaveText('1,000 credits')
  await page.getByRole('link', { name: 'Purchases' }).click()
  await expect(page.getByRole('row', { name: /\$10\.00 1,000 Paid/ })).toBeVisible()

  await page.goto(`${stack.url}/account/keys/new`)
  await page.getByLabel('Name').fill('Laptop')
  await page.getByRole('spinbutton', { name: 'Credits' }).fill('50')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await expect(page.getByRole('heading', { name: 'Your key is ready' })).toBeVisible()
  const key = (await page.locator('.secret-line code').textContent()) ?? ''
  await page.getByRole('tab', { name: 'Codex' }).click()
  await expect(page.getByRole('tabpanel')).toContainText(`base_url = "${stack.url}/v1"`)
  const called = await call(stack, 'POST', '/v1/chat/completions', { key, body: ask })
  expect(called.status).toBe(200)
  await page.getByRole('link', { name: 'Done' }).click()
  await expect(page.getByRole('row', { name: /Laptop/ })).toContainText('of 50 credits')

  await keepFile(stack, key, 'notes.txt')
  await page.getByRole('link', { name: 'Files and batches' }).click()
  await page.getByRole('button', { name: 'Delete notes.txt' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No file is kept for you.')).toBeVisible()

  await page.getByRole('link', { name: 'Requests', exact: true }).click()
  const row = page.getByRole('row', { name: /openai\/gpt-4o/ })
  await expect(row).toContainText('Laptop')
  await row.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1, name: 'openai/gpt-4o' })).toBeFocused()
  const charge = String(called.headers.get('opencredits-charge'))
  await expect(page.getByRole('row', { name: /You paid/ })).toContainText(`${Number(charge)} credits`)
  await expect(page.getByRole('row', { name: /^Output/ })).toBeVisible()
  await page.getByRole('link', { name: 'Usage' }).click()
  await page.getByRole('link', { name: 'Models' }).click()
  await expect(page).toHaveURL(/\/account\/usage\?by=model$/)
  await expect(page.getByRole('row', { name: /gpt-4o 1 /i })).toBeVisible()

  const { userKey } = await signInTo(stack, partner, email, { budget: 500, window: 'month' })
  await page.getByRole('link', { name: 'Apps', exact: true }).first().click()
  await page.getByRole('link', { name: 'Acme Notes' }).click()
  await page.getByRole('spinbutton', { name: 'Credits' }).fill('20')
  await page.getByLabel('In which time').selectOption('a week')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The new limit holds.')).toBeVisible()
  await expect(page.locator('.meter')).toHaveText('0 of 20 credits a week')
  await page.getByRole('button', { name: 'Cut off' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cut off' }).click()
  await expect(page.getByText('Acme Notes is cut off.')).toBeVisible()
  await expect
    .poll(async () => (await call(stack, 'POST', '/v1/chat/completions', { key: userKey, body: ask })).status)
    .toBe(401)

  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByText(/Acme Notes/).first()).toBeVisible()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export' }).click()
  const exported = await (await downloading).path()
  expect(await readFile(exported, 'utf8')).toContain(email)
  await page.getByRole('button', { name: 'Delete account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Delete account' }).click()
  await expect(dialog.getByRole('alert').first()).toHaveText('Type “delete” to confirm')
  await dialog.getByRole('textbox').fill('delete')
  await dialog.getByRole('button', { name: 'Delete account' }).click()
  await expect(dialog.getByRole('heading', { name: 'There are credits left' })).toBeVisible()
  await dialog.getByRole('textbox').fill('Delete')
  await dialog.getByRole('button', { name: 'Delete and lose the credits' }).click()
  await expect(page.getByText('Your account is deleted.')).toBeVisible()
  expect((await call(stack, 'POST', '/v1/chat/completions', { key, body: ask })).status).toBe(401)
})

test('a passkey is added, signs in, and is removed; what is old asks again and goes on', async ({ page, stack }) => {
  const email = newEmail()
  await signInAtAccount(page, stack, email)
  const browser = await page.context().newCDPSession(page)
  await browser.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const
  await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await page.getByRole('link', { name: 'Settings' }).click()
  // The first answer is that the sign-in is too old, as it is after ten minutes.
  let hasRefused = false
  await page.route('**/v1/session/passkeys/options', (route) => {
    if (hasRefused) return route.continue()
    hasRefused = true
    return route.fulfill({
      status: 403,
      json: { error: { type: 'recent_sign_in_required', message: '', param: null } },
    })
  })
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const dialog = page.getByRole('dialog', { name: 'Is it you?' })
  const code = await nextCode(stack, email, () =>
    dialog.getByRole('button', { name: `Email a code to ${email}` }).click(),
  )
  await dialog.getByLabel('Code from the email').fill(code)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('The passkey is added.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).last().click()
  await expect(page.getByText('You have signed out.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('The passkey is removed.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove' })).toBeHidden()
})

test('every page is accessible in light and dark, tells all in forced colours, and fits 320 pixels and 200 % zoom', async ({
  page,
  stack,
  partner,
}) => {
  test.setTimeout(150_000)
  const email = newEmail()
  const check = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, forcedColors: 'none', reducedMotion: 'reduce' })
      // The pages have no frames: nothing is gained by a second tab, in which the results of frames are joined.
      const axe = new AxeBuilder({ page }).setLegacyMode()
      // The dark page is the same but for its colours.
      const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast']) : axe).analyze()
      expect(violations.map(({ id, nodes }) => `${name} ${colorScheme}: ${id} ${nodes[0]?.html}`)).toEqual([])
    }
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' })
    expect({ name, lost: await page.evaluate(findLostInForcedColors) }).toEqual({ name, lost: [] })
    for (const [width, height] of [
      [320, 640],
      [640, 400],
    ] as const) {
      await page.setViewportSize({ width, height })
      const { overflow, sticky } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        sticky: [...document.querySelectorAll('.side')].map((head) => getComputedStyle(head).position === 'sticky'),
      }))
      expect({ name, width, overflow }).toEqual({ name, width, overflow: 0 })
      // A head that stays would take a sixth of a window that is seen at twice its size.
      if (height === 400) expect(sticky).not.toContain(true)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  await page.goto(stack.url)
  await expect(page.getByText('Everything works')).toBeVisible()
  await check('home')
  await page.goto(`${stack.url}/account/claim#token`)
  await check('claim')
  await page.goto(`${stack.url}/account`)
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await check('sign-in')
  await signInAtAccount(page, stack, email)
  await buyAtAccount(page)
  const { userKey } = await signInTo(stack, partner, email, { budget: 100 })
  expect((await call(stack, 'POST', '/v1/chat/completions', { key: userKey, body: ask })).status).toBe(200)
  const open = async (path: string) => {
    await page.goto(`${stack.url}${path}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    await check(path)
  }
  await keepFile(stack, userKey, 'notes.txt')
  const pages = '/usage /usage?by=app /requests /requests?model=none /purchases /apps /keys /files /files/batches'
  for (const path of ['', ...pages.split(' ')]) await open(`/account${path}`)
  await open('/account/keys/new')
  await page.getByText('Models and end').click()
  await page.getByLabel('Only these').check()
  await expect(page.getByLabel('openai/gpt-4o', { exact: true })).toBeVisible()
  await check('new key with models')
  await page.goto(`${stack.url}/account/requests`)
  await page.locator('tbody a').first().click()
  await expect(page.getByText('You paid')).toBeVisible()
  await check('story')
  for (const list of ['apps', 'keys']) {
    await page.goto(`${stack.url}/account/${list}`)
    await page.getByRole('main').getByRole('link', { name: 'Acme Notes' }).click()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    await check(`one of ${list}`)
  }
  await open('/account/settings')
  await page.getByRole('button', { name: 'Delete account' }).click()
  await check('dialog')
  await open('/account/nothing')
})

test('a receipt’s link adds a guest’s credits on a click, and another guest’s are offered on the account page', async ({
  page,
  stack,
  partner,
}) => {
  const email = newEmail()
  for (let times = 0; times < 2; times += 1) {
    const opened = await call(stack, 'POST', '/v1/checkout/sessions', {
      body: { publishable_key: partner.publishable_key, amount: 10 },
    })
    await stack.sandbox.stripe.control.pay(String(opened.body.session_id), { email })
  }
  const links = () =>
    decodeMails(stack.mails())
      .split(email)
      .slice(1)
      .flatMap((mail) => /\/account\/claim#[\w-]+/.exec(mail)?.[0] ?? [])
  await until(async () => links().length >= 2)
  await page.goto(stack.url + links()[0])
  await page.getByRole('button', { name: 'Add the credits to my account' }).click()
  await expect(page.getByRole('heading', { name: 'Your credits are in your account' })).toBeVisible()
  await page.getByRole('link', { name: 'Go to your account' }).click()
  await expect(page.locator('.sum')).toHaveText('1,000 credits')
  await expect(page.getByText(/^You bought 1,000 credits as a guest in Acme Notes on /)).toBeVisible()
  await page.getByRole('button', { name: 'Add 1,000 credits' }).click()
  await expect(page.locator('.sum')).toHaveText('2,000 credits')
  await page.goto(stack.url + links()[0])
  await page.reload()
  await page.getByRole('button', { name: 'Add the credits to my account' }).click()
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible()
})

test('the keyboard is enough to sign in and to make a key with a limit', async ({ page, stack }) => {
  const email = newEmail()
  const { keyboard } = page
  const tabTo = async (name: string | RegExp, role: 'button' | 'link' | 'textbox' | 'spinbutton' | 'slider') => {
    const target = page.getByRole(role, { name, exact: typeof name === 'string' })
    for (let presses = 0; presses < 40; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await keyboard.press('Tab')
    }
    throw new Error(`${role} ${name} was not reached`)
  }
  await page.goto(`${stack.url}/account`)
  await expect(page.getByLabel('Email')).toBeFocused()
  await keyboard.type(email)
  const code = await nextCode(stack, email, () => keyboard.press('Enter'))
  await expect(page.getByLabel('Code from the email')).toBeFocused()
  await keyboard.type(code)
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await tabTo('Keys', 'link')
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Keys' })).toBeFocused()
  await tabTo('Create a key', 'link')
  await keyboard.press('Enter')
  await tabTo('Name', 'textbox')
  await keyboard.type('By hand')
  await tabTo('Credits, roughly', 'slider')
  await keyboard.press('ArrowRight')
  await tabTo('Create a key', 'button')
  await keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Your key is ready' })).toBeVisible()
  await tabTo('Copy: Key', 'button')
  await tabTo('Done', 'link')
  await keyboard.press('Enter')
  await expect(page.getByRole('row', { name: /By hand/ })).toContainText('0 of 1,000 credits')
})

test('a page says that it is offline, comes back by itself, and asks to sign in again where the session is over', async ({
  page,
  stack,
  context,
}) => {
  await signInAtAccount(page, stack, newEmail())
  await context.setOffline(true)
  await page.getByRole('link', { name: 'Purchases' }).click()
  await expect(page.getByText('You seem to be offline.')).toBeVisible()
  await context.setOffline(false)
  await expect(page.getByText('You have not bought anything yet.')).toBeVisible()

  await page.route('**/v1/account/apps', (route) => route.fulfill({ status: 500, body: 'oops' }))
  await page.getByRole('link', { name: 'Apps', exact: true }).click()
  await expect(page.getByText('This could not be loaded.')).toBeVisible()
  await page.unroute('**/v1/account/apps')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('No app is connected.')).toBeVisible()

  await context.clearCookies()
  await page.getByRole('link', { name: 'Usage' }).click()
  await expect(page.getByText('You were signed out.')).toBeVisible()
  await expect(page).toHaveURL(/\/account\/usage$/)
})
