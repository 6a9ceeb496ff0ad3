/** The part of Fastify that is used, so that instances, requests and replies of any server, HTTP/2 among them, fit. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

export interface GuardedRequest {
  readonly raw: IncomingMessage | Http2ServerRequest
  /** As received, whatever `rewriteUrl` made of it. */
  readonly originalUrl: string
}

export interface GuardedReply {
  readonly raw: ServerResponse | Http2ServerResponse
  readonly sent: boolean
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  getHeaders(): Record<string, number | string | string[] | undefined>
  send(body: Uint8Array): unknown
  hijack(): unknown
}

/** Fits `onRequest`, and every later hook of a request that has this form. */
export type Hook = (request: GuardedRequest, reply: GuardedReply, done: (error?: Error) => void) => void

export interface GuardedInstance {
  addHook(name: 'onRequest', hook: Hook): unknown
}

/** For `register`. */
export type Plugin = (instance: GuardedInstance, options: object, done: (error?: Error) => void) => void
