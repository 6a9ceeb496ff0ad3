/** One HTTP/2 connection over node:http2. @module */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { ConnectionOptions } from 'node:tls'
import { ConformanceFailure } from '../case/failure.ts'
import { type Answer, createAnswer, type HeaderList } from './answer.ts'
import { ANSWER_LIMIT_MILLISECONDS, type Connection, type Place, type WireRequest } from './connection.ts'

export interface Http2Options {
  readonly place: Place
  readonly tls: ConnectionOptions
  readonly client: string
}

export async function openHttp2({ place, tls, client }: Http2Options): Promise<Http2Connection> {
  if (!('port' in place)) throw new TypeError('HTTP/2 is spoken to a port')
  const session = connect(`https://${place.host}:${place.port}`, { ...tls, ALPNProtocols: ['h2'] })
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => resolve())
    session.once('error', reject)
  })
  session.on('error', () => {})
  return new Http2Connection(session, client)
}

export class Http2Connection implements Connection {
  readonly client: string
  readonly session: ClientHttp2Session

  constructor(session: ClientHttp2Session, client: string) {
    this.session = session
    this.client = client
  }

  send(request: WireRequest): Promise<Answer> {
    const stream = this.#open(request, request.body === undefined)
    if (request.body !== undefined) stream.end(request.body)
    return this.#answerTo(stream, request)
  }

  /** Leaves the body open and sends none of it. */
  sendHead(request: WireRequest): Promise<Answer> {
    return this.#answerTo(this.#open(request, false), request)
  }

  close(): void {
    this.session.destroy()
  }

  #open({ method, target, headers }: WireRequest, endStream: boolean): ClientHttp2Stream {
    return this.session.request({ ':method': method, ':path': target, ...groupFields(headers) }, { endStream })
  }

  #answerTo(stream: ClientHttp2Stream, { method, target, headers, body }: WireRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let status = 0
      let received: HeaderList = []
      const chunks: Buffer[] = []
      const timer = setTimeout(() => {
        stream.close(constants.NGHTTP2_CANCEL)
        reject(new ConformanceFailure('every request is answered', 'an answer within 5 s', 'silence'))
      }, ANSWER_LIMIT_MILLISECONDS)
      const finish = () => {
        clearTimeout(timer)
        if (status === 0) return reject(new ConformanceFailure('every request is answered', 'an answer', 'none'))
        const sent = {
          protocol: 'HTTP/2' as const,
          method,
          target,
          headers,
          bodyLength: body?.length ?? 0,
          client: this.client,
        }
        resolve(createAnswer(sent, status, received, Buffer.concat(chunks)))
      }
      stream.on('response', (fields) => {
        status = fields[':status'] ?? 0
        received = Object.entries(fields).flatMap(
          ([name, value]): HeaderList =>
            name.startsWith(':') || value === undefined
              ? []
              : [value].flat().map((each): HeaderList[number] => [name, String(each)]),
        )
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      // A stream that is reset after its answer (RFC 9113 §8.1) is answered all the same.
      stream.on('error', () => {})
      stream.on('close', finish)
    })
  }
}

/** Node takes several lines of one field as a list. */
function groupFields(headers: HeaderList): OutgoingHttpHeaders {
  const grouped: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (key === 'host') continue
    const known = grouped[key]
    grouped[key] = known === undefined ? value : [known, value].flat()
  }
  return grouped
}
