/** Requests written octet by octet, because no HTTP client lets one send what an attacker sends. @module */
import { connect as connectHttp2, constants } from 'node:http2'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IssuedCertificate } from '@countersign/testing'

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

const ANSWER_MILLISECONDS = 10_000

/** @param lines of the head, without the request line and Host, each written as it is */
export function send(target: Target, path: string, lines: readonly string[], body = ''): Promise<Reply> {
  const head = [`${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n')
  return new Promise((resolve) => {
    const socket = open(target)
    let text = ''
    const finish = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parse(text))
    }
    const timer = setTimeout(finish, ANSWER_MILLISECONDS)
    socket.once(target.tls ? 'secureConnect' : 'connect', () => socket.write(head + body, 'latin1'))
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (isWhole(text)) finish()
    })
    socket.once('end', finish)
    socket.once('error', finish)
  })
}

export function sendHttp2(target: Target, path: string, fields: Readonly<Record<string, string>>): Promise<Reply> {
  return new Promise((resolve) => {
    const session = connectHttp2(`https://localhost:${target.port}`, {
      host: '127.0.0.1',
      ca: target.ca,
      ...(target.client?.tls ?? {}),
    })
    const finish = (reply: Reply): void => {
      clearTimeout(timer)
      session.destroy()
      resolve(reply)
    }
    const nothing: Reply = { status: 0, headers: '', body: {} }
    const timer = setTimeout(() => finish(nothing), ANSWER_MILLISECONDS)
    session.once('error', () => finish(nothing))
    const stream = session.request({ [constants.HTTP2_HEADER_PATH]: path, ...fields })
    let status = 0
    let text = ''
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
    })
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    stream.once('error', () => finish(nothing))
    stream.once('end', () => finish({ status, headers: '', body: parseJson(text) }))
  })
}

function open({ port, tls, ca, client, from }: Target): Socket {
  const address = { host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) }
  if (!tls) return connectPlain(address)
  const own = client === undefined ? {} : { cert: client.chainPem, key: client.privateKeyPem }
  return connectTls({ ...address, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'], ...own })
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1]
  if (length !== undefined) return text.length >= end + 4 + Number(length)
  return text.endsWith('\r\n0\r\n\r\n')
}

function parse(text: string): Reply {
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
  const [headers = '', ...rest] = text.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  return { status, headers: headers.toLowerCase(), body: parseJson(/\{.*\}/s.exec(body)?.[0] ?? '') }
}

function parseJson(text: string): Reply['body'] {
  try {
    return JSON.parse(text) as Reply['body']
  } catch {
    return {}
  }
}
