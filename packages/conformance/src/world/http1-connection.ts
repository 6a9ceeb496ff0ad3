/**
 * One HTTP/1.1 connection, octet by octet (RFC 9112): a client that can also say what no library would send, and that
 * shows the answer as it came.
 * @module
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { ConformanceFailure } from '../case/failure.ts'
import { type Answer, createAnswer, type HeaderList, type SentRequest } from './answer.ts'
import { ANSWER_LIMIT_MILLISECONDS, type Connection, type Place, type WireRequest } from './connection.ts'

export interface Http1Options {
  readonly place: Place
  /** Left out: plain text. */
  readonly tls?: ConnectionOptions | undefined
  readonly client: string
}

export async function openHttp1(options: Http1Options): Promise<Http1Connection> {
  const socket =
    options.tls === undefined ? connectTcp(options.place) : connectTls({ ...options.place, ...options.tls })
  const connection = new Http1Connection(socket, options.client)
  await connection.opened(options.tls === undefined ? 'connect' : 'secureConnect')
  return connection
}

export class Http1Connection implements Connection {
  readonly client: string
  readonly socket: Socket
  /** The last TLS session that the server offered. */
  session: Buffer | undefined
  #received: Buffer = Buffer.alloc(0)
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined
  #onInterim: ((status: number) => void) | undefined

  constructor(socket: Socket, client: string) {
    this.socket = socket
    this.client = client
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#wake?.()
    })
    socket.on(
      'session' as 'close',
      ((session: Buffer) => {
        this.session = session
      }) as () => void,
    )
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#ended = true
        this.#wake?.()
      })
    }
    socket.on('error', (error) => {
      this.#error = error
      this.#ended = true
      this.#wake?.()
    })
  }

  /** True once the server ended or reset the connection. */
  get ended(): boolean {
    return this.#ended
  }

  get resumed(): boolean {
    return (this.socket as TLSSocket).isSessionReused?.() === true
  }

  /** The server offers one when the handshake is over, in TLS 1.3 a moment later. @throws ConformanceFailure */
  async offeredSession(): Promise<Buffer> {
    for (let waited = 0; waited < ANSWER_LIMIT_MILLISECONDS && !this.#ended; waited += 5) {
      if (this.session !== undefined) return this.session
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new ConformanceFailure('the listener offers TLS sessions', 'a session', 'none')
  }

  /** @throws ConformanceFailure */
  async waitForEnd(): Promise<void> {
    while (!this.#ended) await this.#more()
  }

  /** Resolves when what was written has left, or the connection has ended. */
  drained(): Promise<void> {
    if (this.#ended || !this.socket.writableNeedDrain) return Promise.resolve()
    const events = ['drain', 'close', 'end', 'error']
    return new Promise((resolve) => {
      const done = () => {
        for (const event of events) this.socket.off(event, done)
        resolve()
      }
      for (const event of events) this.socket.on(event, done)
    })
  }

  opened(event: 'connect' | 'secureConnect'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once(event as 'connect', resolve)
      this.socket.once('error', reject)
      this.socket.once('close', () => reject(new Error('closed before it was open')))
    })
  }

  async send(request: WireRequest): Promise<Answer> {
    this.writeAll([request])
    return this.read(request)
  }

  /** Several requests at once, before any is answered. */
  writeAll(requests: readonly WireRequest[]): void {
    const octets = requests.flatMap((request) => [
      Buffer.from(encodeHead(request), 'latin1'),
      request.body ?? Buffer.alloc(0),
    ])
    this.write(Buffer.concat(octets))
  }

  /** Resolves once `read` has passed over an interim answer with this status. */
  interim(status: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onInterim = (each) => {
        if (each === status) resolve()
      }
    })
  }

  write(octets: string | Uint8Array): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets)
  }

  /** The next answer, interim ones passed over. */
  async read(request: Pick<WireRequest, 'method' | 'target' | 'headers' | 'body'>): Promise<Answer> {
    const sent: SentRequest = {
      protocol: 'HTTP/1.1',
      method: request.method,
      target: request.target,
      headers: request.headers,
      bodyLength: request.body?.length ?? 0,
      client: this.client,
    }
    const interim: number[] = []
    for (;;) {
      const { status, headers } = parseHead(await this.#readUntil('\r\n\r\n'))
      if (status < 200 && status !== 101) {
        interim.push(status)
        this.#onInterim?.(status)
        continue
      }
      const body = await this.#readBody(request.method, status, headers)
      return createAnswer(sent, status, headers, body, interim)
    }
  }

  /** Whatever came and was not read yet, up to the end of the connection. */
  async readToEnd(): Promise<Buffer> {
    while (!this.#ended) await this.#more()
    return this.#take(this.#received.length)
  }

  /** What came so far and was not read yet. */
  get pending(): Buffer {
    return this.#received
  }

  close(): void {
    this.socket.destroy()
  }

  async #readBody(method: string, status: number, headers: HeaderList): Promise<Buffer> {
    if (method === 'HEAD' || status === 204 || status === 304 || status === 101) return Buffer.alloc(0)
    const field = (name: string) => headers.find(([each]) => each === name)?.[1]
    if (field('transfer-encoding')?.toLowerCase() === 'chunked') return this.#readChunks()
    const length = field('content-length')
    if (length === undefined) return this.readToEnd()
    return this.#readOctets(Number(length))
  }

  async #readChunks(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for (;;) {
      const size = Number.parseInt((await this.#readUntil('\r\n')).toString('latin1'), 16)
      if (!(size > 0)) break
      chunks.push(await this.#readOctets(size))
      await this.#readOctets(2)
    }
    await this.#readOctets(2)
    return Buffer.concat(chunks)
  }

  async #readUntil(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#received.indexOf(mark)
      if (at !== -1) return this.#take(at + mark.length)
      if (this.#ended) throw this.#cut()
      await this.#more()
    }
  }

  async #readOctets(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.#ended) throw this.#cut()
      await this.#more()
    }
    return this.#take(length)
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return taken
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake = undefined
        reject(new ConformanceFailure('every request is answered', 'an answer within 5 s', 'silence'))
      }, ANSWER_LIMIT_MILLISECONDS)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }

  #cut(): ConformanceFailure {
    const how = this.#error === undefined ? 'the connection ended' : `the connection failed: ${this.#error.message}`
    return new ConformanceFailure('every answer is complete', 'a whole answer', how)
  }
}

/** Start line and header section; a length is added if there is a body and nothing says how long it is. */
export function encodeHead({ method, target, headers, body }: WireRequest): string {
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  if (body !== undefined && !framed) lines.push(`Content-Length: ${body.length}`)
  return `${method} ${target} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
}

function parseHead(head: Buffer): { status: number; headers: HeaderList } {
  const [start = '', ...lines] = head.toString('latin1').split('\r\n')
  const headers = lines.flatMap((line): HeaderList => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]] : []
  })
  return { status: Number(start.split(' ')[1]), headers }
}
