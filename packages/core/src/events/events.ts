/** What the core tells about its work: typed, frozen, without secrets. Logs, metrics and audit are built on these. @module */
import type { Problem } from '../problem/problem.ts'
import type { Reason } from '../problem/reason.ts'
import type { RevocationNotice } from '../revocation/revocation-provider.ts'

/** What `accepted` and `refused` have in common. */
export interface RequestFacts {
  readonly at: Date
  readonly method: string
  /** Without the query, shortened, and with anything in key format redacted. */
  readonly path: string
  /** The connection's address, or `unix`, or `unknown`. */
  readonly peer: string
  readonly partnerId: string | undefined
  readonly keyId: string | undefined
  /** SHA-256 of the leaf, hex. */
  readonly certificate: string | undefined
  readonly durationMilliseconds: number
}

export interface AcceptedEvent extends RequestFacts {
  readonly type: 'accepted'
  readonly scopes: readonly string[]
}

export interface RefusedEvent extends RequestFacts {
  readonly type: 'refused'
  readonly problem: Problem['code']
  readonly status: number
  readonly correlationId: string
  readonly reason: Reason
}

export interface ExposedEvent {
  readonly type: 'exposed'
  readonly at: Date
  readonly keyId: string
  readonly by: 'url' | 'plaintext'
  /** The whole key matched its digest; otherwise somebody only knew or guessed an id. */
  readonly confirmed: boolean
  readonly action: 'reported' | 'suspended' | 'revoked' | 'failed' | 'dropped'
  readonly peer: string
}

/** Trust or permission changed while streams were open. */
export interface RevocationEvent {
  readonly type: 'revocation'
  readonly at: Date
  /** Live streams that were ended by it. */
  readonly ended: number
  readonly cause: string
}

export type DegradedEvent = Extract<RevocationNotice, { type: 'degraded' }> & { readonly at: Date }
export type ReloadedEvent = Extract<RevocationNotice, { type: 'reloaded' }> & { readonly at: Date }

/** Something that is trusted ends soon: a CRL, or a partner's certificate that was just used. */
export type ExpiringEvent =
  | (Extract<RevocationNotice, { type: 'expiring' }> & { readonly at: Date })
  | {
      readonly type: 'expiring'
      readonly at: Date
      readonly certificate: string
      readonly partnerId: string
      readonly notAfter: Date
    }

/** A listener threw. The decision stood. */
export interface HandlerFailedEvent {
  readonly type: 'handlerFailed'
  readonly at: Date
  readonly event: string
  readonly cause: string
}

export interface EventMap {
  accepted: AcceptedEvent
  refused: RefusedEvent
  degraded: DegradedEvent
  exposed: ExposedEvent
  revocation: RevocationEvent
  reloaded: ReloadedEvent
  expiring: ExpiringEvent
  handlerFailed: HandlerFailedEvent
}

export type EventType = keyof EventMap
/** An event as it is made: its type and its time are added by the hub. */
export type EventFacts<T extends EventType> = EventMap[T] extends infer E
  ? E extends unknown
    ? Omit<E, 'type' | 'at'>
    : never
  : never
export type CountersignEvent = EventMap[EventType]
export type Listeners = { readonly [T in EventType]?: (event: EventMap[T]) => void }
