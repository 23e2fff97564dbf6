import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createWriteThrough, syncOfFile } from './write-through.ts'

function disk() {
  const waiting: { done(): void; fail(error: Error): void }[] = []
  const sync = () => new Promise<void>((done, fail) => void waiting.push({ done, fail }))
  return { waiting, writeThrough: createWriteThrough(sync) }
}

const settled = () => new Promise((wait) => setImmediate(wait))

it('a wait that had begun before does not count: those who come meanwhile share the next one', async () => {
  const { waiting, writeThrough } = disk()
  const seen: string[] = []
  const wait = (name: string) => writeThrough().then(() => seen.push(name))
  const all = [wait('first'), wait('second'), wait('third')]
  expect(waiting).toHaveLength(1)
  waiting[0]?.done()
  await settled()
  expect(seen).toEqual(['first'])
  expect(waiting).toHaveLength(2)
  const late = wait('late')
  waiting[1]?.done()
  await settled()
  expect(seen).toEqual(['first', 'second', 'third'])
  waiting[2]?.done()
  await Promise.all([...all, late])
  expect(waiting).toHaveLength(3)
})

it('a failure is told to those who waited for it, and the next wait is a new one', async () => {
  const { waiting, writeThrough } = disk()
  const [first, second] = [writeThrough(), writeThrough()]
  waiting[0]?.fail(new Error('EIO'))
  await expect(first).rejects.toThrow('EIO')
  await settled()
  waiting[1]?.done()
  await expect(second).resolves.toBeUndefined()
})

it('syncs a file that is there, and says so when it is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'opencredits-sync-'))
  writeFileSync(join(folder, 'a'), 'x')
  const there = syncOfFile(join(folder, 'a'))
  await there.sync()
  await there.close()
  await expect(syncOfFile(join(folder, 'b')).sync()).rejects.toThrow('ENOENT')
})
