/** Notes of each function that it ran: which tests reach it says which may notice a mutant in it. @module */
import { isFunction, type SyntaxNode, visit } from './syntax-tree.ts'

/** A global of the process that runs a file of tests: the places that were reached. */
export const REACHED = '__reachedPlaces'

/** @param within where a function starts; `undefined` for what runs when the file is loaded */
export function placeOf(file: string, within: number | undefined): string {
  return `${file}@${within ?? ''}`
}

export function withProbes(source: string, file: string): string {
  const insertions = [{ at: 0, text: `${probe(file, undefined)};` }]
  visit(source, (node) => {
    if (!isFunction(node)) return
    const body = node.body as SyntaxNode
    const note = probe(file, node.start)
    if (body.type === 'BlockStatement') insertions.push({ at: body.start + 1, text: `${note};` })
    else insertions.push({ at: body.start, text: `(${note},` }, { at: body.end, text: ')' })
  })
  return insertions
    .sort((a, b) => b.at - a.at)
    .reduce((text, insertion) => `${text.slice(0, insertion.at)}${insertion.text}${text.slice(insertion.at)}`, source)
}

function probe(file: string, within: number | undefined): string {
  return `globalThis.${REACHED}?.add(${JSON.stringify(placeOf(file, within))})`
}
