/** Everything that can be done wrong in one place of a source file: one operator, condition, return or statement at a time. @module */
import { type SyntaxNode as Node, visit } from './syntax-tree.ts'

export interface Mutant {
  /** The place by what stands there, so that lines above it may come and go, and what was changed. */
  readonly id: string
  /** As it was given. */
  readonly file: string
  readonly start: number
  readonly end: number
  readonly replacement: string
  /** Where the innermost function around it starts; without one, it runs when its file is loaded. */
  readonly within: number | undefined
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

/** @param file the beginning of each id; the rest of it says what stands there */
export function mutantsOf(source: string, file: string): readonly Mutant[] {
  const mutants: Mutant[] = []
  const times = new Map<string, number>()
  visit(source, (node, { within }) => {
    mutate(node, source, ({ start, end }, operator, replacement) => {
      if (source.slice(start, end) === replacement) return
      const place = `${file}: ${lineAt(source, start)} // ${operator}`
      const time = (times.get(place) ?? 0) + 1
      times.set(place, time)
      mutants.push({
        id: time === 1 ? place : `${place} (${time})`,
        file,
        start,
        end,
        replacement,
        within: within?.start,
      })
    })
  })
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

function lineAt(source: string, place: number): string {
  const end = source.indexOf('\n', place)
  return source.slice(source.lastIndexOf('\n', place) + 1, end < 0 ? undefined : end).trim()
}
