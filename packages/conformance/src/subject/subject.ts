/**
 * What an adapter's author writes: one application with fixed routes, started on request.
 *
 * The suite makes the authenticator and the handlers; the subject puts them together in its framework's own way. Each
 * handler is called at most once a request, so that the suite knows whether a refused request ever reached one.
 *
 * | method, path | in front of the handler, in this order | handler |
 * |---|---|---|
 * | any `/whoami` | the guard | JSON of `whoami(principal)` |
 * | POST `/echo` | the guard | reads the whole body (2 MiB must pass), then JSON of `echo(principal, body)` |
 * | any `/orders` | the guard, `requireScopes('orders:write')` | JSON of `whoami(principal)` |
 * | any `/both` | the guard, `requireScopes('orders:read', 'orders:write')` | JSON of `whoami(principal)` |
 * | any `/optional` | the optional guard | JSON of `whoami(principal)`, which may be `undefined` |
 * | any `/optional-orders` | the optional guard, `requireScopes('orders:write')` | JSON of `whoami(principal)` |
 * | any `/unguarded-scopes` | `requireScopes('orders:write')` alone | JSON of `whoami(undefined)` |
 * | any `/forged` | a middleware that puts `forged` where handlers look for the principal, `requireScopes('orders:write')` | JSON of `whoami(undefined)` |
 * | any `/twice` | the guard, then a second guard made of `second` | JSON of `whoami(principal)` |
 * | any `/open` | nothing | JSON of `whoami(undefined)` |
 * | any `/throws` | the guard | calls `fail()`, whose error takes the framework's usual way |
 * | GET `/stream` (`streaming`) | the guard | 200 `text/event-stream`: each chunk of `stream(principal)` as soon as it is there |
 * | any `/guarded/whoami` (`path-guard`) | the guard, put on the path prefix `/guarded` apart from the route | JSON of `whoami(principal)` |
 * | any `/tenants/:tenant/whoami` (`sub-router`) | the guard, inside a router that is mounted at `/tenants/:tenant` | JSON of `whoami(principal)` |
 * | POST `/parsed` (`body-parser`) | the framework's JSON body parser, then the guard | JSON of `echo(principal, JSON text of the parsed body)` |
 * | upgrade `/socket` (`upgrade`) | the adapter's `authenticateUpgrade` | 101, then the JSON of `whoami(principal)` and the end of the connection |
 *
 * "Any" means every method, HEAD and OPTIONS among them. "The guard" is the adapter's `countersign(authenticator)` with
 * `onRefused` handed on, "the optional guard" its `countersign.optional(authenticator)`.
 *
 * An error that reaches the framework's error handling is answered with status 500 and the JSON of `caught(error)`. Where
 * an outermost middleware can catch errors (Koa), it stands outside all of the above and does the same.
 * @module
 */
import type { Authenticator, Principal, Problem, RefusalBody } from '@countersign/core'

/** How the subject is reached. */
export type Transport = 'https' | 'http' | 'http2' | 'unix'

/** What a subject can do. Cases that need more are left out, and the report says so. */
export type Feature =
  | Transport
  | 'streaming'
  | 'path-guard'
  | 'sub-router'
  | 'body-parser'
  | 'error-handler'
  | 'on-refused'
  | 'upgrade'
  /** `fetch` is there. */
  | 'in-process'
  /** What a platform hands over, as a member of the request or beside it, reaches the sources through `fetch`. */
  | 'platform'
  /** `adapter` is there. */
  | 'construction'

export interface Subject {
  /** Framework and version, for the report: `Express 5.3.0`. */
  readonly name: string
  readonly features: readonly Feature[]
  /** A new application and a new server for each call; several may run at once. */
  start(setup: SubjectSetup): Promise<RunningSubject>
  /**
   * Answers without any socket, as a framework's own test client does: Hono's `app.request()`.
   * @param platform for the feature `platform`: what Workers and Lambda hand over beside a request
   */
  fetch?(setup: SubjectSetup, request: Request, platform: object): Promise<Response>
  /** The adapter's own functions, so that mistakes in their arguments can be shown to throw. */
  readonly adapter?: {
    readonly countersign: (options: never) => unknown
    readonly optional: (options: never) => unknown
    readonly requireScopes: (...scopes: string[]) => unknown
  }
}

/** Listening. `port` is on 127.0.0.1; `path` is that of a Unix socket. */
export interface RunningSubject {
  readonly port?: number
  readonly path?: string
  /** Ends connections that are still open, too. */
  close(): Promise<void>
}

export interface SubjectSetup {
  readonly authenticator: Authenticator
  /** For the second guard of `/twice`; the same one unless a case says otherwise. */
  readonly second: Authenticator
  /** To be handed to the adapter's option of this name. */
  readonly onRefused: ((problem: Problem) => RefusalBody | undefined) | undefined
  /** Turn on what makes the framework believe `X-Forwarded-*` (Express `trust proxy`, Koa `proxy`), where there is such a thing. */
  readonly trustProxy: boolean
  readonly transport: Transport
  /** Where to listen: `{ host, port: 0 }`, or `{ path }`. To be handed to `server.listen`. */
  readonly listen: { readonly host: string; readonly port: number } | { readonly path: string }
  /** For `https` and `http2`: to be handed to `createServer` as it is. */
  readonly tls: SubjectTls | undefined
  readonly application: Application
}

export interface SubjectTls {
  readonly cert: string
  readonly key: string
  readonly requestCert: boolean
  readonly rejectUnauthorized: false
  readonly ca?: string
  readonly ticketKeys?: Buffer
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
}

/** The handlers. All but `stream` are synchronous; what they return goes out as JSON with status 200. */
export interface Application {
  whoami(principal: Principal | undefined): PrincipalView | AnonymousView
  echo(principal: Principal, body: Uint8Array): EchoView
  /** @throws always */
  fail(): never
  /** Ends when `principal.signal` aborts. Its consumer must stop it when the client goes. */
  stream(principal: Principal): AsyncIterable<Uint8Array>
  /** What the framework's error handling answers with, under status 500. */
  caught(error: unknown): CaughtView
  /** Somebody who was never let in. */
  readonly forged: Principal
}

export interface PrincipalView {
  readonly partner: string
  readonly key: string | undefined
  readonly fingerprint: string | undefined
  readonly scopes: readonly string[]
}

export interface AnonymousView {
  readonly anonymous: true
}

export interface EchoView {
  readonly partner: string
  readonly length: number
}

export interface CaughtView {
  readonly caught: string
}
