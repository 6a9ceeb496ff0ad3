/**
 * An issuer's keys over HTTPS: fetched once for all who wait, refreshed ahead of need, kept while the source is down.
 *
 * jose has a remote key set of its own, which forgets its keys when their time is over and the source does not answer.
 * Here an issuer that is down for an hour takes nobody down, and a key that it withdrew is gone within the refresh time.
 * @module
 */
import { type KeySet, parseKeySet } from './key-set.ts'

export interface RemoteKeySetOptions {
  /** `https:` only: whoever can change the keys can sign tokens. The host is allowed by being named here. */
  readonly url: string
  /** Default: the runtime's own. Asked with `redirect: 'error'`, and for this URL alone. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Keys are fetched again this long after they were, without anybody waiting. Default 300. */
  readonly refreshSeconds?: number
  /** The last good keys count this long while the source is down. Default 86,400. */
  readonly maxStaleSeconds?: number
  /** An unknown key id asks the source at most this often. Default 30. */
  readonly cooldownSeconds?: number
  /** Default 5. */
  readonly timeoutSeconds?: number
}

/** Sixty-four RSA-4096 keys take 48 KiB. */
const MAX_BYTES = 256 * 1024

export class KeysUnavailable extends Error {
  readonly code = 'keys-unavailable'
  readonly source: string

  constructor(source: string, cause: string) {
    super(cause)
    this.name = 'KeysUnavailable'
    this.source = source
  }
}

export interface KeySource {
  readonly name: string
  /** Grows with each change of the keys: what was verified by withdrawn keys counts no longer. */
  readonly epoch: number
  /** At once if keys are known. @throws KeysUnavailable */
  current(at: Date): KeySet | Promise<KeySet>
  /** After an unknown key id: keys that are newer, if there are any. @throws KeysUnavailable */
  renew(at: Date): Promise<KeySet | undefined>
  close(): void
}

export function fixedKeySet(set: KeySet): KeySource {
  return { name: 'keys', epoch: 1, current: () => set, renew: async () => undefined, close: () => {} }
}

/** @throws TypeError naming the option */
export function remoteKeySet(options: RemoteKeySetOptions, option: string): KeySource {
  const url = checkUrl(options.url, `${option}.url`)
  const fetchKeys = options.fetch ?? ((target, init) => globalThis.fetch(target, init))
  const seconds = (value: number | undefined, fallback: number, name: string): number => {
    if (value === undefined) return fallback
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw new TypeError(`${option}.${name}: a number of seconds above 0`)
    }
    return value
  }
  const refresh = seconds(options.refreshSeconds, 300, 'refreshSeconds') * 1000
  const maxStale = seconds(options.maxStaleSeconds, 86_400, 'maxStaleSeconds') * 1000
  const cooldown = seconds(options.cooldownSeconds, 30, 'cooldownSeconds') * 1000
  const timeout = seconds(options.timeoutSeconds, 5, 'timeoutSeconds') * 1000

  let keys: { readonly set: KeySet; readonly text: string; readonly fetchedAt: number } | undefined
  let epoch = 0
  let pending: Promise<KeySet> | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let lastFault = ''
  const closing = new AbortController()

  /** One request at a time serves everybody who waits. */
  function load(at: number): Promise<KeySet> {
    pending ??= fetchText(at).finally(() => {
      pending = undefined
    })
    return pending
  }

  async function fetchText(at: number): Promise<KeySet> {
    askedAt = at
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeout), closing.signal])
      const response = await fetchKeys(url, {
        redirect: 'error',
        signal,
        headers: { accept: 'application/jwk-set+json, application/json' },
      })
      if (response.status !== 200) throw new Error(`status ${response.status}`)
      const text = await readBounded(response)
      const set = text === keys?.text ? keys.set : parseKeySet(JSON.parse(text))
      if (text !== keys?.text) epoch++
      keys = { set, text, fetchedAt: at }
      return set
    } catch (error) {
      lastFault = faultOf(error)
      throw new KeysUnavailable(url, lastFault)
    }
  }

  return {
    name: url,
    get epoch() {
      return epoch
    },
    current(at) {
      const now = at.getTime()
      if (keys === undefined) {
        // A source that has just failed is not asked by everybody who comes meanwhile.
        if (pending === undefined && now - askedAt < Math.min(cooldown, 1_000) && now >= askedAt)
          throw new KeysUnavailable(url, lastFault)
        return load(now)
      }
      const age = now - keys.fetchedAt
      if (age > maxStale) return load(now)
      // In the background, and not more often than an unknown id may ask: the answer at hand is good.
      if (age > refresh && now - askedAt >= Math.min(cooldown, refresh)) load(now).catch(() => {})
      return keys.set
    },
    async renew(at) {
      const now = at.getTime()
      const before = epoch
      if (pending === undefined && now - askedAt < cooldown && now >= askedAt) return undefined
      const set = await load(now)
      return epoch === before ? undefined : set
    },
    close: () => closing.abort(),
  }
}

function checkUrl(text: unknown, option: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'https:') throw new TypeError(`${option}: an https: URL`)
  if (url.username !== '' || url.password !== '') throw new TypeError(`${option}: a URL without credentials`)
  return url.href
}

async function readBounded(response: Response): Promise<string> {
  const declared = Number(response.headers.get('content-length') ?? 0)
  if (declared > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`)
  if (response.body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.length
    if (bytes > MAX_BYTES) {
      await reader.cancel()
      throw new Error(`more than ${MAX_BYTES} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** For the operator: a kind of fault, nothing of a body. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an Error'
  if (error.name === 'TimeoutError') return 'timeout'
  if (error instanceof SyntaxError) return 'not JSON'
  return /^(status \d+|more than \d+ bytes|a JWK set|not a JWK set)/.test(error.message) ? error.message : error.name
}
