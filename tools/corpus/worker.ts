/** Runs the cases of a corpus from some index on and reports each, so that one that hangs can be told and left. @module */
import { parentPort, workerData } from 'node:worker_threads'
import { createNodePrimitives } from '../../packages/core/src/primitives/node.ts'
import { createWebPrimitives } from '../../packages/core/src/primitives/web.ts'
import type { CorpusCase, Verdict } from './case.ts'
import { readCorpus } from './read-corpus.ts'

export interface Job {
  readonly file: string
  readonly primitives: 'node' | 'web'
  readonly from: number
}

export type Message =
  | { readonly kind: 'start'; readonly index: number; readonly id: string; readonly class: string }
  | {
      readonly kind: 'verdict'
      readonly index: number
      readonly expected: boolean
      readonly verdict: Verdict | undefined
      readonly milliseconds: number
    }
  | { readonly kind: 'end' }

/** A case that took longer than this is run twice more: the best of three counts. */
const QUICK_MILLISECONDS = 5

const { file, primitives, from } = workerData as Job
const cases = readCorpus(file, primitives === 'web' ? createWebPrimitives() : createNodePrimitives())
for (const [index, one] of cases.entries()) {
  if (index < from) continue
  tell({ kind: 'start', index, id: one.id, class: one.class })
  const { verdict, milliseconds } = await timed(one)
  tell({ kind: 'verdict', index, expected: one.expected, verdict, milliseconds })
}
tell({ kind: 'end' })

async function timed(one: CorpusCase): Promise<{ verdict: Verdict | undefined; milliseconds: number }> {
  let best = Number.POSITIVE_INFINITY
  let verdict: Verdict | undefined
  for (let round = 0; round < 3 && best > QUICK_MILLISECONDS; round++) {
    const started = performance.now()
    verdict = await one.run()
    best = Math.min(best, performance.now() - started)
  }
  return { verdict, milliseconds: best }
}

function tell(message: Message): void {
  parentPort?.postMessage(message)
}
