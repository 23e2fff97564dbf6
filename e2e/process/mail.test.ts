import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMailBox } from '../mail-box.ts'
import type { Stack } from '../stack.ts'
import { buyCredits, call } from './api-client.ts'
import { startProcessStack } from './process-stack.ts'
import { fromFrame } from './sign-in.ts'

const askForCode = (stack: Stack, publishableKey: string, email = 'someone@example.com') =>
  call(stack, 'POST', '/v1/login/codes', { body: { publishable_key: publishableKey, email } })

describe('with an SMTP server', () => {
  it('codes are mailed, and printed nowhere; a mail that cannot be sent is an error that says so', async () => {
    const mailBox = await openMailBox()
    const stack = await startProcessStack({ SMTP_URL: mailBox.smtpUrl })
    const { publishable_key } = stack.createPartner()
    const asked = await askForCode(stack, publishable_key, 'Someone@Example.com ')
    expect(asked.status).toBe(200)
    expect(mailBox.text()).toMatch(/From: credits@example\.com[\s\S]*To: someone@example\.com/)
    const code = /\b(\d{8})\b/.exec(mailBox.text())?.[1] ?? 'none'
    expect(stack.output()).not.toContain(code)
    const verified = await call(stack, 'POST', '/v1/login/verify', {
      headers: fromFrame(stack),
      body: { login_id: asked.body.login_id, code: ` ${code.slice(0, 3)} ${code.slice(3)} ` },
    })
    expect(verified.body).toMatchObject({ email: 'someone@example.com', balance: 0 })
    await mailBox.close()
    expect(await askForCode(stack, publishable_key)).toMatchObject({
      status: 500,
      body: { error: { type: 'internal_error', message: expect.stringContaining('could not be sent') } },
    })
    await stack.close()
  })
})

describe('without an SMTP server', () => {
  let stack: Stack

  beforeAll(async () => {
    stack = await startProcessStack({ SMTP_URL: '', MAIL_FROM: '' })
  }, 60_000)
  afterAll(() => stack.close())

  it('with real money no code is made or printed, and the refusal says what is missing', async () => {
    const app = stack.createPartner()
    expect(await askForCode(stack, app.publishable_key)).toMatchObject({
      status: 503,
      body: { error: { type: 'mail_unavailable', message: expect.stringContaining('SMTP_URL') } },
    })
    expect(stack.output()).not.toContain('someone@example.com')
    expect(stack.output()).not.toMatch(/your code/)
    expect(stack.output()).toContain('SMTP_URL is not set')
    // All else works: a guest needs no mail.
    expect((await buyCredits(stack, app, 5)).userKey).toMatch(/^oc_sk_/)
  })

  it('the sandbox prints the code, because an account is worth nothing there', async () => {
    const names = ['STRIPE_SECRET_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'XAI_API_KEY']
    const empty = Object.fromEntries([...names, 'SMTP_URL', 'MAIL_FROM'].map((name) => [name, '']))
    const sandbox = await startProcessStack(empty)
    const { publishable_key } = sandbox.createPartner()
    expect((await askForCode(sandbox, publishable_key)).status).toBe(200)
    expect(await sandbox.codeFor('someone@example.com')).toMatch(/^\d{8}$/)
    expect(sandbox.output()).toContain('SANDBOX MODE')
    await sandbox.close()
  })
})
