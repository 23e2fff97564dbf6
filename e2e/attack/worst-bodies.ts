/** Bodies that are as slow to read as their sender can make them, each about as large as is asked. */
export const worstBodies: Readonly<Record<string, (bytes: number) => Buffer>> = {
  'one long word': (bytes) => prompt(bytes, 'a'),
  'short words': (bytes) => prompt(bytes, 'a bc def '),
  'rare letters': (bytes) => prompt(bytes, '龘靐齉爩鱻麤'),
  'one rare letter in a long text': (bytes) => prompt(bytes, 'a', '漢'),
  'joined emoji': (bytes) => prompt(bytes, '👩‍'),
  'marks on one letter': (bytes) => prompt(bytes, '\u0301'),
  'white space in a text': (bytes) => prompt(bytes, ' '),
  escapes: (bytes) => prompt(bytes, '\\u6f22\\n\\"'),
  'deep lists': (bytes) => Buffer.alloc(bytes, '['),
  'deep objects': (bytes) => Buffer.alloc(bytes, '{"a":'),
  'a wide list': (bytes) =>
    Buffer.concat([Buffer.from('{"messages":['), Buffer.alloc(bytes, '1,'), Buffer.from('1]}')]),
  'as many objects as are allowed': () => list(60_000, (index) => `{"role":"user","content":"${index}"}`),
  'as many names as are allowed': (bytes) =>
    members(150_000, (index) => `${index}`.padStart(Math.floor(bytes / 150_000) - 10, 'x')),
  'white space': (bytes) => Buffer.concat([Buffer.from('{'), Buffer.alloc(bytes, ' '), Buffer.from('}')]),
  'one long number': (bytes) => Buffer.concat([Buffer.from('{"model":'), Buffer.alloc(bytes, '1'), Buffer.from('}')]),
  'bytes that are no text': (bytes) =>
    Buffer.concat([Buffer.from('{"model":"'), Buffer.alloc(bytes, 0xff), Buffer.from('"}')]),
  zeros: (bytes) => Buffer.alloc(bytes),
}

const opening = '"max_tokens":9,"messages":[{"role":"user","content":"'

function prompt(bytes: number, unit: string, end = ''): Buffer {
  return Buffer.concat([Buffer.from(`{"model":"MODEL",${opening}`), fill(bytes, unit), Buffer.from(`${end}"}]}`)])
}

/** Whole units only, so that no letter is cut. */
function fill(bytes: number, unit: string): Buffer {
  const length = Buffer.byteLength(unit)
  return Buffer.alloc(Math.floor(bytes / length) * length, unit)
}

function list(count: number, write: (index: number) => string): Buffer {
  return Buffer.from(
    `{"model":"MODEL","max_tokens":9,"messages":[${Array.from({ length: count }, (_, index) => write(index))}]}`,
  )
}

function members(count: number, name: (index: number) => string): Buffer {
  return Buffer.from(`{"model":"MODEL",${Array.from({ length: count }, (_, index) => `"${name(index)}":1`)}}`)
}
