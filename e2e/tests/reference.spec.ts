import { expect, test } from '../fixtures.ts'

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
