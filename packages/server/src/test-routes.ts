import { createApp } from './app.ts'

interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: { readonly stack?: readonly Layer[] }
}

export interface ServedRoute {
  readonly method: string
  /** The right one first. */
  readonly spellings: readonly string[]
}

/** The routes that Express has. Nothing is called, so nothing has to be there. */
export function routesOfApp(): readonly ServedRoute[] {
  const nothing: unknown = new Proxy(() => nothing, {
    get: (_target, name) => (name === Symbol.toPrimitive ? () => '' : nothing),
  })
  const texts = {
    publicUrl: 'https://credits.example',
    sdkDistPath: '/nowhere',
    docsDistPath: '/nowhere',
    dashboardDistPath: '/nowhere',
    trustedProxyHops: 0,
  }
  const deps = new Proxy(texts, { get: (target, name) => Reflect.get(target, name) ?? nothing })
  const walk = (stack: readonly Layer[]): readonly ServedRoute[] =>
    stack.flatMap(({ route, handle }) => {
      if (route === undefined) return walk(handle.stack ?? [])
      const spellings = [route.path].flat().map((path) => path.replace(/[:*](\w+)/g, '{$1}'))
      return Object.keys(route.methods).map((method) => ({ method, spellings }))
    })
  const { router } = createApp(deps as unknown as Parameters<typeof createApp>[0])
  return walk(router.stack as unknown as readonly Layer[])
}
