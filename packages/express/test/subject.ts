/** The Express adapter as a subject of the conformance suite, over either version of Express. */
import { answerUpgrade, type CaughtView, listen, type Subject, type SubjectSetup } from '@countersign/conformance'
import type { ErrorRequestHandler, Express, Request, Response } from 'express'
import express5 from 'express'
import express4 from 'express-4'
import { authenticateUpgrade, countersign, principalOf, requireScopes } from '../src/index.ts'

/** The versions differ in types more than in what is used of them. */
type ExpressModule = typeof express5

export const subjects: readonly Subject[] = [
  createSubject('Express 5', express5),
  createSubject('Express 4', express4 as unknown as ExpressModule),
]

function createSubject(name: string, express: ExpressModule): Subject {
  return {
    name,
    features: [
      'https',
      'http',
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
    start: (setup) => listen(setup, createApp(express, setup), answerUpgrade(setup, authenticateUpgrade)),
    adapter: {
      countersign,
      optional: countersign.optional,
      requireScopes: requireScopes as (...scopes: string[]) => unknown,
    },
  }
}

function createApp(express: ExpressModule, setup: SubjectSetup): Express {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard = countersign(authenticator, refused)
  const optional = countersign.optional(authenticator, refused)
  const principal = (req: Request) => principalOf(req, 'certificate-or-key')

  const whoami = (req: Request, res: Response) => res.json(application.whoami(principal(req)))
  const perhaps = (req: Request, res: Response) =>
    res.json(application.whoami(principalOf.optional(req, 'certificate-or-key')))
  const nobody = (_req: Request, res: Response) => res.json(application.whoami(undefined))

  const app = express()
  if (setup.trustProxy) app.set('trust proxy', true)
  app.all('/whoami', guard, whoami)
  app.post('/echo', guard, (req, res, next) => {
    // Not `express.raw()`: for a client that has gone it finds an empty body, where there was half of one.
    readBody(req)
      .then((body) => void res.json(application.echo(principal(req), body)))
      .catch(next)
  })
  app.all('/orders', guard, requireScopes('orders:write'), whoami)
  app.all('/both', guard, requireScopes('orders:read', 'orders:write'), whoami)
  app.all('/optional', optional, perhaps)
  app.all('/optional-orders', optional, requireScopes('orders:write'), perhaps)
  app.all('/unguarded-scopes', requireScopes('orders:write'), nobody)
  app.all('/forged', forge(application.forged), requireScopes('orders:write'), nobody)
  app.all('/twice', guard, countersign(second, refused), whoami)
  app.all('/open', nobody)
  app.all('/throws', guard, () => application.fail())
  app.get('/stream', guard, async (req, res) => {
    res.type('text/event-stream')
    for await (const chunk of application.stream(principal(req))) {
      if (res.destroyed) return
      res.write(chunk)
    }
    res.end()
  })
  app.use('/guarded', guard)
  app.all('/guarded/whoami', whoami)
  const tenant = express.Router({ mergeParams: true })
  tenant.use(guard)
  tenant.all('/whoami', whoami)
  app.use('/tenants/:tenant', tenant)
  app.post('/parsed', express.json(), guard, (req, res) => {
    res.json(application.echo(principal(req), Buffer.from(JSON.stringify(req.body))))
  })
  // The page of Express itself repeats the path.
  app.use((_req, res) => void res.status(404).json({ error: 'not found' }))
  app.use(((error, _req, res, _next) => {
    const caught: CaughtView = application.caught(error)
    res.status(500).json(caught)
  }) satisfies ErrorRequestHandler)
  return app
}

async function readBody(req: Request): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Where handlers of other libraries look for whoever was let in. */
function forge(forged: unknown) {
  return (req: Request, _res: Response, next: () => void) => {
    Object.assign(req, { principal: forged, user: forged, auth: forged })
    next()
  }
}
