/** What of a TypeScript file runs, node by node. @module */
import { parseAst } from 'rolldown/parseAst'

export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** What stands around a node. */
export interface Surroundings {
  /** The innermost function; without one, the code runs when its file is loaded. */
  readonly within: SyntaxNode | undefined
}

const FUNCTIONS: readonly string[] = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

export function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.includes(node.type) && node.body !== null
}

/** From the outside in. What is erased before anything runs is left out, and so is the message of an exception: prose. */
export function visit(source: string, seen: (node: SyntaxNode, surroundings: Surroundings) => void): void {
  const descend = (node: SyntaxNode, within: SyntaxNode | undefined): void => {
    if (isErased(node)) return
    seen(node, { within })
    if (node.type === 'ThrowStatement') return
    for (const child of childrenOf(node)) descend(child, isFunction(node) ? node : within)
  }
  descend(parseAst(source, { lang: 'ts' }) as unknown as SyntaxNode, undefined)
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is SyntaxNode => typeof (child as SyntaxNode | null)?.type === 'string')
}

function isErased({ type }: SyntaxNode): boolean {
  return /^TS(?!AsExpression|NonNullExpression|SatisfiesExpression)/.test(type) || type === 'ImportDeclaration'
}
