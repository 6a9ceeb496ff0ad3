/** The reference adapter as a subject: an application of the routes that the contract asks for, on plain Node. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createAuthenticator } from '@countersign/core'
import { authenticateUpgrade } from '@countersign/core/node'
import { answerUpgrade, listen, type Subject, type SubjectSetup } from '../src/index.ts'
import { type AdapterParts, type BrokenParts, type Guard, referenceParts } from './reference-adapter.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

interface Route {
  readonly guards: readonly Guard[]
  readonly handler: Handler
}

export const subject: Subject = createReferenceSubject('Node reference', {})

/**
 * @param broken steps of the adapter that are done wrong
 * @param breakSetup changes what the suite hands over, its authenticator for instance
 */
export function createReferenceSubject(
  name: string,
  broken: BrokenParts,
  breakSetup: (setup: SubjectSetup) => SubjectSetup = (setup) => setup,
): Subject {
  const parts: AdapterParts = { ...referenceParts, ...broken }
  return {
    name,
    features: [
      'https',
      'http',
      'http2',
      'unix',
      'streaming',
      'path-guard',
      'sub-router',
      'body-parser',
      'error-handler',
      'on-refused',
      'construction',
      'upgrade',
    ],
    start(given) {
      const setup = breakSetup(given)
      return listen(setup, createApplication(parts, setup), answerUpgrade(setup, authenticateUpgrade))
    },
    adapter: {
      countersign: (options) => parts.guard(createAuthenticator(options), false, undefined),
      optional: (options) => parts.guard(createAuthenticator(options), true, undefined),
      requireScopes: (...scopes) => parts.requireScopes(scopes),
    },
  }
}

function createApplication(parts: AdapterParts, setup: SubjectSetup): Handler {
  const { application, authenticator, second, onRefused } = setup
  const guard = parts.guard(authenticator, false, onRefused)
  const optional = parts.guard(authenticator, true, onRefused)
  const scopes = (...names: string[]) => parts.requireScopes(names)
  const principal = (request: IncomingMessage) => {
    const found = parts.principalOf(request)
    if (found === undefined) throw new TypeError('nobody is there')
    return found
  }
  const whoami: Handler = (request, response) => json(response, 200, application.whoami(parts.principalOf(request)))
  const nobody: Handler = (_request, response) => json(response, 200, application.whoami(undefined))

  const routes: Readonly<Record<string, Route>> = {
    '/whoami': { guards: [guard], handler: whoami },
    '/echo': {
      guards: [guard],
      handler: async (request, response) =>
        json(response, 200, application.echo(principal(request), await readBody(request))),
    },
    '/orders': { guards: [guard, scopes('orders:write')], handler: whoami },
    '/both': { guards: [guard, scopes('orders:read', 'orders:write')], handler: whoami },
    '/optional': { guards: [optional], handler: whoami },
    '/optional-orders': { guards: [optional, scopes('orders:write')], handler: whoami },
    '/unguarded-scopes': { guards: [scopes('orders:write')], handler: nobody },
    '/forged': { guards: [forge(application.forged), scopes('orders:write')], handler: nobody },
    '/twice': { guards: [guard, parts.guard(second, false, onRefused)], handler: whoami },
    '/open': { guards: [], handler: nobody },
    '/throws': { guards: [guard], handler: () => application.fail() },
    '/stream': {
      guards: [guard],
      handler: (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        // The client may go at any moment.
        return pipeline(Readable.from(application.stream(principal(request))), response).catch(() => {})
      },
    },
    '/guarded/whoami': { guards: [guard], handler: whoami },
    '/parsed': {
      guards: [parseJson, guard],
      handler: (request, response) => {
        const text = JSON.stringify((request as ParsedRequest).parsed)
        json(response, 200, application.echo(principal(request), Buffer.from(text)))
      },
    },
  }

  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'https://api.example.test').pathname
    const route = routes[/^\/tenants\/[^/]+\/whoami$/.test(path) ? '/whoami' : path]
    if (route === undefined) return json(response, 404, { error: 'not found' })
    try {
      await run(route, request, response)
    } catch (error) {
      if (!response.headersSent) json(response, 500, application.caught(error))
    }
  }
}

async function run({ guards, handler }: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const step = async (at: number): Promise<void> => {
    const guard = guards[at]
    if (guard === undefined) await handler(request, response)
    else await guard(request, response, () => step(at + 1))
  }
  await step(0)
}

/** Handlers of plain Node have no usual place for a principal; this is the likeliest. */
function forge(principal: unknown): Guard {
  return (request, _response, next) => {
    Object.assign(request, { principal })
    return next()
  }
}

interface ParsedRequest extends IncomingMessage {
  parsed?: unknown
}

const parseJson: Guard = async (request, response, next) => {
  try {
    ;(request as ParsedRequest).parsed = JSON.parse((await readBody(request)).toString('utf8'))
  } catch {
    return json(response, 400, { error: 'not JSON' })
  }
  await next()
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
