import { describe, expect, it } from 'vitest'
import { connectMessage, isReady, protocolOfConnect, readyMessage } from './checkout-message.ts'

describe('the handshake', () => {
  it.each([
    ['our own', connectMessage, 2],
    ['that of version 1, which does not say', { opencredits: 1, type: 'connect' }, 1],
    ['that of a later version', { opencredits: 1, type: 'connect', protocol: 3 }, 3],
    ['one that says nonsense', { opencredits: 1, type: 'connect', protocol: '2' }, 1],
    ['what is no connect', readyMessage, null],
    ['what another script posts', { type: 'connect' }, null],
    ['a text', 'connect', null],
    ['nothing', null, null],
  ])('reads %s', (_label, data, protocol) => expect(protocolOfConnect(data)).toBe(protocol))

  it('is begun by a ready that version 1 understands', () => {
    expect(readyMessage).toEqual({ opencredits: 1, type: 'ready' })
    expect([isReady(readyMessage), isReady(connectMessage), isReady({ type: 'ready' })]).toEqual([true, false, false])
  })
})
