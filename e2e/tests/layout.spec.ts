import { expect, test } from '../fixtures.ts'
import { allow, signIn } from '../sign-in.ts'

/** What is seen of the dialog: it fits every window, follows what it holds, and nothing in it jumps. */

const windows = [
  ['a small phone', 320, 568],
  ['a window at 200 % zoom', 640, 400],
  ['a desktop', 1280, 800],
] as const

for (const [name, width, height] of windows) {
  test(`on ${name} the button that leads on is in sight on every screen, and nothing is cut off`, async ({
    shop,
    stack,
  }) => {
    await shop.page.setViewportSize({ width, height })
    await shop.visit()
    await shop.open({ reason: 'insufficient_credits', needed: 43 })
    await expect(shop.frame.getByText(/^Enough for about/)).toBeVisible()
    const isWholeInSight = (button: string) =>
      expect(shop.frame.getByRole('button', { name: button, exact: true })).toBeInViewport({ ratio: 1 })
    const fits = async () => {
      const box = await shop.shownBox()
      expect(box.x).toBeGreaterThanOrEqual(0)
      expect(box.y).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(width)
      expect(box.y + box.height).toBeLessThanOrEqual(height)
      await expect(shop.frame.locator('footer')).toBeInViewport({ ratio: 1 })
      expect(await shop.frame.locator('html').evaluate((html) => html.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    }
    await fits()
    await isWholeInSight('Continue to payment')
    await shop.frame.getByLabel('Other amount in USD').fill('abc')
    await shop.frame.getByRole('button', { name: 'Continue to payment' }).click()
    await expect(shop.frame.getByRole('alert')).toBeInViewport({ ratio: 1 })
    await isWholeInSight('Continue to payment')
    await fits()
    await shop.frame.getByRole('button', { name: 'Sign in' }).click()
    await isWholeInSight('Send code')
    await fits()
    await shop.frame.getByRole('button', { name: 'Back' }).click()
    await shop.pickAndContinue('$10')
    await expect(shop.stripe.getByLabel('Card number')).toBeVisible()
    await isWholeInSight('Back')
    await fits()
    await shop.fillCard(shop.stripe)
    await expect(shop.frame.getByRole('heading', { name: 'Credits added' })).toBeInViewport()
    await isWholeInSight('Save your credits')
    await fits()
    await shop.frame.getByRole('button', { name: 'Not now' }).click()
    await shop.open()
    await signIn(shop, stack, `layout-${width}-${Date.now()}@example.com`)
    await expect(shop.frame.getByLabel('Limit in credits')).toBeVisible()
    await isWholeInSight('Allow')
    await fits()
    await allow(shop)
    await expect(shop.frame.getByText('Signed in as')).toBeVisible()
    await isWholeInSight('Continue to payment')
    await fits()
  })
}

test('on a phone it is a sheet at the bottom, as wide as the window and as high as it has to be', async ({ shop }) => {
  await shop.page.setViewportSize({ width: 390, height: 844 })
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  const box = await shop.shownBox()
  expect(box).toMatchObject({ x: 0, width: 390 })
  expect(box.y + box.height).toBe(844)
  expect(box.y).toBeGreaterThan(200)
  // Its last line stands at the lower edge of the window.
  const footer = await shop.frame.locator('footer').boundingBox()
  expect(Math.round((footer?.y ?? 0) + (footer?.height ?? 0))).toBe(844)
})

test('everything stands on one left edge', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  const left = async (locator: ReturnType<typeof shop.frame.locator>) =>
    Math.round((await locator.boundingBox())?.x ?? -1)
  const edge = await left(shop.frame.locator('.logo'))
  for (const part of ['h1', '.tiles', '.estimate', '.summary', '.primary'])
    expect([part, await left(shop.frame.locator(part))]).toEqual([part, edge])
  await shop.pickAndContinue('$10')
  for (const field of ['Email', 'Card number'])
    await expect.poll(() => left(shop.stripe.getByLabel(field)), field).toBe(edge)
  // The price stands there once, beside what it is for, and the sandbox is not announced again by the form.
  await expect(shop.frame.getByText(/\$/)).toHaveCount(0)
  await expect(shop.stripe.getByText('$10.00')).toHaveCount(1)
  await expect(shop.stripe.getByText(/sandbox|stand-in/i)).toHaveCount(0)
})

test('a focused tile or field has one ring', async ({ shop }) => {
  await shop.visit()
  await shop.open()
  const field = shop.frame.getByLabel('Other amount in USD')
  await field.focus()
  const outlines = await field.evaluate((input) =>
    [input, input.closest('label') ?? input].map((element) => getComputedStyle(element).outlineStyle),
  )
  expect(outlines).toEqual(['none', 'solid'])
})

test('the height follows what is shown, in 180 ms', async ({ shop }) => {
  await shop.page.emulateMedia({ reducedMotion: 'no-preference' })
  await shop.visit()
  await shop.open()
  await expect(shop.frame.getByText(/^Enough for about/)).toBeVisible()
  const dialog = shop.page.locator('dialog')
  const heightOf = async () => Math.round((await dialog.boundingBox())?.height ?? 0)
  // The motion of its opening comes to its end first.
  let amountHeight = 0
  await expect
    .poll(async () => {
      const before = amountHeight
      amountHeight = await heightOf()
      return amountHeight - before
    })
    .toBe(0)
  expect(await dialog.evaluate((element) => getComputedStyle(element).transition)).toContain('height 0.18s')
  await shop.frame.getByRole('button', { name: 'Sign in' }).click()
  await expect.poll(heightOf).toBeLessThan(amountHeight - 40)
  // All of it is seen, so nothing scrolls.
  await expect
    .poll(() => shop.frame.locator('.scroll').evaluate((scroll) => scroll.scrollHeight - scroll.clientHeight))
    .toBe(0)
  await shop.page.emulateMedia({ reducedMotion: 'reduce' })
  expect(await dialog.evaluate((element) => getComputedStyle(element).transition)).not.toContain('height')
})

test('the page behind keeps its place when its scroll bar goes', async ({ shop }) => {
  await shop.visit()
  const widthOf = () => shop.page.locator('#buy').evaluate((button) => button.parentElement?.clientWidth)
  const before = await widthOf()
  await shop.open()
  await expect(shop.frame.getByRole('heading', { name: 'Add credits' })).toBeVisible()
  expect(await widthOf()).toBe(before)
})
