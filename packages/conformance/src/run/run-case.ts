/** One case against one subject. @module */
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Case, Need } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { Subject } from '../subject/subject.ts'
import { createCaseContext } from '../world/case-context.ts'
import type { Pki } from '../world/pki.ts'

/** No case takes a second; a case that hangs must not hold up the others. */
const CASE_LIMIT_MILLISECONDS = 15_000

/** @throws ConformanceFailure, with the exchanges that show it; whatever a defect of the subject throws */
export async function runCase(each: Case, subject: Subject, pki: Pki): Promise<void> {
  const { context, finish, exchanges } = createCaseContext(subject, pki)
  const stray = watchStrayErrors()
  try {
    await withinTime(each.run(context)).then(
      () => finish(true),
      async (error: unknown) => {
        await finish(false)
        throw error
      },
    )
    stray.check()
  } catch (error) {
    throw withExchanges(error, exchanges())
  } finally {
    stray.stop()
  }
}

/** Errors that nobody handles would end a service; here they end the case. */
function watchStrayErrors(): { check(): void; stop(): void } {
  const errors: unknown[] = []
  const note = (error: unknown) => void errors.push(error)
  const events = ['unhandledRejection', 'uncaughtException'] as const
  for (const event of events) process.on(event, note)
  return {
    check() {
      const [first] = errors
      if (errors.length === 0) return
      const shown = first instanceof Error ? (first.stack ?? first.message) : String(first)
      throw new ConformanceFailure('no error is left unhandled', 'none', shown)
    },
    stop() {
      for (const event of events) process.off(event, note)
    },
  }
}

/** What the case needs and is not there. */
export function missingNeeds(each: Case, subject: Subject): readonly Need[] {
  return each.needs.filter((need) => (need === 'ipv6' ? !hasIpv6() : !subject.features.includes(need)))
}

function withExchanges(error: unknown, exchanges: readonly string[]): unknown {
  if (error instanceof ConformanceFailure) {
    error.exchanges = exchanges
    if (exchanges.length > 0) error.message += `\n\n${exchanges.join('\n\n')}`
  }
  return error
}

async function withinTime(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ConformanceFailure('a case ends', 'within 15 s', 'it is still running')),
      CASE_LIMIT_MILLISECONDS,
    )
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => isIPv6(address)))
}
