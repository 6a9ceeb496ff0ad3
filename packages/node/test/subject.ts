/** Both wrappers as subjects of the conformance suite: the one for handlers of Node, and the one for Fetch-style handlers. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { answerUpgrade, listen, type Subject, type SubjectSetup } from '@countersign/conformance'
import { getRequestListener } from '@hono/node-server'
import * as web from '../src/fetch.ts'
import {
  authenticateUpgrade,
  countersign,
  type NodeServerRequest,
  type NodeServerResponse,
  type Principal,
  requireScopes,
} from '../src/index.ts'

const FEATURES = [
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
] as const

export const subjects: readonly Subject[] = [
  {
    name: 'Node',
    features: [...FEATURES, 'upgrade'],
    start: (setup) => listen(setup, createListener(setup), answerUpgrade(setup, authenticateUpgrade)),
    adapter: {
      countersign,
      optional: countersign.optional,
      requireScopes: requireScopes as (...scopes: string[]) => unknown,
    },
  },
  {
    name: 'Fetch',
    features: [...FEATURES, 'in-process', 'platform'],
    start: (setup) => listen(setup, getRequestListener(createFetch(setup), { overrideGlobalObjects: false })),
    fetch: async (setup, request, platform) => createFetch(setup)(request, platform),
    adapter: {
      countersign: web.countersign,
      optional: web.countersign.optional,
      requireScopes: web.requireScopes as (...scopes: string[]) => unknown,
    },
  },
]

type Who = Principal | undefined
type NodeHandler = (request: NodeServerRequest, response: NodeServerResponse, ...extra: [principal?: Who]) => unknown
type FetchHandler = (request: Request, ...rest: unknown[]) => Response | Promise<Response>

function createListener(setup: SubjectSetup): NodeHandler {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard = countersign(authenticator, refused) as (handler: NodeHandler) => NodeHandler
  const optional = countersign.optional(authenticator, refused) as (handler: NodeHandler) => NodeHandler
  const again = countersign(second, refused) as (handler: NodeHandler) => NodeHandler
  const scopes = requireScopes as (...scopes: string[]) => (handler: NodeHandler) => NodeHandler

  const whoami: NodeHandler = (_request, response, who) => json(response, 200, application.whoami(who))
  const nobody: NodeHandler = (_request, response) => json(response, 200, application.whoami(undefined))
  const routes: Readonly<Record<string, NodeHandler>> = {
    '/whoami': guard(whoami),
    '/echo': guard(async (request, response, who) =>
      json(response, 200, application.echo(who as Principal, await readBody(request))),
    ),
    '/orders': guard(scopes('orders:write')(whoami)),
    '/both': guard(scopes('orders:read', 'orders:write')(whoami)),
    '/optional': optional(whoami),
    '/optional-orders': optional(scopes('orders:write')(whoami)),
    '/unguarded-scopes': scopes('orders:write')(nobody),
    '/forged': (request, response) => {
      Object.assign(request, { principal: application.forged })
      return scopes('orders:write')(nobody)(request, response, application.forged)
    },
    '/twice': guard(again(whoami)),
    '/open': nobody,
    '/throws': guard(() => application.fail()),
    '/stream': guard((_request, response, who) => {
      response.setHeader('content-type', 'text/event-stream')
      // The client may go at any moment.
      return pipeline(
        Readable.from(application.stream(who as Principal)),
        response as unknown as NodeJS.WritableStream,
      ).catch(() => {})
    }),
    '/parsed': async (request, response) => {
      const text = jsonTextOf(await readBody(request))
      if (text === undefined) return json(response, 400, { error: 'not JSON' })
      return guard((_request, _response, who) =>
        json(response, 200, application.echo(who as Principal, Buffer.from(text))),
      )(request, response)
    },
  }
  return async (request, response) => {
    const handler = routes[routeOf(new URL(request.url ?? '/', 'https://api.example.test').pathname)]
    if (handler === undefined) return json(response, 404, { error: 'not found' })
    try {
      await handler(request, response)
    } catch (error) {
      if (!response.headersSent) json(response, 500, application.caught(error))
    }
  }
}

function createFetch(setup: SubjectSetup): FetchHandler {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard = web.countersign(authenticator, refused)
  const optional = web.countersign.optional(authenticator, refused)
  const again = web.countersign(second, refused)
  const scopes = web.requireScopes as (...scopes: string[]) => web.ScopeGuard

  const whoami = (_request: Request, who: Who, ..._platform: unknown[]) => Response.json(application.whoami(who))
  const nobody: FetchHandler = () => Response.json(application.whoami(undefined))
  const routes: Readonly<Record<string, FetchHandler>> = {
    '/whoami': guard(whoami),
    '/echo': guard(async (request, who) =>
      Response.json(application.echo(who, new Uint8Array(await request.arrayBuffer()))),
    ),
    '/orders': guard(scopes('orders:write')(whoami)),
    '/both': guard(scopes('orders:read', 'orders:write')(whoami)),
    '/optional': optional(whoami),
    '/optional-orders': optional(scopes('orders:write')(whoami)),
    '/unguarded-scopes': scopes('orders:write')(nobody),
    '/forged': (request) => scopes('orders:write')(nobody)(request, application.forged),
    '/twice': guard((request, _who, ...platform: unknown[]) => again(whoami)(request, ...platform)),
    '/open': nobody,
    '/throws': guard(() => application.fail()),
    '/stream': guard(
      (_request, who) =>
        new Response(Readable.toWeb(Readable.from(application.stream(who))) as unknown as ReadableStream, {
          headers: { 'content-type': 'text/event-stream' },
        }),
    ),
    '/parsed': async (request, ...platform) => {
      const text = jsonTextOf(Buffer.from(await request.arrayBuffer()))
      if (text === undefined) return new Response('not JSON', { status: 400 })
      const echo = guard((_request, who, ..._platform: unknown[]) =>
        Response.json(application.echo(who, Buffer.from(text))),
      )
      return echo(request, ...platform)
    },
  }
  return async (request, ...platform) => {
    const handler = routes[routeOf(new URL(request.url).pathname)]
    if (handler === undefined) return Response.json({ error: 'not found' }, { status: 404 })
    try {
      return await handler(request, ...platform)
    } catch (error) {
      return Response.json(application.caught(error), { status: 500 })
    }
  }
}

/** Plain Node has neither routers nor prefixes; a guard stands in front of whatever its author puts behind it. */
function routeOf(path: string): string {
  return path === '/guarded/whoami' || /^\/tenants\/[^/]+\/whoami$/.test(path) ? '/whoami' : path
}

function json(response: NodeServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value)
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}

function jsonTextOf(body: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}

async function readBody(request: NodeServerRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
