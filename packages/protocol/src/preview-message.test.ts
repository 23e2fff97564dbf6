import { describe, expect, it } from 'vitest'
import { parsePreviewAnswer, parseShowPreview } from './preview-message.ts'

const branding = { appName: 'Poetry', logoUrl: 'https://a.example/l.png', accentColor: '#3366ff' }
const show = { opencredits: 'preview', type: 'show', branding, theme: 'dark', screen: 'sign_in' }

describe('parseShowPreview', () => {
  it('takes a whole message, and nothing that is not of it', () => {
    expect(parseShowPreview({ ...show, more: 1 })).toEqual(show)
    const bare = { ...show, branding: { appName: '', logoUrl: null, accentColor: null } }
    expect(parseShowPreview(bare)).toEqual(bare)
  })

  it.each([
    ['null', null],
    ['a word', 'show'],
    ['another protocol', { ...show, opencredits: 1 }],
    ['another type', { ...show, type: 'ready' }],
    ['no branding', { ...show, branding: null }],
    ['a theme to be decided', { ...show, theme: 'auto' }],
    ['an unknown screen', { ...show, screen: 'payment' }],
    ['a colour that is a style', { ...show, branding: { ...branding, accentColor: 'red;x' } }],
    ['a logo that is a script', { ...show, branding: { ...branding, logoUrl: 'javascript:alert(1)' } }],
    ['a logo that is data', { ...show, branding: { ...branding, logoUrl: 'data:image/svg+xml,x' } }],
  ])('refuses %s', (_what, data) => expect(parseShowPreview(data)).toBeNull())
})

describe('parsePreviewAnswer', () => {
  it.each([
    [{ opencredits: 'preview', type: 'ready' }, true],
    [{ opencredits: 'preview', type: 'resized', heightPx: 600 }, true],
    [{ opencredits: 'preview', type: 'resized', heightPx: '600' }, false],
    [{ opencredits: 1, type: 'ready' }, false],
  ])('%j', (data, isAnswer) => expect(parsePreviewAnswer(data) !== null).toBe(isAnswer))
})
