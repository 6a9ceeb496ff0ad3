/** The Koa adapter as a subject of the conformance suite, over either version of Koa. */
import { Readable } from 'node:stream'
import { answerUpgrade, listen, type Subject, type SubjectSetup } from '@countersign/conformance'
import Koa, { type Context, type Middleware, type Next } from 'koa'
import Koa2 from 'koa-2'
import { authenticateUpgrade, countersign, requireScopes } from '../src/index.ts'

/** The versions differ in types more than in what is used of them. */
type KoaModule = typeof Koa

export const subjects: readonly Subject[] = [
  createSubject('Koa 3', Koa),
  createSubject('Koa 2', Koa2 as unknown as KoaModule),
]

function createSubject(name: string, Application: KoaModule): Subject {
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
      'upgrade',
      'construction',
    ],
    start: (setup) =>
      listen(setup, createApp(Application, setup).callback(), answerUpgrade(setup, authenticateUpgrade)),
    adapter: {
      countersign,
      optional: countersign.optional,
      requireScopes: requireScopes as (...scopes: string[]) => unknown,
    },
  }
}

function createApp(Application: KoaModule, setup: SubjectSetup): Koa {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard: Middleware = countersign(authenticator, refused)
  const optional: Middleware = countersign.optional(authenticator, refused)

  const whoami: Middleware = (ctx) => {
    ctx.body = application.whoami(ctx.state.principal)
  }
  const nobody: Middleware = (ctx) => {
    ctx.body = application.whoami(undefined)
  }
  const forge: Middleware = (ctx, next) => {
    ctx.state.principal = application.forged
    return next()
  }

  const app = new Application()
  app.proxy = setup.trustProxy
  // Clients that go in the middle of a body are part of the suite.
  app.silent = true
  app.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      ctx.status = 500
      ctx.body = application.caught(error)
    }
  })
  app.use(route('/whoami', guard, whoami))
  app.use(
    route('/echo', guard, async (ctx) => {
      ctx.body = application.echo(ctx.state.principal, await readBody(ctx))
    }),
  )
  app.use(route('/orders', guard, requireScopes('orders:write'), whoami))
  app.use(route('/both', guard, requireScopes('orders:read', 'orders:write'), whoami))
  app.use(route('/optional', optional, whoami))
  app.use(route('/optional-orders', optional, requireScopes('orders:write'), whoami))
  app.use(route('/unguarded-scopes', requireScopes('orders:write'), nobody))
  app.use(route('/forged', forge, requireScopes('orders:write'), nobody))
  app.use(route('/twice', guard, countersign(second, refused) as Middleware, whoami))
  app.use(route('/open', nobody))
  app.use(
    route('/throws', guard, () => {
      application.fail()
    }),
  )
  app.use(
    route('/stream', guard, (ctx) => {
      ctx.type = 'text/event-stream'
      ctx.body = Readable.from(application.stream(ctx.state.principal))
    }),
  )
  app.use((ctx, next) => (ctx.path.startsWith('/guarded/') ? guard(ctx, next) : next()))
  app.use(route('/guarded/whoami', whoami))
  app.use((ctx, next) => (/^\/tenants\/[^/]+\/whoami$/.test(ctx.path) ? inTurn(ctx, [guard, whoami]) : next()))
  app.use(
    route('/parsed', parseJson, guard, (ctx) => {
      const text = JSON.stringify(ctx.state.parsed)
      ctx.body = application.echo(ctx.state.principal, Buffer.from(text))
    }),
  )
  return app
}

/** Koa has no router of its own. */
function route(path: string, ...steps: Middleware[]): Middleware {
  return (ctx, next) => (ctx.path === path ? inTurn(ctx, steps) : next())
}

function inTurn(ctx: Context, steps: readonly Middleware[]): Promise<unknown> {
  const step = async (at: number): Promise<unknown> => steps[at]?.(ctx, () => step(at + 1))
  return step(0)
}

async function parseJson(ctx: Context, next: Next): Promise<unknown> {
  try {
    ctx.state.parsed = JSON.parse((await readBody(ctx)).toString('utf8'))
  } catch {
    ctx.status = 400
    return undefined
  }
  return next()
}

async function readBody(ctx: Context): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
