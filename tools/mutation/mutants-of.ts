/** Everything that can be done wrong in one place of a source file: one operator, condition, return or statement at a time. @module */
import { parseAst } from 'rolldown/parseAst'

export interface Mutant {
  readonly file: string
  readonly line: number
  /** What was changed, for a reader. */
  readonly operator: string
  readonly start: number
  readonly end: number
  readonly original: string
  readonly replacement: string
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const BINARY: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&&': ['||'],
  '||': ['&&'],
}

const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
}

/** @param file for the report; what ends in `.ts` is read as TypeScript */
export function mutantsOf(source: string, file: string): readonly Mutant[] {
  const mutants: Mutant[] = []
  const replace = (node: Pick<Node, 'start' | 'end'>, operator: string, replacement: string): void => {
    const original = source.slice(node.start, node.end)
    if (original === replacement) return
    const line = source.slice(0, node.start).split('\n').length
    mutants.push({ file, line, operator, start: node.start, end: node.end, original, replacement })
  }
  visit(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => mutate(node, source, replace))
  return mutants
}

/** The file with one mutant in it. */
export function applied(source: string, { start, end, replacement }: Mutant): string {
  return `${source.slice(0, start)}${replacement}${source.slice(end)}`
}

type Replace = (node: Pick<Node, 'start' | 'end'>, operator: string, replacement: string) => void

function mutate(node: Node, source: string, replace: Replace): void {
  const text = (part: Node): string => source.slice(part.start, part.end)
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string }
      const place = operatorPlace(source, left, right, operator)
      for (const other of BINARY[operator] ?? []) replace(place, `${operator} as ${other}`, other)
      if (operator === '??') replace(node, '?? left out', text(left))
      return
    }
    case 'UnaryExpression': {
      const { argument, operator } = node as unknown as { argument: Node; operator: string }
      if (operator === '!') replace(node, '! left out', text(argument))
      return
    }
    case 'IfStatement':
    case 'ConditionalExpression': {
      const { test } = node as unknown as { test: Node }
      replace(test, 'condition always', 'true')
      replace(test, 'condition never', 'false')
      return
    }
    case 'WhileStatement':
    case 'ForStatement': {
      const { test } = node as unknown as { test: Node | null }
      if (test !== null) replace(test, 'loop never', 'false')
      return
    }
    case 'ReturnStatement': {
      const { argument } = node as unknown as { argument: Node | null }
      if (argument !== null) replace(argument, 'returns nothing', 'undefined')
      return
    }
    case 'ArrowFunctionExpression': {
      const { body } = node as unknown as { body: Node }
      if (body.type !== 'BlockStatement') replace(body, 'returns nothing', 'undefined')
      return
    }
    case 'ExpressionStatement': {
      const { expression } = node as unknown as { expression: Node }
      if (expression.type === 'CallExpression' || expression.type === 'AssignmentExpression')
        replace(node, 'statement left out', ';')
      return
    }
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      replace(node, 'statement left out', ';')
      return
    case 'Literal':
      if (typeof node.value === 'boolean') replace(node, 'the other boolean', String(!node.value))
      return
    case 'ArrayExpression':
      if ((node.elements as readonly unknown[]).length > 0) replace(node, 'empty list', '[]')
      return
    case 'CallExpression': {
      const { callee } = node as unknown as { callee: Node & { property?: Node } }
      const name = callee.type === 'MemberExpression' && callee.property ? text(callee.property) : ''
      const other = METHODS[name]
      if (other !== undefined && callee.property) replace(callee.property, `${name} as ${other}`, other)
      return
    }
    default:
  }
}

/** Between its sides, past brackets and comments. */
function operatorPlace(source: string, left: Node, right: Node, operator: string): { start: number; end: number } {
  const start = source.indexOf(operator, left.end)
  if (start < 0 || start > right.start) throw new Error(`${operator} was not found`)
  return { start, end: start + operator.length }
}

/** What is erased before anything runs, and what says nothing but what went wrong, cannot be tested. */
function isSkipped(node: Node): boolean {
  return (
    /^TS(?!AsExpression|NonNullExpression|SatisfiesExpression)/.test(node.type) || node.type === 'ImportDeclaration'
  )
}

function visit(node: Node, seen: (node: Node) => void): void {
  if (isSkipped(node)) return
  seen(node)
  // The message of an exception is prose.
  if (node.type === 'ThrowStatement') return
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) {
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
        visit(child as Node, seen)
    }
  }
}
