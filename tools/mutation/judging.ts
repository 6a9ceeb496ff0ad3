/** One judging process after the other, as many as mutants that never end make necessary. @module */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { ROOT } from '../steps.ts'
import type { Request, Verdict } from './judge.ts'

type Judge = ChildProcessByStdio<Writable, Readable, null>

export class Judging {
  #judge: Judge | undefined

  async ask(request: Request): Promise<Verdict> {
    this.#judge ??= this.#start()
    const { stdin, stdout } = this.#judge
    stdin.write(`${JSON.stringify(request)}\n`)
    const lines = createInterface({ input: stdout })
    try {
      for await (const line of lines) {
        if (!line.startsWith('{"outcome":')) continue
        const verdict = JSON.parse(line) as Verdict
        if (verdict.outcome === 'timeout') await this.close()
        return verdict
      }
    } finally {
      lines.close()
    }
    throw new Error('the judging process has ended without a verdict')
  }

  async close(): Promise<void> {
    const judge = this.#judge
    this.#judge = undefined
    if (judge?.pid === undefined) return
    const closed = once(judge, 'close')
    process.kill(-judge.pid, 'SIGKILL')
    await closed
  }

  #start(): Judge {
    // A process group of its own, with the workers in it.
    return spawn(process.execPath, [resolve(import.meta.dirname, 'judge.ts')], {
      cwd: ROOT,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  }
}
