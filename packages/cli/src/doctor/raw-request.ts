/** Requests written octet by octet, because no HTTP client lets one send what an attacker sends. @module */
import { connect as connectHttp2, constants } from 'node:http2'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

export interface Reply {
  /** 0: the connection ended without an answer. */
  readonly status: number
  /** As received, lower case. */
  readonly head: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Target {
  readonly host: string
  readonly port: number
  readonly path: string
  /** `undefined`: plaintext. */
  readonly tls: ConnectionOptions | undefined
  /** Where to connect to, if not to the host. */
  readonly connectTo?: string | undefined
  /** Where the request comes from. */
  readonly from?: string | undefined
}

const NOTHING: Reply = { status: 0, head: '', body: {} }

/** @param lines of the head after Host, each written as it is */
export function sendRaw(
  target: Target,
  lines: readonly string[],
  options: { readonly body?: string; readonly timeoutSeconds?: number } = {},
): Promise<Reply> {
  const { body = '', timeoutSeconds = 10 } = options
  const method = body === '' ? 'GET' : 'POST'
  const request = [`${method} ${target.path} HTTP/1.1`, `Host: ${target.host}`, ...lines, '', body].join('\r\n')
  return new Promise((resolve) => {
    const socket = open(target)
    let text = ''
    const finish = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(parse(text))
    }
    const timer = setTimeout(finish, timeoutSeconds * 1000)
    socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => socket.write(request, 'latin1'))
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (isWhole(text)) finish()
    })
    socket.once('end', finish)
    socket.once('error', finish)
  })
}

export function sendHttp2(
  target: Target,
  fields: Readonly<Record<string, string>>,
  timeoutSeconds = 10,
): Promise<Reply> {
  return new Promise((resolve) => {
    const session = connectHttp2(`https://${target.host}:${target.port}`, {
      ...target.tls,
      ALPNProtocols: ['h2'],
      ...(target.connectTo === undefined ? {} : { host: target.connectTo }),
    })
    const finish = (reply: Reply): void => {
      clearTimeout(timer)
      session.destroy()
      resolve(reply)
    }
    const timer = setTimeout(() => finish(NOTHING), timeoutSeconds * 1000)
    session.once('error', () => finish(NOTHING))
    const stream = session.request({ [constants.HTTP2_HEADER_PATH]: target.path, ...fields })
    let head = ''
    let status = 0
    let text = ''
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
      head = Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\r\n')
    })
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    stream.once('error', () => finish(NOTHING))
    stream.once('end', () => finish({ status, head: head.toLowerCase(), body: parseJson(text) }))
  })
}

function open({ host, port, tls, connectTo, from }: Target): Socket {
  const address = { host: connectTo ?? host, port, ...(from === undefined ? {} : { localAddress: from }) }
  if (tls === undefined) return connectPlain(address)
  const servername = isIP(host) === 0 ? { servername: host } : {}
  return connectTls({ ...address, ...servername, ALPNProtocols: ['http/1.1'], ...tls })
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
  const end = text.indexOf('\r\n\r\n')
  const head = (end === -1 ? text : text.slice(0, end)).toLowerCase()
  const body = end === -1 ? '' : text.slice(end + 4)
  // A chunked body has its sizes around the object.
  return { status, head, body: parseJson(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) }
}

function parseJson(text: string): Reply['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Reply['body']) : {}
  } catch {
    return {}
  }
}
