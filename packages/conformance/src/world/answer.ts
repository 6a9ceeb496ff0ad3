/** One request and what came back, however it travelled. @module */

export type HeaderList = readonly (readonly [name: string, value: string])[]

export interface Answer {
  readonly status: number
  /** In order, as received. Names in lower case. */
  readonly headers: HeaderList
  /** The one value of a field; several are joined as RFC 9110 §5.3 says. */
  header(name: string): string | undefined
  readonly body: Buffer
  readonly text: string
  /** @throws SyntaxError */
  json(): unknown
  /** Status codes of interim answers (RFC 9110 §15.2), 100 for one. */
  readonly interim: readonly number[]
  readonly request: SentRequest
}

export interface SentRequest {
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  readonly method: string
  readonly target: string
  readonly headers: HeaderList
  readonly bodyLength: number
  /** For people: who the client was at the TLS layer. */
  readonly client: string
}

export function createAnswer(
  request: SentRequest,
  status: number,
  headers: HeaderList,
  body: Buffer,
  interim: readonly number[] = [],
): Answer {
  return {
    status,
    headers,
    header(name) {
      const values = headers.flatMap(([each, value]) => (each === name ? value : []))
      return values.length === 0 ? undefined : values.join(', ')
    },
    body,
    get text() {
      return body.toString('utf8')
    },
    json: () => JSON.parse(body.toString('utf8')),
    interim,
    request,
  }
}

/** What of two answers must be the same where nobody may tell them apart. */
export function comparable({ status, headers, text, header }: Answer): unknown {
  const id = header('x-correlation-id') ?? ''
  return {
    status,
    headers: headers.filter(([name]) => name !== 'date' && name !== 'x-correlation-id'),
    text: id === '' ? text : text.replaceAll(id, '[id]'),
  }
}

/** For a report, secrets taken out by `redact` before anything is cut short. */
export function showExchange(answer: Answer, redact: (text: string) => string): string {
  const { request } = answer
  const shown = (text: string, limit?: number) => shorten(redact(text), limit)
  return [
    `> ${request.method} ${shown(request.target)} ${request.protocol} (${request.client})`,
    ...request.headers.map(([name, value]) => `> ${name}: ${shown(value)}`),
    ...(request.bodyLength > 0 ? [`> (${request.bodyLength} octets)`] : []),
    ...answer.interim.map((status) => `< ${status}`),
    `< ${answer.status}`,
    ...answer.headers.map(([name, value]) => `< ${name}: ${shown(value)}`),
    `< ${shown(answer.text, 1000)}`,
  ].join('\n')
}

function shorten(text: string, limit = 200): string {
  const shown = text.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return shown.length > limit ? `${shown.slice(0, limit)}… (${text.length} characters)` : shown
}
