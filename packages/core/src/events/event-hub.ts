/** Hands events to whoever asked for them; an event that nobody asked for is never made. @module */
import type { DiagnosticsChannel, OpenChannel } from '../primitives/primitives.ts'
import type { EventFacts, EventMap, EventType, Listeners } from './events.ts'

const TYPES = Object.keys({
  accepted: 0,
  refused: 0,
  degraded: 0,
  exposed: 0,
  revocation: 0,
  reloaded: 0,
  expiring: 0,
  handlerFailed: 0,
} satisfies Record<EventType, 0>) as readonly EventType[]

type Listener = (event: never) => void

/** Whoever listens to one type: those who were given to `on`, and those outside. */
interface Audience {
  readonly listeners: Set<Listener>
  readonly channel: DiagnosticsChannel | undefined
}

export class EventHub {
  readonly #audiences: ReadonlyMap<EventType, Audience>
  readonly #clock: () => Date

  /** @throws TypeError for a listener of an event that does not exist: it would wait in vain */
  constructor(listeners: Listeners, openChannel: OpenChannel, clock: () => Date) {
    this.#clock = clock
    this.#audiences = new Map(
      TYPES.map((type) => [type, { listeners: new Set(), channel: openChannel(`countersign:${type}`) }]),
    )
    for (const [type, listener] of Object.entries(listeners)) {
      if (listener !== undefined) this.on(type as EventType, listener as (event: EventMap[EventType]) => void)
    }
  }

  /** @returns takes the listener away again */
  on<T extends EventType>(type: T, listener: (event: EventMap[T]) => void): () => void {
    if (!TYPES.includes(type))
      throw new TypeError(`on: there is no event "${String(type)}"; there are ${TYPES.join(', ')}`)
    if (typeof listener !== 'function') throw new TypeError(`on.${type}: a function`)
    const { listeners } = this.#audienceOf(type)
    // A wrapper of its own, so that the same function may listen twice and be taken away once.
    const entry: Listener = (event) => listener(event)
    listeners.add(entry)
    return () => void listeners.delete(entry)
  }

  wants(type: EventType): boolean {
    const { listeners, channel } = this.#audienceOf(type)
    return listeners.size > 0 || channel?.hasSubscribers === true
  }

  /** @param make called only if somebody listens */
  emit<T extends EventType>(type: T, make: () => EventFacts<T>): void {
    if (this.wants(type)) this.#tell(type, Object.freeze({ type, at: this.#clock(), ...make() }))
  }

  #tell(type: EventType, event: unknown): void {
    const { listeners, channel } = this.#audienceOf(type)
    for (const listener of listeners) {
      try {
        // An async listener's rejection must not become an unhandled one.
        const result: unknown = (listener as (event: unknown) => unknown)(event)
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(type, error))
      } catch (error) {
        this.#failed(type, error)
      }
    }
    channel?.publish(event)
  }

  #audienceOf(type: EventType): Audience {
    return this.#audiences.get(type) as Audience
  }

  #failed(type: EventType, error: unknown): void {
    if (type === 'handlerFailed') return
    const cause = error instanceof Error ? error.name : typeof error
    this.emit('handlerFailed', () => ({ event: type, cause }))
  }
}
