/** Requests to a proxy under test, with whatever client certificate and from whatever address of loopback. @module */
import type { IssuedCertificate } from '@countersign/testing'
import { type Reply as RawReply, sendHttp2 as rawHttp2, sendRaw } from '../../src/doctor/raw-request.ts'

export interface Reply {
  /** 0: the connection ended without an answer. */
  readonly status: number
  readonly headers: string
  readonly body: { readonly partner?: string; readonly code?: string }
}

export interface Target {
  readonly port: number
  readonly tls: boolean
  /** The server's CA. */
  readonly ca: string
  readonly client?: IssuedCertificate | undefined
  /** Where the request comes from. Default: 127.0.0.1. */
  readonly from?: string
}

export async function send(target: Target, path: string, lines: readonly string[], body = ''): Promise<Reply> {
  return toReply(await sendRaw(toRaw(target, path), lines, { body }))
}

export async function sendHttp2(
  target: Target,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Reply> {
  return toReply(await rawHttp2(toRaw(target, path), fields))
}

function toRaw({ port, tls, ca, client, from }: Target, path: string): Parameters<typeof sendRaw>[0] {
  const own = client === undefined ? {} : { cert: client.chainPem, key: client.privateKeyPem }
  return { host: 'localhost', connectTo: '127.0.0.1', port, path, from, tls: tls ? { ca, ...own } : undefined }
}

function toReply({ status, head, body }: RawReply): Reply {
  return { status, headers: head, body }
}
