import { signInAtAccount } from '../account-page.ts'
import { createShop, expect, operatorEmail, test } from '../fixtures.ts'
import { nextCode } from '../next-code.ts'
import { balanceOf, buyCredits, call } from '../process/api-client.ts'
import { allow, askForCode, signIn } from '../sign-in.ts'

test('a guest who signs in keeps the credits, and finds them in a second browser', async ({
  shop,
  stack,
  site,
  partner,
  browser,
}) => {
  const email = `user-${Date.now()}@example.com`
  await shop.visit()
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  const bought = await shop.waitForCall('onPurchaseCompleted')
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  await shop.open()
  await signIn(shop, stack, email)
  // What is brought along was bought here, so that is what the app may spend.
  await expect(shop.frame.getByLabel('Limit in credits')).toHaveValue('1000')
  await expect(shop.frame.getByLabel('Period')).toHaveValue('total')
  await allow(shop)
  await expect(shop.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  await expect(shop.frame.getByText('Balance: 1,000 credits')).toBeVisible()
  const login = await shop.waitForCall('onLoginCompleted')
  expect(login).toMatchObject({ balance: 1000 })
  expect(login.user_key).not.toBe(bought.user_key)
  // The key that the page had kept spends from the account now.
  expect(await balanceOf(stack, String(bought.user_key))).toEqual({ balance: 1000, held: 0 })

  const second = await browser.newContext()
  const other = createShop(await second.newPage(), site, partner)
  await other.visit()
  await other.open()
  // The app is connected already, so nothing is asked.
  await signIn(other, stack, email)
  await expect(other.frame.getByText(`Signed in as ${email}`)).toBeVisible()
  await expect(other.frame.getByText('Balance: 1,000 credits')).toBeVisible()
  await other.pickAndContinue('$5')
  await other.fillCard(other.stripe)
  expect(await other.waitForCall('onPurchaseCompleted')).toMatchObject({ balance: 1500, credits_added: 500 })
  expect(await shop.page.evaluate('OpenCredits.getBalance()')).toBe(1500)
  await second.close()
})

test('logging out revokes the key, forgets it, and leaves a guest', async ({ shop, stack }) => {
  const email = `out-${Date.now()}@example.com`
  await shop.visit()
  await shop.open()
  await signIn(shop, stack, email)
  await allow(shop)
  await shop.frame.getByRole('button', { name: 'Log out' }).click()
  await shop.waitForCall('onLoggedOut')
  expect(await shop.userKey()).toBeNull()
  const { user_key: key } = await shop.waitForCall('onLoginCompleted')
  await expect.poll(async () => (await call(stack, 'GET', '/v1/me', { key: String(key) })).status).toBe(401)
  await expect(shop.frame.getByText('Have credits already?')).toBeVisible()
})

test('logout() from the page does the same', async ({ shop, stack, partner }) => {
  const { userKey } = await buyCredits(stack, partner, 10)
  await shop.visit(
    {},
    { script: `localStorage.setItem('opencredits:${partner.publishable_key}', JSON.stringify({ key: '${userKey}' }))` },
  )
  expect(await shop.userKey()).toBe(userKey)
  await shop.page.evaluate('OpenCredits.logout()')
  await shop.waitForCall('onLoggedOut')
  expect(await shop.userKey()).toBeNull()
  await expect.poll(async () => (await call(stack, 'GET', '/v1/me', { key: userKey })).status).toBe(401)
})

test('a wrong code tells how many tries are left; the sixth is refused though it is right', async ({ shop, stack }) => {
  const email = `tries-${Date.now()}@example.com`
  await shop.visit()
  await shop.open()
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await shop.frame.getByLabel('Email').fill('nonsense')
  await shop.frame.getByRole('button', { name: 'Send code' }).click()
  await expect(shop.frame.getByRole('alert')).toContainText('Enter an email address')
  const right = await askForCode(shop, stack, email)
  const field = shop.frame.getByLabel('Eight-digit code')
  const wrong = right === '11111111' ? '22222222' : '11111111'
  for (const left of [4, 3, 2, 1]) {
    await field.fill(wrong)
    await shop.frame.getByRole('button', { name: 'Sign in' }).click()
    await expect(shop.frame.getByRole('alert')).toContainText(`${left} ${left === 1 ? 'try' : 'tries'} left`)
  }
  await field.fill(wrong)
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect(shop.frame.getByRole('alert')).toContainText('Ask for a new one')
  await field.fill(right)
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect(shop.frame.getByRole('alert')).toContainText('Too many wrong tries')
  expect(await shop.calls('onLoginCompleted')).toEqual([])
})

test('a key that has been revoked elsewhere is forgotten, and one buys on as a guest', async ({
  shop,
  stack,
  partner,
}) => {
  const { userKey } = await buyCredits(stack, partner, 10)
  await call(stack, 'POST', '/v1/logout', { key: userKey })
  await shop.visit(
    {},
    { script: `localStorage.setItem('opencredits:${partner.publishable_key}', JSON.stringify({ key: '${userKey}' }))` },
  )
  await shop.open({ amount: 5 })
  await shop.fillCard(shop.stripe)
  const purchase = await shop.waitForCall('onPurchaseCompleted')
  expect(purchase).toMatchObject({ balance: 500 })
  expect(purchase.user_key).not.toBe(userKey)
  expect(await shop.userKey()).toBe(purchase.user_key)
})

test('402 in the page: the checkout opens, and the same call works afterwards', async ({ shop, stack, partner }) => {
  const { userKey } = await buyCredits(stack, partner, 1)
  await shop.visit(
    {},
    { script: `localStorage.setItem('opencredits:${partner.publishable_key}', JSON.stringify({ key: '${userKey}' }))` },
  )
  const ask = () =>
    shop.page.evaluate(async (url) => {
      const key = (window as unknown as { OpenCredits: { getUserKey(): string } }).OpenCredits.getUserKey()
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-user-key': key },
        body: JSON.stringify({
          model: 'gpt-4o',
          n: 128,
          max_tokens: 1024,
          messages: [{ role: 'user', content: 'Hi [[sandbox: tokens=5]]' }],
        }),
      })
      return { status: response.status, body: await response.json() }
    }, stack.url)
  const refused = await ask()
  expect(refused).toMatchObject({ status: 402, body: { error: { type: 'insufficient_credits', code: '402' } } })
  expect(refused.body.error.message).toMatch(/100 left, about .* needed/)
  await shop.open({ amount: 10 })
  await shop.fillCard(shop.stripe)
  await shop.frame.getByRole('button', { name: 'Not now' }).click()
  expect((await ask()).status).toBe(200)
})

test('a passkey is added, signs in, and is removed; what is old asks again and goes on; an operator is asked for one', async ({
  page,
  stack,
}) => {
  const email = operatorEmail
  await signInAtAccount(page, stack, email)
  const waiting = page.getByText('Your role here needs a passkey.')
  await expect(waiting).toBeVisible()
  const browser = await page.context().newCDPSession(page)
  await browser.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const
  await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  })
  await page.getByRole('link', { name: 'Passkeys' }).click()
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
  await expect(waiting).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('Sign in with your passkey first.')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(waiting).toBeHidden()
  await page.getByRole('button', { name: 'Sign out' }).last().click()
  await expect(page.getByText('You have signed out.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('The passkey is removed.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Remove' })).toBeHidden()
})
