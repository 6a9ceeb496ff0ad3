/** One started subject with its partners, its authenticator and its clients. @module */
import type {
  Authenticator,
  AuthenticatorOptions,
  EventMap,
  KeyOptions,
  ProblemCode,
  Reason,
  Require,
} from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import {
  type IssuedKey,
  memoryRegistry,
  type NewKey,
  type Registry,
  type RegistryAdmin,
} from '@countersign/core/registry'
import type { TokenVerifier } from '@countersign/core/tokens'
import type { IssuedCertificate, ManualClock } from '@countersign/testing'
import { createManualClock } from '@countersign/testing'
import { assertEqual } from '../case/assert.ts'
import type { RunningSubject, Subject, SubjectSetup, SubjectTls, Transport } from '../subject/subject.ts'
import { type Answer, createAnswer, type HeaderList } from './answer.ts'
import { type CountedApplication, createApplication } from './application.ts'
import { checkProblem, checkRefusal, type RefusalExpectation } from './check-refusal.ts'
import type { Connection, Place, WireRequest } from './connection.ts'
import { EventLog } from './event-log.ts'
import { encodeHead, type Http1Connection, openHttp1 } from './http1-connection.ts'
import { openHttp2 } from './http2-connection.ts'
import type { Pki } from './pki.ts'
import { createRevocationSwitch, type RevocationSwitch } from './revocation-switch.ts'

export interface ServiceOptions {
  /** Default `https`. */
  readonly transport?: Transport
  readonly require?: Require
  readonly certificate?: Partial<AuthenticatorOptions['certificate']>
  readonly key?: Partial<Omit<KeyOptions, 'registry'>>
  /** Where `require` takes tokens. */
  readonly token?: TokenVerifier
  /** What the authenticator asks, made of the real registry. Default: the real one. */
  readonly registry?: (real: RegistryAdmin) => Registry
  readonly on?: AuthenticatorOptions['on']
  readonly limits?: AuthenticatorOptions['limits']
  readonly retryAfterSeconds?: number
  /** What the guard is given, made of the real one. Default: the real one. */
  readonly authenticator?: (real: Authenticator) => Authenticator
  /** For the second guard of `/twice`. Default: the same authenticator. */
  readonly second?: (options: AuthenticatorOptions<Require>) => AuthenticatorOptions<Require>
  readonly onRefused?: SubjectSetup['onRefused']
  readonly trustProxy?: boolean
  readonly tls?: Partial<SubjectTls>
  /** Default 127.0.0.1. */
  readonly host?: string
}

export interface CallOptions {
  /** Default GET. */
  readonly method?: string
  /** Default `/whoami`. */
  readonly path?: string
  /** Default: acme's where the transport can carry one. */
  readonly certificate?: IssuedCertificate | 'none'
  /** The whole key. Default: acme's. */
  readonly key?: string | 'none'
  /** As a proxy forwards it (RFC 9440). */
  readonly forwarded?: IssuedCertificate
  /** After `Host` and the credentials, exactly as they stand here. */
  readonly headers?: HeaderList
  readonly body?: Uint8Array
}

export interface ConnectOptions {
  readonly certificate?: IssuedCertificate | 'none'
  /** A session of an earlier connection, to be resumed. */
  readonly session?: Buffer
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
}

/** What a service is made of: handed over by the case context. */
export interface ServiceParts {
  readonly subject: Subject
  readonly pki: Pki
  readonly socketPath: () => string
  readonly record: (answer: Answer) => void
  readonly addSecret: (secret: string) => void
}

export async function startService(parts: ServiceParts, options: ServiceOptions): Promise<Service> {
  const clock = createManualClock()
  const registry = memoryRegistry({ clock })
  const keys = await createPartners(registry, parts)
  const revocation = createRevocationSwitch()
  const authenticatorOptions: AuthenticatorOptions<Require> = {
    certificate: { anchors: parts.pki.ca.certificate.pem, revocation, ...options.certificate },
    key: {
      ...options.key,
      registry: options.registry?.(registry) ?? registry,
    },
    clock,
    ...(options.require === undefined ? {} : { require: options.require }),
    ...(options.token === undefined ? {} : { token: options.token }),
    ...(options.on === undefined ? {} : { on: options.on }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: options.retryAfterSeconds }),
  }
  const real = createAuthenticator<Require>(authenticatorOptions)
  const authenticator = options.authenticator?.(real) ?? real
  const second =
    options.second === undefined ? authenticator : createAuthenticator<Require>(options.second(authenticatorOptions))
  const application = createApplication()
  const transport = options.transport ?? 'https'
  const setup: SubjectSetup = {
    authenticator,
    second,
    application,
    transport,
    onRefused: options.onRefused,
    trustProxy: options.trustProxy ?? false,
    listen: transport === 'unix' ? { path: parts.socketPath() } : { host: options.host ?? '127.0.0.1', port: 0 },
    tls:
      transport === 'https' || transport === 'http2'
        ? { ...parts.pki.server.tls, requestCert: true, rejectUnauthorized: false, ...options.tls }
        : undefined,
  }
  const running = await parts.subject.start(setup)
  return new Service(parts, {
    setup,
    running,
    application,
    registry,
    revocation,
    clock,
    keys,
    keyHeader: (options.key?.header ?? 'authorization').toLowerCase(),
  })
}

export interface PartnerKeys {
  readonly acme: IssuedKey
  readonly globex: IssuedKey
}

async function createPartners(registry: RegistryAdmin, { pki, addSecret }: ServiceParts): Promise<PartnerKeys> {
  const scopes = ['orders:read', 'orders:write']
  const issue = async (id: 'acme' | 'globex') => {
    await registry.createPartner({ id, rules: [{ kind: 'public-key', value: pki[id].publicKeyHash }], scopes })
    const issued = await registry.issueKey({ partnerId: id })
    addSecret(secretOf(issued.key))
    return issued
  }
  return { acme: await issue('acme'), globex: await issue('globex') }
}

interface ServiceState {
  readonly setup: SubjectSetup
  readonly running: RunningSubject
  readonly application: CountedApplication
  readonly registry: RegistryAdmin
  readonly revocation: RevocationSwitch
  readonly clock: ManualClock
  readonly keys: PartnerKeys
  readonly keyHeader: string
}

export class Service {
  readonly pki: Pki
  readonly setup: SubjectSetup
  readonly authenticator: Authenticator
  readonly application: CountedApplication
  /** The real one, behind whatever a case put before it. */
  readonly registry: RegistryAdmin
  readonly revocation: RevocationSwitch
  /** Stands still until a case moves it. */
  readonly clock: ManualClock
  readonly keys: PartnerKeys
  readonly keyHeader: string
  readonly events: EventLog
  readonly #parts: ServiceParts
  readonly #running: RunningSubject
  readonly #connections: Connection[] = []
  #expectedRuns = 0
  #toleratedRuns = 0
  #expectedErrors: readonly string[] | undefined = []

  constructor(parts: ServiceParts, state: ServiceState) {
    this.#parts = parts
    this.#running = state.running
    this.pki = parts.pki
    this.setup = state.setup
    this.authenticator = state.setup.authenticator
    this.application = state.application
    this.registry = state.registry
    this.revocation = state.revocation
    this.clock = state.clock
    this.keys = state.keys
    this.keyHeader = state.keyHeader
    this.events = new EventLog(this.authenticator)
  }

  get place(): Place {
    const { path, port } = this.#running
    return path === undefined ? { host: '127.0.0.1', port: port ?? 0 } : { path }
  }

  async issue(key: NewKey): Promise<IssuedKey> {
    const issued = await this.registry.issueKey(key)
    this.#parts.addSecret(secretOf(issued.key))
    return issued
  }

  /** One request on a connection of its own. */
  async call(options: CallOptions = {}): Promise<Answer> {
    const connection = await this.connect(options.certificate === undefined ? {} : { certificate: options.certificate })
    try {
      return await this.on(connection, options)
    } finally {
      connection.close()
    }
  }

  /** One request on an open connection; `certificate` says nothing here. */
  async on(connection: Connection, options: CallOptions = {}): Promise<Answer> {
    const answer = await connection.send(this.request(options))
    this.#parts.record(answer)
    return answer
  }

  /**
   * One request without any socket, in the framework's own way.
   * @param platform what a runtime hands over: `cf` as a member of the request, the rest beside it
   */
  async fetch(
    path: string,
    headers: HeaderList,
    { cf, ...beside }: { readonly cf?: unknown; readonly event?: unknown } = {},
  ): Promise<Answer> {
    const request = new Request(`https://api.example.test${path}`, { headers: headers as [string, string][] })
    if (cf !== undefined) Object.defineProperty(request, 'cf', { value: cf })
    const response = await this.#parts.subject.fetch?.(this.setup, request, beside)
    if (response === undefined) throw new TypeError('a subject with the feature in-process has a fetch()')
    const sent = {
      protocol: 'HTTP/1.1',
      method: 'GET',
      target: path,
      headers,
      bodyLength: 0,
      client: 'no socket',
    } as const
    const body = Buffer.from(await response.arrayBuffer())
    return this.record(createAnswer(sent, response.status, [...response.headers], body))
  }

  /** Asks to leave HTTP, at `/socket`. */
  async upgrade(options: CallOptions): Promise<{ readonly answer: Answer; readonly after: string }> {
    const connection = await this.connectHttp1(
      options.certificate === undefined ? {} : { certificate: options.certificate },
    )
    const headers: HeaderList = [['Connection', 'Upgrade'], ['Upgrade', 'countersign-test'], ...(options.headers ?? [])]
    const request = this.request({ path: '/socket', ...options, headers })
    connection.write(encodeHead(request))
    const answer = this.record(await connection.read(request))
    const after = answer.status === 101 ? (await connection.readToEnd()).toString('utf8') : ''
    return { answer, after }
  }

  /** The request that `call` would send. */
  request(options: CallOptions = {}): WireRequest {
    const { method = 'GET', path = '/whoami', key = this.keys.acme.key, forwarded, headers = [], body } = options
    return {
      method,
      target: path,
      headers: [
        ['Host', 'api.example.test'],
        ...(key === 'none' ? [] : [this.keyField(key)]),
        ...(forwarded === undefined ? [] : forwardedFields(forwarded)),
        ...headers,
      ],
      body,
    }
  }

  /** The field that carries a key here. */
  keyField(key: string): HeaderList[number] {
    return this.keyHeader === 'authorization' ? ['Authorization', `Bearer ${key}`] : [this.keyHeader, key]
  }

  /** What was read from a connection without `on`. */
  record(answer: Answer): Answer {
    this.#parts.record(answer)
    return answer
  }

  /** A connection of the service's own kind; closed with the service. */
  async connect(options: ConnectOptions = {}): Promise<Connection> {
    if (this.setup.transport !== 'http2') return this.connectHttp1(options)
    const { tls, client } = this.#clientTls(options)
    const connection = await openHttp2({ place: this.place, tls, client })
    this.#connections.push(connection)
    return connection
  }

  async connectHttp1(options: ConnectOptions = {}): Promise<Http1Connection> {
    const { tls, client } = this.#clientTls(options)
    const connection = await openHttp1({
      place: this.place,
      tls: this.setup.tls === undefined ? undefined : tls,
      client: this.setup.tls === undefined ? 'no TLS' : client,
    })
    this.#connections.push(connection)
    return connection
  }

  /** The request reached its handler, as this partner. @throws ConformanceFailure */
  expectAccepted(answer: Answer, expected: { readonly partner: string } & Partial<ExpectedPrincipal>): void {
    this.#expectedRuns++
    assertEqual(answer.status, 200, 'the request is accepted')
    if (answer.request.method === 'HEAD') return
    const body = answer.json() as Record<string, unknown>
    for (const [name, value] of Object.entries(expected)) {
      assertEqual(body[name], value, `the handler sees the ${name} of this request`)
    }
  }

  /** The request reached its handler, as nobody. @throws ConformanceFailure */
  expectAnonymous(answer: Answer): void {
    this.#expectedRuns++
    assertEqual(answer.status, 200, 'the request is let pass')
    assertEqual(answer.json(), { anonymous: true }, 'the handler sees no principal')
  }

  /** @throws ConformanceFailure */
  expectRefused(answer: Answer, reason: Reason['code'], expectation?: RefusalExpectation): EventMap['refused'] {
    return checkRefusal(answer, reason, { keyHeader: this.keyHeader, events: this.events }, expectation)
  }

  /** For refusals that no authenticator made, or whose exact reason is not on trial. @throws ConformanceFailure */
  expectProblem(answer: Answer, code: ProblemCode, expectation?: RefusalExpectation): void {
    checkProblem(answer, code, this.keyHeader, expectation)
  }

  /** Whether a handler runs for a client that has gone is the framework's affair. */
  tolerateRuns(most: number): void {
    this.#toleratedRuns = most
  }

  /** Handlers that ran without an answer that `expectAccepted` could be asked of. */
  expectRuns(count: number): void {
    this.#expectedRuns += count
  }

  expectErrors(...names: readonly string[]): void {
    this.#expectedErrors = names
  }

  /** The application's own reading may fail, of a body that ends too early or cannot be parsed. */
  tolerateErrors(): void {
    this.#expectedErrors = undefined
  }

  /** Once the case is over: nobody reached a handler who was not seen to. @throws ConformanceFailure */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await this.#running.close()
    this.authenticator.close()
    if (this.setup.second !== this.authenticator) this.setup.second.close()
    // What an adapter does after its answer would be done by now.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** @throws ConformanceFailure */
  checkCounts(): void {
    const { runs } = this.application
    const most = this.#expectedRuns + this.#toleratedRuns
    const within = runs >= this.#expectedRuns && runs <= most
    assertEqual(within ? most : runs, most, 'handlers run once for each accepted request, and for no other')
    if (this.#expectedErrors === undefined) return
    const rule = 'a refusal does not travel as an error through the framework'
    assertEqual(this.application.caughtErrors, this.#expectedErrors, rule)
  }

  #clientTls({ certificate = this.pki.acme, session, maxVersion }: ConnectOptions) {
    const client = certificate === 'none' ? 'no certificate' : `certificate ${certificate.fingerprint.slice(0, 8)}`
    return {
      client,
      tls: {
        rejectUnauthorized: false,
        servername: 'api.example.test',
        ...(maxVersion === undefined
          ? { secureContext: this.pki.clientContext(certificate) }
          : { ...(certificate === 'none' ? {} : certificate.tls), maxVersion }),
        ...(session === undefined ? {} : { session }),
      },
    }
  }
}

interface ExpectedPrincipal {
  readonly key: string | undefined
  readonly fingerprint: string
  readonly scopes: readonly string[]
  readonly length: number
}

/** RFC 9440 §2.2, §2.3. */
export function forwardedFields(certificate: IssuedCertificate): HeaderList {
  const encode = (der: Uint8Array) => `:${Buffer.from(der).toString('base64')}:`
  const chain = certificate.intermediates.map(({ der }) => encode(der)).join(', ')
  return [
    ['Client-Cert', encode(certificate.certificate.der)],
    ...(chain === '' ? [] : ([['Client-Cert-Chain', chain]] as const)),
  ]
}

/** The part of a key that is a secret: its 43 random characters. */
function secretOf(key: string): string {
  return key.slice(-49, -6)
}
