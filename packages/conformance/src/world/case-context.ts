/** What a case is given: certificates, and services to start. Everything it started is ended and searched when it is over. @module */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { ConformanceFailure } from '../case/failure.ts'
import type { Subject } from '../subject/subject.ts'
import { type Answer, showExchange } from './answer.ts'
import type { Pki } from './pki.ts'
import { redact } from './redact.ts'
import { type Service, type ServiceOptions, startService } from './service.ts'

export interface CaseContext {
  readonly subject: Subject
  readonly pki: Pki
  serve(options?: ServiceOptions): Promise<Service>
  /** A folder that is gone after the case. */
  folder(): Promise<string>
  /** Must not occur in any answer, event or line of output. */
  addSecret(secret: string): void
}

export interface RunningCase {
  readonly context: CaseContext
  /** Ends what was started. @throws ConformanceFailure for handlers that ran, or secrets that were told */
  finish(passed: boolean): Promise<void>
  /** For a failure: what was sent and what came back, without secrets. */
  exchanges(): readonly string[]
}

/** Failures show the last of them. */
const MAX_SHOWN_EXCHANGES = 4

export function createCaseContext(subject: Subject, pki: Pki): RunningCase {
  const services: Service[] = []
  const answers: Answer[] = []
  const secrets = new Set<string>()
  let folders = 0
  let base: string | undefined

  const show = (answer: Answer) => showExchange(answer, (text) => redact(text, secrets))

  async function temporary(): Promise<string> {
    base ??= await mkdtemp(join(tmpdir(), 'cs-'))
    return base
  }

  const context: CaseContext = {
    subject,
    pki,
    addSecret: (secret) => void secrets.add(secret),
    async folder() {
      return mkdtemp(join(await temporary(), `${folders++}-`))
    },
    async serve(options = {}) {
      const socketFolder = options.transport === 'unix' ? await temporary() : ''
      const service = await startService(
        {
          subject,
          pki,
          socketPath: () => join(socketFolder, `${services.length}.sock`),
          record: (answer) => void answers.push(answer),
          addSecret: (secret) => void secrets.add(secret),
        },
        options,
      )
      services.push(service)
      return service
    },
  }

  function searchSecrets(): void {
    for (const secret of secrets) {
      const told = answers.find((answer) => tells(answer, secret))
      if (told !== undefined) throw new ConformanceFailure('no answer tells a secret', 'none', show(told))
      for (const service of services) {
        const event = service.events.all.find((each) => inspect(each, { depth: 8 }).includes(secret))
        if (event !== undefined) throw new ConformanceFailure('no event tells a secret', 'none', event.type)
      }
    }
  }

  return {
    context,
    async finish(passed) {
      for (const service of services) await service.close()
      if (base !== undefined) await rm(base, { recursive: true, force: true })
      if (!passed) return
      for (const service of services) service.checkCounts()
      searchSecrets()
    },
    exchanges: () => answers.slice(-MAX_SHOWN_EXCHANGES).map(show),
  }
}

function tells({ headers, text }: Answer, secret: string): boolean {
  return text.includes(secret) || headers.some(([, value]) => value.includes(secret))
}
