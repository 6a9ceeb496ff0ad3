/** Runs a corpus in a worker that is given up, and replaced, where a case does not answer. @module */
import { Worker } from 'node:worker_threads'
import type { Job, Message } from './worker.ts'

export interface CorpusResult {
  readonly run: number
  readonly agree: number
  readonly wronglyAccepted: readonly string[]
  readonly wronglyRejected: readonly string[]
  readonly hangs: readonly string[]
  readonly slowestMs: number
  /** Not part of the verdict: for the report. */
  readonly slowest: string
  readonly unsupported: number
  readonly ids: readonly string[]
  readonly classes: ReadonlyMap<string, ClassResult>
  readonly reasons: ReadonlyMap<string, string>
}

interface ClassResult {
  run: number
  agree: number
}

/** An answer after this is none. */
const PATIENCE_MILLISECONDS = 10_000

export async function runCorpus(file: string, primitives: 'node' | 'web'): Promise<CorpusResult> {
  const wronglyAccepted: string[] = []
  const wronglyRejected: string[] = []
  const hangs: string[] = []
  const ids: string[] = []
  const classes = new Map<string, ClassResult>()
  const reasons = new Map<string, string>()
  let agree = 0
  let unsupported = 0
  let slowestMs = 0
  let slowest = ''
  let current = { index: -1, id: '', class: '' }

  const take = (message: Message): void => {
    if (message.kind === 'start') current = message
    if (message.kind !== 'verdict') return
    const { expected, verdict, milliseconds } = message
    if (verdict === undefined) {
      unsupported++
      return
    }
    const { id } = current
    const result = classes.get(current.class) ?? { run: 0, agree: 0 }
    classes.set(current.class, result)
    ids.push(id)
    result.run++
    if (milliseconds > slowestMs) {
      slowestMs = milliseconds
      slowest = id
    }
    const isRight = verdict.accepted === expected && verdict.differs !== true
    if (isRight) {
      agree++
      result.agree++
      return
    }
    reasons.set(id, verdict.reason)
    if (verdict.accepted && !expected) wronglyAccepted.push(id)
    else wronglyRejected.push(id)
  }

  for (let from = 0, isDone = false; !isDone; ) {
    isDone = await runUntilHang({ file, primitives, from }, take)
    if (isDone) break
    hangs.push(current.id)
    ids.push(current.id)
    from = current.index + 1
  }
  const run = ids.length
  return { run, agree, wronglyAccepted, wronglyRejected, hangs, slowestMs, slowest, unsupported, ids, classes, reasons }
}

/** False if the case that was last begun did not answer. */
function runUntilHang(job: Job, take: (message: Message) => void): Promise<boolean> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: job })
    let timer: NodeJS.Timeout | undefined
    const finish = (isDone: boolean): void => {
      clearTimeout(timer)
      void worker.terminate().then(() => done(isDone))
    }
    worker.on('message', (message: Message) => {
      clearTimeout(timer)
      take(message)
      if (message.kind === 'end') finish(true)
      else timer = setTimeout(() => finish(false), PATIENCE_MILLISECONDS)
    })
    worker.on('error', fail)
  })
}
