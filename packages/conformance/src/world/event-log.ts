/** Every event that an authenticator emitted, in order. @module */
import type { Authenticator, CountersignEvent, EventMap, EventType } from '@countersign/core'
import { ConformanceFailure } from '../case/failure.ts'

const TYPES = [
  'accepted',
  'refused',
  'degraded',
  'exposed',
  'revocation',
  'reloaded',
  'expiring',
  'handlerFailed',
] as const satisfies readonly EventType[]

const WAIT_MILLISECONDS = 3_000
const POLL_MILLISECONDS = 5

export class EventLog {
  readonly all: CountersignEvent[] = []

  constructor(authenticator: Authenticator) {
    for (const type of TYPES) authenticator.on(type, (event) => void this.all.push(event))
  }

  of<T extends EventType>(type: T): readonly EventMap[T][] {
    return this.all.filter((event): event is EventMap[T] => event.type === type)
  }

  /** The refusal with this correlation id. @throws ConformanceFailure unless there is exactly one */
  refusal(correlationId: string): EventMap['refused'] {
    const found = this.of('refused').filter((event) => event.correlationId === correlationId)
    if (found.length !== 1 || found[0] === undefined) {
      throw new ConformanceFailure('each refusal is one event with the correlation id of the answer', 1, found.length)
    }
    return found[0]
  }

  /** For what happens after an answer. @throws ConformanceFailure */
  async next<T extends EventType>(type: T, from = 0): Promise<EventMap[T]> {
    for (let waited = 0; waited < WAIT_MILLISECONDS; waited += POLL_MILLISECONDS) {
      const event = this.of(type)[from]
      if (event !== undefined) return event
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS))
    }
    throw new ConformanceFailure(`an event "${type}" follows`, 'one', this.all.map((event) => event.type).join(', '))
  }
}
