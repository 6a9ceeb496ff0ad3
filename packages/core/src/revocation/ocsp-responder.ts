/** One OCSP responder: asked over HTTP (RFC 6960 appendix A), left alone while it fails. @module */
import { CircuitBreaker } from './circuit-breaker.ts'
import { FetchError, type Fetcher } from './fetcher.ts'
import { ocspGetUrl } from './ocsp-request.ts'
import { MAX_OCSP_OCTETS, type OcspResponse, parseOcspResponse } from './ocsp-response.ts'

export interface OcspResponderSettings {
  readonly fetcher: Fetcher
  readonly method: 'post' | 'get'
  readonly timeoutMilliseconds: number
  readonly random: () => number
  /** Told when it begins to fail, and when it has recovered. */
  readonly onTurn: (url: string, error: string | undefined) => void
}

export class OcspResponder {
  readonly url: string
  readonly #settings: OcspResponderSettings
  readonly #breaker: CircuitBreaker
  #lastError: string | undefined

  constructor(url: string, settings: OcspResponderSettings) {
    this.url = url
    this.#settings = settings
    this.#breaker = new CircuitBreaker(() => performance.now(), settings.random)
  }

  get lastError(): string | undefined {
    return this.#lastError
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen
  }

  /** `undefined`: it failed, or is being left alone. */
  async ask(request: Uint8Array, signal: AbortSignal): Promise<OcspResponse | undefined> {
    if (!this.#breaker.enter()) return undefined
    try {
      const response = parseOcspResponse(await this.#send(request, signal))
      // §2.3: "tryLater" and "internalError" are failures of the server, the others of the question.
      if (response.status === 'tryLater' || response.status === 'internalError') throw new Error(response.status)
      this.#turn(undefined)
      return response
    } catch (error) {
      this.#turn(error instanceof Error ? error.message : 'failed')
      return undefined
    }
  }

  async #send(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { fetcher, method, timeoutMilliseconds } = this.#settings
    const getUrl = method === 'get' ? ocspGetUrl(this.url, request) : undefined
    const response = await fetcher({
      url: getUrl ?? this.url,
      method: getUrl === undefined ? 'POST' : 'GET',
      headers: {
        accept: 'application/ocsp-response',
        ...(getUrl === undefined ? { 'content-type': 'application/ocsp-request' } : {}),
      },
      ...(getUrl === undefined ? { body: request } : {}),
      maxOctets: MAX_OCSP_OCTETS,
      timeoutMilliseconds,
      signal,
    })
    if (response.status !== 200) throw new FetchError('fetch-status', `status ${response.status}`, response.status)
    const type = response.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
    if (type !== undefined && type !== 'application/ocsp-response')
      throw new FetchError('fetch-content', 'not an OCSP response')
    return response.body
  }

  #turn(error: string | undefined): void {
    if (error === undefined) this.#breaker.succeeded()
    else this.#breaker.failed()
    const before = this.#lastError
    this.#lastError = error
    if ((before === undefined) !== (error === undefined)) this.#settings.onTurn(this.url, error)
  }
}
