/** An authenticator: options checked once, state kept, one answer a request. @module */
import { primitives as nativePrimitives, openChannel } from '#primitives'
import { encodeHex } from '../bytes/hex.ts'
import { EventHub } from '../events/event-hub.ts'
import { eventPath } from '../events/event-path.ts'
import type { EventMap, EventType, RequestFacts } from '../events/events.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { checkForeignFormats } from '../key/foreign-format.ts'
import { checkKeyPrefix } from '../key/key-format.ts'
import { checkPeppers } from '../key/peppers.ts'
import { assertRequire, checkPresence, type Require, takesTokens } from '../policy/requirement.ts'
import { assertScopes, checkScopes } from '../policy/scopes.ts'
import { checkNumber, checkWord } from '../primitives/check-option.ts'
import { after, type Flow, type MaybePromise, rescue, runFlow } from '../primitives/flow.ts'
import { DEFAULT_PROBLEM_BASE, makeProblem, type ProblemSettings } from '../problem/problem-maker.ts'
import { problemOf } from '../problem/problem-of.ts'
import type { Reason } from '../problem/reason.ts'
import { decoyFor } from '../registry/check-key.ts'
import { assertRegistry } from '../registry/check-registry.ts'
import type { CertificateDenial } from '../registry/registry.ts'
import { createRevocationChecker } from '../revocation/revocation-checker.ts'
import { certificateHeaders, createCertificateReader } from '../source/read-certificate.ts'
import { tlsPeer } from '../source/tls-peer.ts'
import { describePeer } from '../source/trusted-hop.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Findings, judgeExchange, type Verdict } from './authenticator.ts'
import { type AuthenticatorHealth, anchorHealth } from './authenticator-health.ts'
import { createCertificateVerifier } from './certificate-verifier.ts'
import type { Grant } from './check-together.ts'
import type { Anonymous, Decision, Refusal } from './decision.ts'
import { createExpiryWarnings } from './expiry-warnings.ts'
import { createExposureActions } from './exposure-actions.ts'
import { createExposureWatch } from './exposure-watch.ts'
import { faultReason } from './fault-reason.ts'
import { grantPrincipal } from './granted-principal.ts'
import { judgeAgain } from './judge-again.ts'
import { LivePrincipals, type LiveVerdict } from './live-principals.ts'
import { LocalDenials } from './local-denials.ts'
import { type AuthenticatorOptions, assertKnownOptions } from './options.ts'
import type { Parts } from './parts.ts'
import { createCredentialReader } from './presented-credential.ts'
import type { Principal } from './principal.ts'
import { createRateLimits, type RateLimits } from './rate-limits.ts'
import { createRegistryPort } from './registry-port.ts'
import { type CertificateInput, createTrust, filesOf } from './trust.ts'

export interface Authenticator<R extends Require = Require> {
  readonly require: R
  /** Never throws and never rejects; no promise where the answer is at hand. */
  authenticate(exchange: Exchange): MaybePromise<Decision<R>>
  /** Lets pass, as nobody, a request that came securely and carries no credential at all. What is presented is judged as usual. */
  authenticateOptional(exchange: Exchange): MaybePromise<Decision<R> | Anonymous>
  /** Whether an answer of `authenticate` covers these scopes: all of them. @throws TypeError for an empty list */
  authorize(exchange: Exchange, principal: Principal | undefined, scopes: readonly string[]): Refusal | undefined
  on<T extends EventType>(type: T, listener: (event: EventMap[T]) => void): () => void
  /** Replaces what is trusted, from the next request on, open connections included. @throws TypeError and keeps what was */
  update(trust: { readonly anchors?: CertificateInput; readonly intermediates?: CertificateInput }): void
  /** Denies a certificate in this process at once. For every instance: `RegistryAdmin.denyCertificate`. */
  denyLocally(denial: CertificateDenial): void
  health(): AuthenticatorHealth
  /** Ends watchers, timers and live streams. Requests are still answered, from what is known. */
  close(): void
}

/**
 * @throws TypeError that names the option, for whatever is missing, unknown or of the wrong form
 * @example
 * const authenticator = createAuthenticator({
 *   certificate: { anchors: readFileSync('ca.pem', 'utf8'), revocation: crlFiles('crls/') },
 *   key: { registry: fileRegistry('partners.json') },
 * })
 * const decision = await authenticator.authenticate(exchange)
 */
export function createAuthenticator<const R extends Require = 'certificate+key'>(
  options: AuthenticatorOptions<R>,
): Authenticator<R> {
  assertKnownOptions(options)
  const require = (options.require ?? 'certificate+key') as R
  assertRequire(require)
  if (options.key !== undefined) assertRegistry(options.key.registry, 'key.registry')
  if (options.key?.peppers !== undefined) checkPeppers(options.key.peppers, 'key.peppers')
  if (options.key?.formats !== undefined) checkForeignFormats(options.key.formats, 'key.formats')
  for (const prefix of options.key?.prefixes ?? []) checkKeyPrefix(prefix, 'key.prefixes')
  const onExposed = checkWord(options.key?.onExposed, 'report', 'key.onExposed', ['report', 'suspend', 'revoke'])
  const timeoutSeconds = checkNumber(options.key?.timeoutSeconds, 2, 'key.timeoutSeconds', 0.001, 60)
  const rememberSeconds = checkNumber(
    options.certificate.rememberSeconds,
    3600,
    'certificate.rememberSeconds',
    0,
    86_400,
  )
  const warnDays = checkNumber(options.certificate.warnDays, 14, 'certificate.warnDays', 0, 3650)
  const primitives = options.primitives ?? nativePrimitives
  const algorithms = options.certificate.algorithms ?? DEFAULT_ALGORITHMS
  const clock = options.clock ?? (() => new Date())
  const hub = new EventHub(options.on ?? {}, openChannel, clock)

  let anchors = options.certificate.anchors
  let intermediates = options.certificate.intermediates
  let trust = createTrust(anchors, intermediates, 1)

  const live = new LivePrincipals(options.key?.registry.watch !== undefined, (ended, cause) =>
    hub.emit('revocation', () => ({ ended, cause })),
  )
  const revocation = createRevocationChecker(options.certificate.revocation, {
    notify: (notice) => hub.emit(notice.type, () => notice as never),
    changed: () => void live.rejudge('revocation', false),
    issuers: () => [...trust.anchors.map(({ certificate }) => certificate), ...trust.intermediates],
    anchorLabels: () => trust.anchors.flatMap(({ label }) => label ?? []),
    algorithms,
    primitives,
    clock,
  })

  const source = options.certificate.source ?? tlsPeer()
  const registry = options.key?.registry
  const port = createRegistryPort(registry, timeoutSeconds)
  const denials = new LocalDenials()
  const keyHeader = require === 'certificate+token' ? undefined : (options.key?.header ?? 'authorization')
  const credentials = createCredentialReader(keyHeader, takesTokens(require))
  const readCertificate = createCertificateReader(source)
  if (certificateHeaders(source).includes(credentials.header)) {
    throw new TypeError(`key.header: certificates are forwarded in ${credentials.header}`)
  }
  const problemSettings: ProblemSettings = {
    base: options.problemBase ?? DEFAULT_PROBLEM_BASE,
    keyHeader: credentials.header,
    retryAfterSeconds: checkNumber(options.retryAfterSeconds, 5, 'retryAfterSeconds', 1, 86_400),
    correlationId: () => encodeHex(primitives.randomBytes(16)),
  }
  const limits = options.limits === undefined ? undefined : createRateLimits(options.limits, source)
  const warnOfExpiry = createExpiryWarnings(warnDays, hub, clock)

  const keyCheck: Parts['keyCheck'] = {
    findKey: (id) => port.askKey(id),
    decoy: decoyFor(options.key?.peppers),
    header: credentials.header,
    primitives,
    prefixes: options.key?.prefixes,
    peppers: options.key?.peppers,
    formats: options.key?.formats,
  }

  const exposure = createExposureWatch({
    action: onExposed,
    ...createExposureActions(registry, onExposed, keyCheck, clock),
    clock,
    emit: (make) => hub.emit('exposed', make),
  })

  const parts: Parts = {
    require,
    clock,
    source,
    readCertificate,
    credentials,
    verifier: createCertificateVerifier(options.certificate, rememberSeconds, () => trust, revocation, primitives),
    trust: () => trust,
    registry: port,
    hasRegistry: registry !== undefined,
    denials,
    tokens: options.token,
    keyCheck,
    exposure: { report: (keys, by, exchange) => keys.length > 0 && exposure.report(keys, by, describePeer(exchange)) },
  }

  function judgeLive(grant: Grant): (askRegistry: boolean) => Promise<LiveVerdict | undefined> {
    return async (askRegistry) => {
      const reason = await runFlow(judgeAgain(grant, parts, askRegistry))
      return reason === undefined ? undefined : { reason, problem: problemOf(reason) }
    }
  }

  function answer(exchange: Exchange, optional: boolean): MaybePromise<Decision<R> | Anonymous> {
    const started = hub.wants('accepted') || hub.wants('refused') ? performance.now() : undefined
    const findings: Findings = { fingerprint: undefined, keyId: undefined, partnerId: undefined, credentialSent: false }
    const verdict = rescue(() => judge(exchange, optional, findings), fault)
    return after(verdict, (settled) => conclude(exchange, settled, findings, started))
  }

  function judge(exchange: Exchange, optional: boolean, findings: Findings): MaybePromise<Verdict> {
    const verdict = runFlow(judgeExchange(exchange, parts, optional, findings))
    return limits === undefined ? verdict : after(verdict, (settled) => runFlow(applyLimits(limits, exchange, settled)))
  }

  function conclude(
    exchange: Exchange,
    verdict: Verdict,
    findings: Findings,
    started: number | undefined,
  ): Decision<R> | Anonymous {
    if (verdict.kind === 'anonymous') return { ok: true, principal: undefined }
    if (verdict.kind === 'refused') return refuse(exchange, verdict.reason, findings, started)
    const { grant } = verdict
    const principal = grantPrincipal(grant, () => live.add(judgeLive(grant), exchange.onEnd))
    hub.emit('accepted', () => ({
      ...requestFacts(exchange, findings, started),
      scopes: [...principal.scopes],
    }))
    warnOfExpiry(principal)
    return { ok: true, principal: principal as Principal<R> }
  }

  function* applyLimits(limits: RateLimits, exchange: Exchange, verdict: Verdict): Flow<Verdict> {
    if (verdict.kind === 'anonymous') return verdict
    if (verdict.kind === 'refused' && problemOf(verdict.reason) !== 'credentials-invalid') return verdict
    const reason =
      verdict.kind === 'granted'
        ? yield* limits.checkGrant(verdict.grant)
        : yield* limits.checkFailure(exchange, verdict.reason)
    return reason === undefined ? verdict : { kind: 'refused', reason }
  }

  function refuse(exchange: Exchange, reason: Reason, findings: Findings, started: number | undefined): Refusal {
    const problem = makeProblem(reason, findings.credentialSent, problemSettings)
    hub.emit('refused', () => ({
      ...requestFacts(exchange, findings, started),
      problem: problem.code,
      status: problem.status,
      correlationId: problem.correlationId,
      reason,
    }))
    return { ok: false, problem, reason }
  }

  function requestFacts(exchange: Exchange, findings: Findings, started: number | undefined): Omit<RequestFacts, 'at'> {
    return {
      method: exchange.method,
      path: eventPath(exchange.target),
      peer: describePeer(exchange),
      partnerId: findings.partnerId,
      keyId: findings.keyId,
      certificate: findings.fingerprint,
      // Nothing is known of it to whoever began to listen in the meantime.
      durationMilliseconds: started === undefined ? 0 : performance.now() - started,
    }
  }

  function update(next: { readonly anchors?: CertificateInput; readonly intermediates?: CertificateInput }): void {
    const replaced = createTrust(next.anchors ?? anchors, next.intermediates ?? intermediates, trust.epoch + 1)
    anchors = next.anchors ?? anchors
    intermediates = next.intermediates ?? intermediates
    trust = replaced
    watchFiles()
    void live.rejudge('trust', false)
  }

  let watchers: readonly { close(): void }[] = []
  let closed = false

  function watchFiles(): void {
    for (const watcher of watchers) watcher.close()
    watchers = closed
      ? []
      : [...filesOf(anchors), ...filesOf(intermediates)].map((files) => files.watch(() => reload(files.name)))
  }

  /** Files that do not parse keep what was trusted, and say so. */
  function reload(name: string): void {
    try {
      trust = createTrust(anchors, intermediates, trust.epoch + 1)
      hub.emit('reloaded', () => ({ source: name }))
      void live.rejudge('trust', false)
    } catch (error) {
      const cause = error instanceof Error ? error.message : 'unreadable'
      hub.emit('degraded', () => ({ source: name, cause }))
    }
  }

  watchFiles()
  const registryWatch = registry?.watch?.(() => void live.rejudge('registry', true))

  return {
    require,
    authenticate: (exchange) => answer(exchange, false) as MaybePromise<Decision<R>>,
    authenticateOptional: (exchange) => answer(exchange, true),
    authorize(exchange, principal, scopes) {
      assertScopes(scopes)
      const findings: Findings = {
        fingerprint: principal?.certificate?.fingerprint,
        keyId: principal?.key?.id,
        partnerId: principal?.partner.id,
        credentialSent: principal?.key !== undefined || principal?.token !== undefined,
      }
      const reason =
        principal === undefined
          ? (checkPresence(require, { certificate: false, key: false, token: false }) ??
            ({ code: 'credentials-missing', missing: [] } as const))
          : checkScopes(principal.scopes, scopes, principal.partner.id)
      return reason === undefined ? undefined : refuse(exchange, reason, findings, performance.now())
    },
    on: (type, listener) => hub.on(type, listener),
    update,
    denyLocally(denial) {
      denials.deny(denial)
      void live.rejudge('deny list', false)
    },
    health() {
      const anchors = anchorHealth(trust, clock())
      const revocationHealth = revocation.health()
      return {
        ready: revocationHealth.ready && anchors.some(({ state }) => state !== 'expired'),
        anchors,
        revocation: revocationHealth,
        liveStreams: live.size,
        exposuresDropped: exposure.dropped,
      }
    },
    close() {
      closed = true
      watchFiles()
      registryWatch?.close()
      revocation.close()
      options.token?.close?.()
      live.close()
    },
  }
}

function fault(error: unknown): Verdict {
  return { kind: 'refused', reason: faultReason(error) }
}
