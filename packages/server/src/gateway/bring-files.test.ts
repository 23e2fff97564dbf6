import { describe, expect, it } from 'vitest'
import { openaiChat } from '../wires/openai-chat/index.ts'
import { createFileBringer } from './bring-files.ts'
import type { RequestRoom } from './request-room.ts'

const unused = () => Promise.reject(new Error('nothing is asked'))
const off = {
  ...{ isOn: false, add: unused, addRemote: unused, find: unused, require: unused, readBytes: unused },
  ...{ open: unused, list: unused, cursorOf: unused, remove: unused, noteUses: unused },
}
const room: RequestRoom = { take: () => {} }
const owner = { userId: 'usr_1', partnerId: 'par_1' }

describe('createFileBringer', () => {
  it('says of a file, where nothing is kept, who has switched it off', async () => {
    const bringer = createFileBringer({ files: off, wire: openaiChat, owner, room })
    const named = { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_1' } }] }] }
    await expect(bringer.bring(named)).rejects.toMatchObject({
      status: 400,
      param: 'messages[0].content[0].file.file_id',
      message: expect.stringContaining('KEPT=off'),
    })
    const plain = { messages: [{ role: 'user', content: 'Hi' }] }
    expect(await bringer.bring(plain)).toBe(plain)
  })
})
