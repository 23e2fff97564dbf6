import { describe, expect, it } from 'vitest'
import { createUrlCheck } from './check-url.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'hooks.example': ['93.184.215.14', '2606:4700::1111'],
  'rebound.example': ['93.184.215.14', '10.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
}
const resolve = async (host: string) =>
  (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
const check = createUrlCheck({ allowsPrivate: false, resolve })

describe('the URL of a webhook endpoint', () => {
  it.each([
    ['https://hooks.example/a?b=c', 'https://hooks.example/a?b=c'],
    ['https://HOOKS.example:443', 'https://hooks.example/'],
    ['https://hooks.example:8443/a', 'https://hooks.example:8443/a'],
    ['https://93.184.215.14/a', 'https://93.184.215.14/a'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('may be %s', async (url, kept) => expect(await check(url)).toBe(kept))

  it.each([
    ...['127.0.0.1', '[::1]', '[::ffff:10.0.0.1]', '[::ffff:a00:1]', '169.254.169.254', '100.64.0.1', '10.1.2.3'],
    // One number, octal, hexadecimal, and with parts left out: all of them are 127.0.0.1.
    ...['2130706433', '017700000001', '0177.0.0.1', '0x7f000001', '0x7f.1', '127.1', '0'],
    ...['localhost', 'rebound.example', '0.0.0.0', '192.168.0.1', '[fe80::1]', '[fc00::1]', '[64:ff9b::7f00:1]'],
  ])('is not at %s', async (host) => {
    await expect(check(`https://${host}/hook`)).rejects.toThrow(/^url: .* is not a public address/)
  })

  it.each([
    ['http://hooks.example/', /expected https/],
    ['ftp://hooks.example/', /expected https/],
    ['file:///etc/passwd', /expected https/],
    ['hooks.example', /expected an address such as/],
    [`https://hooks.example/${'a'.repeat(2_048)}`, /expected an address such as/],
    ['https://user@hooks.example/', /user name or a password/],
    ['https://:secret@hooks.example/', /user name or a password/],
    ['https://hooks.example:80/', /port 80 is closed/],
    ['https://hooks.example:22/', /port 22 is closed/],
    ['https://hooks.example/#a', /fragment/],
    ['https://nowhere.example/', /no address in the DNS/],
  ])('is not %s', async (url, why) => {
    await expect(check(url)).rejects.toThrow(why)
    await expect(check(url)).rejects.toMatchObject({ code: 'invalid_request', param: 'url' })
  })

  it('may be anywhere where the operator tries webhooks out', async () => {
    const open = createUrlCheck({ allowsPrivate: true, resolve })
    expect(await open('http://127.0.0.1:3000/hook')).toBe('http://127.0.0.1:3000/hook')
    await expect(open('ftp://127.0.0.1/')).rejects.toThrow(/expected https/)
  })
})
