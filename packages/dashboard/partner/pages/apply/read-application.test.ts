import { describe, expect, it } from 'vitest'
import { readApplication } from './read-application.ts'

const draft = { name: ' Acme ', website: 'acme.example', origins: '', description: 'It writes.' }

describe('readApplication', () => {
  it('takes what is meant: names without a scheme, origins by line or comma', () =>
    expect(readApplication({ ...draft, origins: 'app.example, localhost:5173\nhttps://app.example\n' })).toEqual({
      application: {
        name: 'Acme',
        website: 'https://acme.example',
        origins: ['https://app.example', 'http://localhost:5173'],
        description: 'It writes.',
      },
    }))

  it.each([
    ['a path', 'https://app.example/page'],
    ['plain http elsewhere', 'http://app.example'],
    ['too many', Array.from({ length: 21 }, (_, index) => `https://a${index}.example`).join(' ')],
  ])('refuses origins: %s', (_name, origins) =>
    expect(readApplication({ ...draft, origins })).toEqual({ wrong: ['origins'] }),
  )

  it('names every field that is wrong, in the order of the form', () =>
    expect(readApplication({ name: '', website: 'http://a.example', origins: 'x y://', description: '' })).toEqual({
      wrong: ['name', 'website', 'origins', 'description'],
    }))
})
