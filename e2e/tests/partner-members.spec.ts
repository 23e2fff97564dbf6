import type { BrowserContext, Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { lookAt } from '../look-at-page.ts'
import { decodeMails } from '../mail-box.ts'
import { signInWithCode } from '../sign-in-with-code.ts'
import type { Stack } from '../stack.ts'

/** The link of the newest invitation to an address. */
async function linkFor(stack: Stack, email: string): Promise<string> {
  const find = () =>
    decodeMails(stack.mails())
      .split(`To: ${email}`)
      .slice(1)
      .flatMap((mail) => /\/partner\/invitations#[\w-]+/.exec(mail)?.[0] ?? [])
      .at(-1)
  await expect.poll(find, { message: `an invitation to ${email}` }).toBeDefined()
  return `${stack.url}${find()}`
}

async function openAs(context: BrowserContext, stack: Stack, address: string, email: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  await signInWithCode(page, stack, email)
  return page
}

test('a maker signs an app up, invites a colleague who joins, changes the role, and reads it all in the log', async ({
  page,
  stack,
  browser,
}) => {
  // Every state is looked at three times.
  test.slow()
  const [maker, colleague] = ['maker@example.com', 'colleague@example.com']
  await page.goto(`${stack.url}/partner`)
  await signInWithCode(page, stack, maker)
  await page.getByRole('link', { name: 'New app' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign up an app' })).toBeFocused()
  await page.getByLabel('Where its pages live').fill('https://app.example/page')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByLabel('Name of the app')).toBeFocused()
  await expect(page.getByText('Enter origins only')).toBeVisible()
  await lookAt(page, 'a wrong application')
  await page.getByLabel('Name of the app').fill('Acme Notes')
  await page.getByLabel('Website').fill('acme.example')
  await page.getByLabel('Where its pages live').fill('app.example\nlocalhost:5173')
  await page.getByLabel('What does it do with AI?').fill('It writes notes, and asks a model for titles.')
  await page.getByRole('button', { name: 'Apply' }).click()
  await expect(page.getByText('We have your application.')).toBeVisible()
  await expect(page.getByText('This app waits for the operator’s approval.')).toBeVisible()
  stack.cli('partner', 'approve', /par_\w+/.exec(page.url())?.[0] ?? '')
  await page.reload()

  await page.getByRole('link', { name: 'Members' }).click()
  await expect(page.getByText('Nobody is invited at the moment.')).toBeVisible()
  await page.getByRole('button', { name: 'Invite a member' }).click()
  await page.getByRole('button', { name: 'Send the invitation' }).click()
  await expect(page.getByText('Enter an email address')).toBeVisible()
  await page.getByLabel('Email').fill(colleague)
  await page.getByRole('radio', { name: /^Viewer/ }).check()
  await lookAt(page, 'inviting')
  await page.getByRole('button', { name: 'Send the invitation' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: colleague })).toContainText('Viewer')
  await lookAt(page, 'members with an invitation')

  const link = await linkFor(stack, colleague)
  const strange = await openAs(await browser.newContext(), stack, link, 'stranger@example.com')
  await expect(strange.getByRole('heading', { name: 'This invitation is for another address' })).toBeVisible()
  await strange.context().close()

  const other = await openAs(await browser.newContext(), stack, link, colleague)
  await expect(other.getByText('Join Acme Notes as Viewer.')).toBeVisible()
  await lookAt(other, 'an invitation')
  await other.getByRole('button', { name: 'Join the app' }).click()
  await expect(other.getByText('Welcome. You are a member now.')).toBeVisible()
  await expect(other.getByRole('link', { name: 'Log' })).toHaveCount(0)
  await other.goto(link)
  await other.reload()
  await expect(other.getByRole('heading', { name: 'This invitation is over' })).toBeVisible()

  await page.reload()
  await page.getByRole('button', { name: `Change ${colleague}` }).click()
  await page.getByRole('radio', { name: /^Admin/ }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: colleague })).toContainText('Admin')
  await other.goto(page.url())
  await expect(other.getByRole('link', { name: 'Log' })).toBeVisible()

  await page.getByRole('button', { name: `Change ${colleague}` }).click()
  await page.getByRole('button', { name: 'Make owner' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make owner' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: colleague })).toContainText('Owner')
  await page.getByRole('link', { name: 'Log' }).click()
  await expect(page.getByRole('row').filter({ hasText: `Invited ${colleague} as viewer` })).toContainText(maker)
  await lookAt(page, 'the log')

  await page.getByRole('link', { name: 'Members' }).click()
  await page.getByRole('button', { name: 'Leave this app' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave this app' }).click()
  await expect(page.getByText('You are not a member of any app yet.')).toBeVisible()
  await other.context().close()
})

test('an app that waits, was refused or is suspended says so, and why', async ({ page, stack }) => {
  await page.goto(`${stack.url}/partner`)
  await signInWithCode(page, stack, 'waiting@example.com')
  await expect(page.getByText('You are not a member of any app yet.')).toBeVisible()
  const app = (state: string, reason: string | null) => ({
    ...{ id: `par_${state}`, name: `Acme ${state}`, website: null, logo_url: null, role: 'owner', state },
    permissions: ['app:read', 'usage:read', 'members:write'],
    ...{ state_reason: reason, publishable_key: 'oc_pk_1', test_publishable_key: null, created_at: 1 },
  })
  const data = [app('pending', null), app('rejected', 'Not a real site'), app('suspended', 'Complaints')]
  await page.route('**/v1/partner/apps', (route) => route.fulfill({ json: { data, sign_up: 'approval' } }))
  await page.route('**/v1/partner/members?*', (route) => route.fulfill({ json: { data: [], invitations: [] } }))
  await page.reload()
  await expect(page.getByRole('listitem').filter({ hasText: 'Acme rejected' })).toContainText('Not a real site')
  await lookAt(page, 'apps in every state')
  await page.goto(`${stack.url}/partner/par_pending/members`)
  await expect(page.getByText('Members can be invited once the app is approved.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Invite a member' })).toHaveCount(0)
  await page.goto(`${stack.url}/partner/new`)
  await expect(page.getByText('It goes live when the operator')).toBeVisible()
})
