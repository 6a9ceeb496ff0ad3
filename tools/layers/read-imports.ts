/** What a module imports and re-exports, read from its syntax tree. @module */

import { parseSync } from 'rolldown/utils'

export interface Import {
  /** Undefined for `import(expression)`. */
  readonly specifier: string | undefined
  readonly typeOnly: boolean
  readonly line: number
}

export interface ModuleShape {
  readonly imports: readonly Import[]
  /** Lines of `export * from`. */
  readonly exportsAll: readonly number[]
  /** Lines of everything at the top that is neither an import nor `export { … } from`. */
  readonly ownStatements: readonly number[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [member: string]: unknown
}

export function readImports(path: string, text: string): ModuleShape {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)

  const line = lineCounter(text)
  const imports: Import[] = []
  visit(program, (node) => {
    const found = importOf(node)
    if (found) imports.push({ ...found, line: line(node.start) })
  })

  const body = program.body as unknown as readonly Node[]
  return {
    imports,
    exportsAll: body.filter((node) => node.type === 'ExportAllDeclaration').map((node) => line(node.start)),
    ownStatements: body.filter((node) => !isWiring(node)).map((node) => line(node.start)),
  }
}

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return {
        specifier: sourceOf(node),
        typeOnly: node.importKind === 'type' || onlyTypes(node.specifiers, 'importKind'),
      }
    case 'ExportNamedDeclaration':
      if (!node.source) return undefined
      return {
        specifier: sourceOf(node),
        typeOnly: node.exportKind === 'type' || onlyTypes(node.specifiers, 'exportKind'),
      }
    case 'ExportAllDeclaration':
      return { specifier: sourceOf(node), typeOnly: node.exportKind === 'type' }
    case 'ImportExpression':
      return { specifier: sourceOf(node), typeOnly: false }
    case 'TSImportType':
      return { specifier: sourceOf(node), typeOnly: true }
    default:
      return undefined
  }
}

function sourceOf(node: Node): string | undefined {
  const { value } = node.source as { readonly value?: unknown }
  return typeof value === 'string' ? value : undefined
}

/** `import { type A, type B }`; the compiler keeps `import {}` as a side effect, so none at all is a value import. */
function onlyTypes(specifiers: unknown, kind: string): boolean {
  const list = specifiers as readonly Node[]
  return list.length > 0 && list.every((specifier) => specifier[kind] === 'type')
}

function isWiring(node: Node): boolean {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration') return true
  return node.type === 'ExportNamedDeclaration' && !node.declaration
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see)
  } else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') see(value as Node)
    for (const item of Object.values(value)) visit(item, see)
  }
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split('\n').length
}
