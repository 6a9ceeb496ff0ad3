/**
 * Status by OCSP (RFC 6960): asked once for everybody who waits, remembered until the answer ends, and asked again before
 * that while requests go on with the answer at hand.
 * @module
 */
import { encodeHex } from '../bytes/hex.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { checkWord } from '../primitives/check-option.ts'
import { type Flow, type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import { ACCESS_METHOD } from '../x509/oids.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { FetchedCrlSeams } from './fetched-crls.ts'
import { parseFetchUrl } from './fetcher.ts'
import { allowsHost, checkHosts } from './host-list.ts'
import { later } from './later.ts'
import { type CertIdHash, encodeCertId, encodeOcspRequest, NONCE_OCTETS } from './ocsp-request.ts'
import { OcspResponder, type OcspResponderSettings } from './ocsp-responder.ts'
import { type OcspFinding, type OcspQuery, ocspStatus } from './ocsp-status.ts'
import { ANY_ISSUER, type ProviderHealth } from './revocation-health.ts'
import type {
  RevocationHost,
  RevocationIssuer,
  RevocationProvider,
  RevocationQuery,
  RevocationSubject,
} from './revocation-provider.ts'
import type { RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'
import { webFetcher } from './web-fetcher.ts'

export interface OcspOptions {
  /** URLs of responders, asked in this order about every certificate, until one answers. */
  readonly responders?: readonly string[]
  /** Default `post`. `get` lets caches in between answer, and sends no nonce. */
  readonly method?: 'post' | 'get'
  /** By which hash certificates are named. Default `SHA-1`, which every responder knows; it names, and proves nothing. */
  readonly certIdHash?: CertIdHash
  /** Default `send`: one that comes back must be the one that was sent. `require`: it must come back. */
  readonly nonce?: 'send' | 'require' | 'omit'
  /** Counts answers older than this as expired; without it one that has no nextUpdate counts for nothing. */
  readonly maxAgeSeconds?: number
  /** The longest before an answer is asked for again. Default 3600. */
  readonly refreshSeconds?: number
  /** For one responder. Default 5: requests wait for it. */
  readonly timeoutSeconds?: number
}

export interface OcspHostOptions extends OcspOptions {
  /** Hosts that certificates may name as their responders, as in `crlFromDistributionPoints`. */
  readonly hosts?: readonly string[]
}

const NAME = 'ocsp'

/** Enough for a responder in the same data centre to be fast, and for a slow one to hold nothing up. */
const CONCURRENCY = 16

/** Beyond that a storm of certificates is answered 503 instead of being queued for minutes. */
const MAX_WAITING = 1_000

/** A kilobyte each. */
const MAX_REMEMBERED = 20_000

const MAX_RESPONDERS = 64

const DEFAULT_TIMEOUT_SECONDS = 5

const DEFAULT_REFRESH_SECONDS = 3_600

/** "Unknown" and failures are asked about again after this. */
const NEGATIVE_MILLISECONDS = 30_000

/** Of what is left of an answer's time, or of the refresh interval. */
const REFRESH_SHARE = { from: 0.5, to: 0.75 }

/**
 * For responders that are listed in full.
 * @throws TypeError for no responder, or one that is not http or https
 */
export function ocsp(options: OcspOptions & { readonly responders: readonly string[] }): RevocationProvider {
  return createOcsp(options, { fetcher: webFetcher, random: Math.random, later })
}

interface Remembered {
  finding: OcspFinding | undefined
  /** An unknown, and until when it is not asked about again. */
  negative: RevocationStatus | undefined
  /** Milliseconds since 1970, by the clock of the queries. */
  retryAt: number
  refreshAt: number
  inFlight: Promise<RevocationStatus> | undefined
}

/** @internal */
export function createOcsp(options: OcspHostOptions, seams: FetchedCrlSeams): RevocationProvider {
  const settings = checkOptions(options)
  const { hosts, method, certIdHash, nonce, maxAgeSeconds } = settings
  const host: { current: RevocationHost | undefined } = { current: undefined }
  const responders = new Map<string, OcspResponder>()
  const queue = new BoundedQueue(CONCURRENCY, MAX_WAITING)
  const byCertificate = new WeakMap<
    Certificate,
    { readonly issuer: RevocationIssuer; readonly remembered: Remembered }
  >()
  const byId = new BoundedMap<string, Remembered>(MAX_REMEMBERED)
  const stop = new AbortController()
  let users = 0

  const responderSettings: OcspResponderSettings = {
    fetcher: seams.fetcher,
    random: seams.random,
    method,
    timeoutMilliseconds: settings.timeoutMilliseconds,
    onTurn: (source, error) =>
      host.current?.notify(
        error === undefined ? { type: 'reloaded', source } : { type: 'degraded', source, cause: error },
      ),
  }
  for (const url of settings.responders) responders.set(url, new OcspResponder(url, responderSettings))

  /** The listed ones; else those that the certificate names, as far as they are allowed. */
  function respondersFor(certificate: Certificate): readonly OcspResponder[] {
    if (settings.responders.length > 0) return [...responders.values()]
    const urls = (certificate.authorityInfoAccess ?? []).flatMap(({ method: access, location }) =>
      access === ACCESS_METHOD.ocsp && location.kind === 'uri' && allowsHost(location.value, hosts)
        ? new URL(location.value).href
        : [],
    )
    return urls.map((url) => {
      const known = responders.get(url)
      if (known !== undefined) return known
      // The hosts are few; whoever invents paths under them does so in certificates that a trusted CA signed.
      if (responders.size >= MAX_RESPONDERS) responders.delete(responders.keys().next().value as string)
      const responder = new OcspResponder(url, responderSettings)
      responders.set(url, responder)
      return responder
    })
  }

  /** By certificate, which is cheap, or by what names it, so that the same one on another connection finds its answer. */
  function* find(subject: RevocationSubject, query: RevocationQuery): Flow<Remembered> {
    const { certificate, issuer } = subject
    const known = byCertificate.get(certificate)
    if (known?.issuer === issuer) return known.remembered
    const id = encodeHex(yield* encodeCertId(subject, 'SHA-256', query.primitives))
    const remembered = byId.get(id) ?? {
      finding: undefined,
      negative: undefined,
      retryAt: 0,
      refreshAt: 0,
      inFlight: undefined,
    }
    byId.set(id, remembered)
    byCertificate.set(certificate, { issuer, remembered })
    return remembered
  }

  function* answer(subject: RevocationSubject, query: RevocationQuery): Flow<RevocationStatus> {
    const remembered = yield* find(subject, query)
    const at = query.at.getTime()
    const { finding, negative } = remembered
    if (finding !== undefined && at <= finding.until) {
      if (at >= remembered.refreshAt && at >= remembered.retryAt) void ask(remembered, subject, query)
      return finding.status
    }
    if (negative !== undefined && at < remembered.retryAt) return negative
    return (yield ask(remembered, subject, query)) as RevocationStatus
  }

  /** One question, however many wait for its answer. */
  function ask(remembered: Remembered, subject: RevocationSubject, query: RevocationQuery): Promise<RevocationStatus> {
    if (remembered.inFlight !== undefined) return remembered.inFlight
    const queued = queue.run(() => askResponders(remembered, subject, query))
    if (queued === undefined) return Promise.resolve(unknown('overloaded'))
    remembered.inFlight = queued.finally(() => {
      remembered.inFlight = undefined
    })
    return remembered.inFlight
  }

  async function askResponders(
    remembered: Remembered,
    subject: RevocationSubject,
    query: RevocationQuery,
  ): Promise<RevocationStatus> {
    const asked = respondersFor(subject.certificate)
    let cause: RevocationUnknownCause = asked.length === 0 ? 'no-source' : 'source-failed'
    for (const responder of asked) {
      const sent = nonce === 'omit' ? undefined : query.primitives.randomBytes(NONCE_OCTETS)
      const certId = await runFlow(encodeCertId(subject, certIdHash, query.primitives))
      const response = await responder.ask(encodeOcspRequest(certId, sent), stop.signal)
      if (response === undefined) continue
      const question: OcspQuery = {
        ...query,
        by: NAME,
        maxAgeSeconds,
        nonce: sent,
        nonceIn: nonce === 'require' ? 'required' : 'optional',
      }
      const finding = await runFlow(ocspStatus(subject, [response], question))
      if (finding.status.status !== 'unknown') return remember(remembered, finding, query)
      cause = finding.status.cause
      // That is an answer: nobody else knows better.
      if (cause === 'responder-unknown') break
    }
    return keepUnknown(remembered, cause, query)
  }

  function remember(remembered: Remembered, finding: OcspFinding, { at }: RevocationQuery): RevocationStatus {
    const turned = remembered.finding !== undefined && remembered.finding.status.status !== finding.status.status
    const now = at.getTime()
    const share = REFRESH_SHARE.from + (REFRESH_SHARE.to - REFRESH_SHARE.from) * seams.random()
    remembered.finding = finding
    remembered.negative = undefined
    remembered.retryAt = 0
    remembered.refreshAt = now + share * Math.min(finding.until - now, settings.refreshMilliseconds / REFRESH_SHARE.to)
    if (turned) host.current?.changed()
    return finding.status
  }

  /** The answer at hand counts on until its end, for whoever asks before that, unless the responder took it back. */
  function keepUnknown(
    remembered: Remembered,
    cause: RevocationUnknownCause,
    { at }: RevocationQuery,
  ): RevocationStatus {
    const status = unknown(cause)
    remembered.negative = status
    remembered.retryAt = at.getTime() + NEGATIVE_MILLISECONDS
    if (cause === 'responder-unknown' && remembered.finding?.status.status === 'good') {
      remembered.finding = undefined
      host.current?.changed()
    }
    return status
  }

  return {
    name: NAME,
    attach(attached) {
      host.current ??= attached
      users++
    },
    status(subject, query): MaybePromise<RevocationStatus> {
      const known = byCertificate.get(subject.certificate)
      const at = query.at.getTime()
      // What nearly every request comes to: no generator, no promise.
      if (known?.issuer === subject.issuer) {
        const { finding, refreshAt } = known.remembered
        if (finding !== undefined && at <= finding.until && at < refreshAt) return finding.status
      }
      return runFlow(answer(subject, query))
    },
    health: () => [...responders.values()].map(healthOf),
    close() {
      if (--users <= 0) stop.abort()
    },
  }
}

function unknown(cause: RevocationUnknownCause): RevocationStatus {
  return { status: 'unknown', by: NAME, cause }
}

function healthOf({ url, lastError, isOpen }: OcspResponder): ProviderHealth {
  return {
    provider: NAME,
    source: url,
    issuer: ANY_ISSUER,
    state: isOpen ? 'failed' : 'current',
    ...(lastError === undefined ? {} : { lastError }),
  }
}

interface CheckedOptions {
  readonly responders: readonly string[]
  readonly hosts: readonly string[]
  readonly method: 'post' | 'get'
  readonly certIdHash: CertIdHash
  readonly nonce: 'send' | 'require' | 'omit'
  readonly maxAgeSeconds: number | undefined
  readonly refreshMilliseconds: number
  readonly timeoutMilliseconds: number
}

function checkOptions(options: OcspHostOptions): CheckedOptions {
  const { responders = [], hosts, method = 'post', certIdHash = 'SHA-1', maxAgeSeconds } = options ?? {}
  const { nonce = method === 'get' ? 'omit' : 'send' } = options ?? {}
  const { refreshSeconds = DEFAULT_REFRESH_SECONDS, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options ?? {}
  if (!Array.isArray(responders) || (responders.length === 0) === (hosts === undefined)) {
    throw new TypeError(`${NAME}: either responders, by their URLs, or hosts that certificates may name`)
  }
  checkWord(method, 'post', `${NAME}: method`, ['post', 'get'])
  checkWord(certIdHash, 'SHA-1', `${NAME}: certIdHash`, ['SHA-1', 'SHA-256'])
  checkWord(nonce, 'send', `${NAME}: nonce`, ['send', 'require', 'omit'])
  if (method === 'get' && nonce !== 'omit')
    throw new TypeError(`${NAME}: nonce: a GET carries none, because it is for caches`)
  for (const [option, value] of Object.entries({ maxAgeSeconds, refreshSeconds, timeoutSeconds })) {
    if (value === undefined || (Number.isFinite(value) && value > 0)) continue
    throw new TypeError(`${NAME}: ${option}: a positive number of seconds`)
  }
  return {
    responders: responders.map(checkResponder),
    hosts: hosts === undefined ? [] : checkHosts(hosts, NAME),
    method,
    certIdHash,
    nonce,
    maxAgeSeconds,
    refreshMilliseconds: 1000 * refreshSeconds,
    timeoutMilliseconds: 1000 * timeoutSeconds,
  }
}

function checkResponder(url: string): string {
  try {
    return parseFetchUrl(url).href
  } catch (error) {
    throw new TypeError(`${NAME}: responders: ${String(url)}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}
