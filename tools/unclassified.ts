import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { API, type Checker, type Type } from 'typescript/unstable/sync'
import type { Rule } from '../packages/server/src/wires/classification.ts'

/** A type of a provider's SDK, by the module of the package that exports it. */
export interface SdkType {
  /** Relative to the root: whose `node_modules` the package is resolved from. */
  readonly installedIn: string
  readonly module: string
  readonly name: string
}

export interface Comparison {
  /** What the type has and the table does not name, as paths: `tools[].type 'web_search_20270101'`. */
  readonly unclassified: readonly string[]
  /** The names of the table that the type has too. */
  readonly met: ReadonlySet<string>
}

/** Walks a type and a format's table side by side. A rule without further parts covers everything below it. */
export function createWalker(): {
  compare(sdkType: SdkType, table: Rule): Comparison
  /** The literals of a type of strings. */
  literals(sdkType: SdkType): readonly string[]
  close(): void
} {
  const api = new API({ cwd: dirname(import.meta.dirname) })
  const opened = (sdkType: SdkType): { readonly checker: Checker; readonly type: Type } => {
    const require = createRequire(new URL(`../${sdkType.installedIn}/package.json`, import.meta.url))
    const file = require.resolve(sdkType.module).replace(/\.m?js$/, '.d.ts')
    const project = api.updateSnapshot({ openFiles: [file] }).getDefaultProjectForFile(file)
    const source = project?.program.getSourceFile(file)
    const module = source === undefined ? undefined : project?.checker.getSymbolAtLocation(source)
    const symbol =
      module === undefined
        ? undefined
        : project?.checker.getExportsOfModule(module).find(({ name }) => name === sdkType.name)
    if (project === undefined || symbol === undefined) throw new Error(`${sdkType.module} exports no ${sdkType.name}`)
    return { checker: project.checker, type: project.checker.getDeclaredTypeOfSymbol(symbol) }
  }
  return {
    compare(sdkType, table) {
      const { checker, type } = opened(sdkType)
      const found = new Set<string>()
      const met = new Set<string>()
      walk({ checker, found, met }, type, table, '')
      return { unclassified: [...found], met }
    },
    literals: (sdkType) => literalsOf(opened(sdkType).type),
    close: () => api.close(),
  }
}

interface Walk {
  readonly checker: Checker
  readonly found: Set<string>
  readonly met: Set<string>
}

function walk(state: Walk, type: Type | undefined, rule: Rule, path: string): void {
  if (type === undefined) return
  if (type.isUnionType()) {
    for (const one of type.getTypes()) walk(state, one, rule, path)
    return
  }
  if (!type.isObjectType()) return
  const isList = state.checker.isArrayType(type)
  if (isList) {
    if (rule.each !== undefined && type.isTypeReference())
      walk(state, state.checker.getTypeArguments(type)[0], rule.each, `${path}[]`)
  } else if (rule.each !== undefined) walk(state, type, rule.each, path)
  else if (rule.types !== undefined) walkByType(state, type, rule, path)
  else if (rule.fields !== undefined) walkFields(state, type, rule, path)
}

function walkByType(state: Walk, type: Type, rule: Rule, path: string): void {
  const tag = state.checker.getPropertyOfType(type, 'type')
  const tags = tag === undefined ? [] : literalsOf(state.checker.getTypeOfSymbol(tag))
  const names = tags.length > 0 || rule.defaultType === undefined ? tags : [rule.defaultType]
  // A type that is any text, such as that of OpenAI's context_management, says nothing.
  if (tag === undefined && names.length === 0) state.found.add(`${path}: an object without a type`)
  for (const name of names) {
    const found = rule.types?.get(name)
    if (found === undefined) state.found.add(`${path} of type '${name}'`)
    else {
      state.met.add(name)
      walk(state, type, found, `${path}<${name}>`)
    }
  }
}

function walkFields(state: Walk, type: Type, rule: Rule, path: string): void {
  for (const property of state.checker.getPropertiesOfType(type)) {
    const found = rule.fields?.get(property.name)
    const name = path === '' ? property.name : `${path}.${property.name}`
    if (found === undefined) state.found.add(name)
    else {
      state.met.add(property.name)
      walk(state, state.checker.getTypeOfSymbol(property), found, name)
    }
  }
}

function literalsOf(type: Type | undefined): readonly string[] {
  if (type === undefined) return []
  if (type.isUnionType()) return type.getTypes().flatMap(literalsOf)
  return type.isStringLiteralType() ? [type.value] : []
}
