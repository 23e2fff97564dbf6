import { expect, test } from '../fixtures.ts'
import { buyCredits } from '../process/api-client.ts'

test('the API reference is readable at /docs, from this server alone', async ({ page, stack }) => {
  const elsewhere: string[] = []
  const problems: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(stack.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(`${stack.url}/docs`)
  await expect(page.getByRole('heading', { name: /OpenCredits/ })).toBeVisible()
  await expect(page.getByText('/v1/chat/completions')).toBeVisible()
  await page.getByText('/v1/chat/completions').click()
  await expect(page.getByText('Too few credits')).toBeVisible()
  expect([elsewhere, problems]).toEqual([[], []])
})

test('a call can be tried from /docs, with a key that is typed in there', async ({ page, stack, partner }) => {
  const { userKey } = await buyCredits(stack, partner, 5)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(`${stack.url}/docs`)
  await page.getByRole('button', { name: 'Authorize' }).click()
  const scheme = page.locator('.auth-container').filter({ hasText: 'X-User-Key' })
  await scheme.getByRole('textbox').fill(userKey)
  await scheme.getByRole('button', { name: 'Apply credentials' }).click()
  await page.getByRole('button', { name: 'Close' }).first().click()
  const balance = page.locator('#operations-Credits-get_v_credits_balance')
  await balance.getByText('/v1/credits/balance').click()
  await balance.getByRole('button', { name: 'Try it out' }).click()
  await balance.getByRole('button', { name: 'Execute' }).click()
  await expect(balance.locator('.live-responses-table')).toContainText('"balance": 500')
  expect(problems).toEqual([])
})
