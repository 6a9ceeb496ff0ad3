/** The handlers of a subject's application, counted. @module */
import type { Principal } from '@countersign/core'
import type { Application, PrincipalView } from '../subject/subject.ts'

export interface CountedApplication extends Application {
  /** How often any handler ran. */
  readonly runs: number
  /** Errors that reached the framework's error handling, by name. */
  readonly caughtErrors: readonly string[]
  /** Streams that ended because their signal aborted. */
  readonly endedStreams: number
}

/** What `/throws` throws, so that it is told from an error of the adapter's. */
class HandlerError extends Error {
  constructor() {
    super('the handler failed')
    this.name = 'HandlerError'
  }
}

/** Sent as soon as the stream runs, so that a client knows. */
export const STREAM_GREETING = 'data: hello\n\n'

export function createApplication(): CountedApplication {
  let runs = 0
  let endedStreams = 0
  const caughtErrors: string[] = []
  return {
    get runs() {
      return runs
    },
    get endedStreams() {
      return endedStreams
    },
    caughtErrors,
    forged: Object.freeze({
      partner: { id: 'forged', metadata: {} },
      certificate: undefined,
      key: undefined,
      token: undefined,
      scopes: new Set(['orders:read', 'orders:write']),
      signal: new AbortController().signal,
    }),
    whoami(principal) {
      runs++
      return principal === undefined ? { anonymous: true } : viewOf(principal)
    },
    echo(principal, body) {
      runs++
      return { partner: principal.partner.id, length: body.length }
    },
    fail() {
      runs++
      throw new HandlerError()
    },
    async *stream({ signal }) {
      runs++
      yield Buffer.from(STREAM_GREETING)
      await aborted(signal)
      endedStreams++
      yield Buffer.from('data: over\n\n')
    },
    caught(error) {
      caughtErrors.push(error instanceof Error ? error.name : typeof error)
      return { caught: error instanceof Error ? error.name : typeof error }
    },
  }
}

/** Not a private matter of `Principal`: the view is what a handler could log. */
function viewOf({ partner, key, certificate, scopes }: Principal): PrincipalView {
  return { partner: partner.id, key: key?.id, fingerprint: certificate?.fingerprint, scopes: [...scopes].sort() }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
