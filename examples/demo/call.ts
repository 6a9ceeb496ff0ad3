/** One request as a partner's server would make it, with nothing but Node. @module */
import { Agent as PlainAgent, type RequestOptions, request as requestPlain } from 'node:http'
import { Agent, type AgentOptions, request as requestTls } from 'node:https'
import type { Socket } from 'node:net'

/** A certificate chain and its private key, in PEM. */
export interface Credential {
  readonly cert: string
  readonly key: string
}

export interface Call {
  /** Path and query. */
  readonly path?: string
  /** Over the port without TLS. */
  readonly plain?: boolean
  readonly apiKey?: string
  /** Further field lines; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

export interface Answer {
  readonly status: number
  /** Of the body: whom the API takes the caller for, or the problem and the id by which the operator finds the reason. */
  readonly body: { readonly partner?: string; readonly code?: string; readonly correlationId?: string }
  readonly socket: Socket
}

/** Keeps its connection open between calls, as clients of an API do. */
export interface Caller {
  call(call: Call): Promise<Answer>
  close(): void
}

export function createCaller(
  api: { readonly secure: string; readonly plain: string },
  ca: string,
  credential: Credential | undefined,
): Caller {
  const options: AgentOptions = { keepAlive: true, maxSockets: 1, ca, ...credential }
  const agents = { secure: new Agent(options), plain: new PlainAgent({ keepAlive: true, maxSockets: 1 }) }
  return {
    call({ path = '/orders', plain = false, apiKey, headers = [] }) {
      const url = new URL(path, plain ? api.plain : api.secure)
      const lines = [...(apiKey === undefined ? [] : [['Authorization', `Bearer ${apiKey}`] as const]), ...headers]
      const request: RequestOptions = {
        agent: plain ? agents.plain : agents.secure,
        // A flat list is sent as it is, repeated names included.
        headers: [['Host', url.host], ...lines].flat(),
      }
      return send(url, request, plain ? requestPlain : requestTls)
    },
    close() {
      agents.secure.destroy()
      agents.plain.destroy()
    },
  }
}

function send(url: URL, options: RequestOptions, request: typeof requestPlain): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      let text = ''
      const { socket } = response
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parse(text), socket }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body']
  } catch {
    return {}
  }
}
