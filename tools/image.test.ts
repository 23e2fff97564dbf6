import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { docsInputs } from './build-docs.ts'
import { listImageFiles } from './image-files.ts'

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('Dockerfile')
const compose = read('compose.yaml')

describe('the image', () => {
  it('is built on a base that is pinned by digest, at every stage', () => {
    const others = [...dockerfile.matchAll(/^FROM (?!\$\{NODE_IMAGE\})(\S+)/gm)].map(([, base]) => base)
    const own = [...dockerfile.matchAll(/ AS (\S+)$/gm)].map(([, name]) => name)
    expect(others.filter((base) => !own.includes(base))).toEqual([])
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:24\.\d+\.\d+-slim@sha256:[0-9a-f]{64}$/m)
  })

  it('holds the server and the protocol: no sandbox, no example, no test and no help of a test', () => {
    const files = listImageFiles()
    expect(files).toContain('packages/server/src/cli/opencredits.ts')
    expect(files).toContain('packages/protocol/src/index.ts')
    const unwanted = /^(?!packages\/(server|protocol)\/)|\.test\.ts$|\/test-[^/]*$|__fixtures__|\.env/
    expect(files.filter((path) => unwanted.test(path))).toEqual([])
  })

  it('is installed without what only develops or tests, and the sandbox is one of those', () => {
    expect(dockerfile).toContain('pnpm install --frozen-lockfile --prod --filter-prod @opencredits/server...')
    const { dependencies, devDependencies } = JSON.parse(read('packages/server/package.json'))
    expect(dependencies).not.toHaveProperty('@opencredits/sandbox')
    expect(devDependencies).toHaveProperty('@opencredits/sandbox')
  })

  it('has the documentation, built from what its stage copies', () => {
    const stage = /^FROM pnpm AS docs\n(?:.+\n)+/m.exec(dockerfile)?.[0] ?? ''
    for (const input of docsInputs) expect(stage).toContain(`COPY ${input.split('/').slice(0, 2).join('/')}`)
    expect(dockerfile).toContain('COPY --from=docs /app/packages/docs/dist packages/docs/dist')
  })

  it('has the account page, built by the same command as here', () => {
    const stage = /^FROM pnpm AS dashboard\n(?:.+\n)+/m.exec(dockerfile)?.[0] ?? ''
    for (const path of ['packages/protocol', 'packages/dashboard']) expect(stage).toContain(`COPY ${path} ${path}`)
    expect(stage).toContain('pnpm --filter @opencredits/dashboard build')
    expect(dockerfile).toContain('COPY --from=dashboard /app/packages/dashboard/dist packages/dashboard/dist')
  })

  it('has the command that its messages print', () => {
    expect(dockerfile).toContain('OPERATOR_COMMAND="docker exec opencredits opencredits"')
    expect(dockerfile).toContain('/app/packages/server/src/cli/opencredits.ts /usr/local/bin/opencredits')
    expect(read('packages/server/src/cli/opencredits.ts')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(compose).toContain('OPERATOR_COMMAND: docker compose --env-file opencredits.env run --rm migrate\n')
  })

  it('runs as a user without rights', () => expect(dockerfile).toMatch(/^USER node$/m))
})

describe('compose.yaml', () => {
  /** One service, or one of the blocks that services share. */
  const blockOf = (name: string) => new RegExp(`^(|  )${name}:.*\\n(?:\\1 +.*\\n|\\n)*`, 'm').exec(compose)?.[0] ?? ''

  it.each(['x-hardened', 'x-server', 'postgres', 'redis', 'proxy'])(
    'takes every right from %s that it can do without',
    (name) => {
      const block = blockOf(name)
      const rights = block.includes('<<: *hardened') ? blockOf('x-hardened') : block
      expect(rights).toMatch(/cap_drop: \[ALL\]/)
      expect(rights).toMatch(/no-new-privileges:true/)
      expect(rights).toMatch(/read_only: true/)
    },
  )

  it('gives the servers no right back', () => expect(blockOf('x-server')).not.toContain('cap_add'))
})
