/**
 * An issuer of certificate-bound access tokens: the client credentials grant over mutual TLS (RFC 6749 §4.4, RFC 8705 §2, §3),
 * its metadata (RFC 8414) and its keys (RFC 7517). Certificate and API key in, a short-lived token out.
 * @module
 */
import { encodeBase64Url } from '../bytes/base64.ts'
import { decodeHex } from '../bytes/hex.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { parseForm } from './form.ts'
import type { IssuerResponse, TokenIssuer } from './issuer-endpoints.ts'
import { serveBody } from './serve-body.ts'
import type { SigningKey } from './signing-key.ts'

/** The principal that a token is issued to, as an authenticator with `require: 'certificate+key'` gives it. */
export interface TokenHolder {
  readonly partner: { readonly id: string }
  readonly certificate: { readonly fingerprint: string; readonly notAfter: Date }
  readonly key: { readonly id: string; readonly notAfter: Date | undefined }
  readonly scopes: ReadonlySet<string>
}

/** What an issuer needs of an authenticator. */
export interface HolderAuthenticator {
  readonly require: 'certificate+key'
  authenticate(exchange: Exchange): HolderDecision | PromiseLike<HolderDecision>
}

type HolderDecision =
  | { readonly ok: true; readonly principal: TokenHolder }
  | { readonly ok: false; readonly problem: HolderProblem }

interface HolderProblem {
  readonly status: number
  readonly detail: string
  readonly correlationId: string
  readonly challenge?: string
  readonly retryAfterSeconds?: number
}

export interface TokenIssuerOptions {
  /** `iss`: an `https:` URL without query and fragment (RFC 8414 §2). */
  readonly issuer: string
  /** Who may have tokens. Made with `require: 'certificate+key'`. */
  readonly authenticator: HolderAuthenticator
  /** Services that tokens may be for. With several, a request names one or more as `resource` (RFC 8707). */
  readonly audiences: readonly string[]
  /** Asked on each request, so that keys can be rotated: the newest that may sign does, and all that may still be needed are published. */
  readonly signingKeys: readonly SigningKey[] | (() => readonly SigningKey[])
  /** Default 300; never beyond 600 unless `maxLifetimeSeconds` says so, nor beyond certificate or key. */
  readonly lifetimeSeconds?: number
  readonly maxLifetimeSeconds?: number
  /** Default `/token`. */
  readonly tokenPath?: string
  readonly clock?: () => Date
  readonly randomBytes?: (length: number) => Uint8Array
}

const DEFAULT_LIFETIME_SECONDS = 300
const DEFAULT_MAX_LIFETIME_SECONDS = 600

/** A grant and a list of scopes. */
const BODY_LIMIT_BYTES = 16 * 1024

/** How long a verifier may keep the keys (RFC 9111 §5.2.2.1). New keys are published at least this long before they sign. */
const KEYS_MAX_AGE_SECONDS = 300

const METADATA_PATH = '/.well-known/oauth-authorization-server'
const KEYS_PATH = '/.well-known/jwks.json'

/** @throws TypeError naming the option */
export function tokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const issuer = checkIssuer(options.issuer)
  if (options.authenticator?.require !== 'certificate+key') {
    throw new TypeError("tokenIssuer: authenticator: an authenticator with require: 'certificate+key'")
  }
  const { authenticator } = options
  const audiences = checkAudiences(options.audiences)
  const max = checkLifetime(options.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS, 86_400, 'maxLifetimeSeconds')
  const lifetime = checkLifetime(options.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS, max, 'lifetimeSeconds')
  const tokenPath = options.tokenPath ?? '/token'
  if (!tokenPath.startsWith('/')) throw new TypeError('tokenIssuer: tokenPath: begins with a slash')
  const clock = options.clock ?? (() => new Date())
  const randomBytes = options.randomBytes ?? ((length) => globalThis.crypto.getRandomValues(new Uint8Array(length)))
  const signingKeys = () => (typeof options.signingKeys === 'function' ? options.signingKeys() : options.signingKeys)
  if (publishedKeys(signingKeys(), clock(), max).length === 0)
    throw new TypeError('tokenIssuer: signingKeys: no key that may sign')

  async function respond(exchange: Exchange, body: string): Promise<IssuerResponse> {
    const path = pathOf(exchange)
    if (path === tokenPath) {
      if (exchange.method !== 'POST') return notAllowed('POST')
      return await respondWithToken(exchange, body)
    }
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return notAllowed('GET, HEAD')
    if (path === METADATA_PATH) return publish(metadata(), 'application/json')
    return publish({ keys: publishedKeys(signingKeys(), clock(), max) }, 'application/jwk-set+json')
  }

  async function respondWithToken(exchange: Exchange, body: string): Promise<IssuerResponse> {
    const decision = await authenticator.authenticate(exchange)
    if (decision.ok !== true) return refuseClient(decision.problem)
    const { principal } = decision
    const form = parseForm(exchange, body)
    if (form === undefined) return refuse('invalid_request', 'The body must be a form with each parameter once.')
    // RFC 6749 §2.3.1 would take a secret here; the API key travels in its header alone.
    if (form.has('client_secret') || form.has('client_assertion')) {
      return refuse('invalid_request', 'Credentials are not taken from the body.')
    }
    const grant = form.get('grant_type')?.[0]
    if (grant === undefined) return refuse('invalid_request', 'grant_type is missing.')
    if (grant !== 'client_credentials') return refuse('unsupported_grant_type', 'Only client_credentials is supported.')
    const client = form.get('client_id')?.[0]
    if (client !== undefined && client !== principal.partner.id) {
      return refuse('invalid_client', 'client_id names another client.', 401)
    }
    const scopes = form
      .get('scope')?.[0]
      ?.split(' ')
      .filter((scope) => scope !== '') ?? [...principal.scopes]
    if (!scopes.every((scope) => principal.scopes.has(scope))) {
      return refuse('invalid_scope', 'More was asked for than the API key is allowed.')
    }
    const wanted = form.get('resource') ?? (audiences.length === 1 ? audiences : [])
    if (wanted.length === 0 || !wanted.every((resource) => audiences.includes(resource))) {
      return refuse('invalid_target', 'resource must name a service that this issuer knows.')
    }
    return await issue(principal, scopes, wanted)
  }

  async function issue(
    holder: TokenHolder,
    scopes: readonly string[],
    audience: readonly string[],
  ): Promise<IssuerResponse> {
    const at = clock()
    const now = Math.floor(at.getTime() / 1000)
    const ends = [holder.certificate.notAfter, holder.key.notAfter].map((end) =>
      end === undefined ? Number.POSITIVE_INFINITY : Math.floor(end.getTime() / 1000),
    )
    const expires = Math.min(now + lifetime, ...ends)
    const key = signerOf(signingKeys(), at)
    if (key === undefined) throw new Error('tokenIssuer: no key may sign at this moment')
    const token = await key.sign(
      { typ: 'at+jwt' },
      {
        iss: issuer,
        sub: holder.partner.id,
        client_id: holder.partner.id,
        aud: audience.length === 1 ? audience[0] : audience,
        iat: now,
        exp: expires,
        jti: encodeBase64Url(randomBytes(16)),
        scope: scopes.join(' '),
        api_key_id: holder.key.id,
        cnf: { 'x5t#S256': encodeBase64Url(decodeHex(holder.certificate.fingerprint) as Uint8Array) },
      },
    )
    // RFC 6749 §5.1.
    return json(
      200,
      { access_token: token, token_type: 'Bearer', expires_in: expires - now, scope: scopes.join(' ') },
      { pragma: 'no-cache' },
    )
  }

  function metadata(): object {
    const base = issuer.replace(/\/$/, '')
    return {
      issuer,
      token_endpoint: `${new URL(issuer).origin}${tokenPath}`,
      jwks_uri: `${base}${KEYS_PATH}`,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['tls_client_auth'],
      tls_client_certificate_bound_access_tokens: true,
    }
  }

  return {
    handles: (exchange) => [tokenPath, METADATA_PATH, KEYS_PATH].includes(pathOf(exchange)),
    respond: (exchange, body) => serveBody(exchange, body, BODY_LIMIT_BYTES, (text) => respond(exchange, text)),
  }
}

function signerOf(keys: readonly SigningKey[], at: Date): SigningKey | undefined {
  const able = keys.filter(
    ({ from, until }) => (from === undefined || from <= at) && (until === undefined || at < until),
  )
  return able.reduce<SigningKey | undefined>(
    (newest, key) =>
      newest === undefined || (key.from?.getTime() ?? 0) > (newest.from?.getTime() ?? 0) ? key : newest,
    undefined,
  )
}

/** Those that sign, those that will, and those whose last tokens still live. */
function publishedKeys(keys: readonly SigningKey[], at: Date, maxLifetimeSeconds: number): readonly object[] {
  return keys
    .filter(({ until }) => until === undefined || at.getTime() < until.getTime() + maxLifetimeSeconds * 1000)
    .map(({ publicKey }) => publicKey)
}

function refuseClient({ status, detail, correlationId, challenge, retryAfterSeconds }: HolderProblem): IssuerResponse {
  const error = status === 401 ? 'invalid_client' : status >= 500 ? 'temporarily_unavailable' : 'invalid_request'
  return json(
    status,
    { error, error_description: detail, correlation_id: correlationId },
    {
      'x-correlation-id': correlationId,
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
  )
}

/** RFC 6749 §5.2. */
function refuse(error: string, description: string, status = 400): IssuerResponse {
  return json(
    status,
    { error, error_description: description },
    status === 401 ? { 'www-authenticate': 'Bearer realm="countersign"' } : {},
  )
}

function notAllowed(allow: string): IssuerResponse {
  return { status: 405, headers: { allow, 'content-length': '0', 'cache-control': 'no-store' }, body: '' }
}

function publish(value: object, contentType: string): IssuerResponse {
  const body = JSON.stringify(value)
  return {
    status: 200,
    headers: {
      ...lengthOf(body),
      'content-type': contentType,
      'cache-control': `public, max-age=${KEYS_MAX_AGE_SECONDS}`,
    },
    body,
  }
}

function json(status: number, value: object, headers: Readonly<Record<string, string>>): IssuerResponse {
  const body = JSON.stringify(value)
  return {
    status,
    headers: { ...lengthOf(body), 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body,
  }
}

function lengthOf(body: string): { readonly 'content-length': string } {
  return { 'content-length': String(new TextEncoder().encode(body).length) }
}

/** Origin form, or absolute form where a runtime only gives the whole URL (RFC 9112 §3.2). */
function pathOf({ target }: Exchange): string {
  if (target.startsWith('/')) return target.split('?', 1)[0] as string
  return URL.canParse(target) ? new URL(target).pathname : target
}

function checkIssuer(issuer: string): string {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : undefined
  if (url?.protocol !== 'https:' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError('tokenIssuer: issuer: an https: URL without query, fragment and credentials')
  }
  return issuer
}

function checkAudiences(audiences: readonly string[]): readonly string[] {
  const valid =
    Array.isArray(audiences) &&
    audiences.length > 0 &&
    audiences.every((audience) => typeof audience === 'string' && audience !== '')
  if (!valid) throw new TypeError('tokenIssuer: audiences: a list of at least one service')
  return Object.freeze([...audiences])
}

function checkLifetime(value: number, max: number, option: string): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value
  throw new TypeError(`tokenIssuer: ${option}: whole seconds from 1 to ${max}`)
}
