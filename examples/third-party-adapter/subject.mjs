/** The h3 adapter as a subject of the conformance suite. */
import { listen } from '@countersign/conformance'
import { H3, toNodeHandler } from 'h3'
import { countersign, principalOf, requireScopes } from './adapter.mjs'

/** @param {import('@countersign/conformance').SubjectSetup} setup */
function createApp({ authenticator, second, application, onRefused }) {
  const guard = countersign(authenticator, { onRefused })
  const optional = countersign.optional(authenticator, { onRefused })
  const whoami = (/** @type {import('h3').H3Event} */ event) => application.whoami(principalOf(event))
  const nobody = () => application.whoami(undefined)
  const app = new H3({ silent: true, onError: (error) => (error.unhandled ? caught(error.cause) : undefined) })
  const caught = (/** @type {unknown} */ error) => Response.json(application.caught(error), { status: 500 })
  app.all('/whoami', whoami, { middleware: [guard] })
  app.all('/orders', whoami, { middleware: [guard, requireScopes('orders:write')] })
  app.all('/both', whoami, { middleware: [guard, requireScopes('orders:read', 'orders:write')] })
  app.all('/optional', whoami, { middleware: [optional] })
  app.all('/optional-orders', whoami, { middleware: [optional, requireScopes('orders:write')] })
  app.all('/unguarded-scopes', nobody, { middleware: [requireScopes('orders:write')] })
  app.all('/forged', nobody, { middleware: [forge(application.forged), requireScopes('orders:write')] })
  app.all('/twice', whoami, { middleware: [guard, countersign(second, { onRefused })] })
  app.all('/open', nobody)
  app.all('/throws', () => application.fail(), { middleware: [guard] })
  const echo = async (/** @type {import('h3').H3Event} */ event) =>
    application.echo(/** @type {any} */ (principalOf(event)), await event.req.bytes())
  app.post('/echo', echo, { middleware: [guard] })
  app.use('/guarded/**', guard).all('/guarded/whoami', whoami)
  return app
}

/** @param {unknown} principal @returns {import('h3').Middleware} */
const forge = (principal) => (event) => void Object.assign(event.context, { principal })

/** @type {import('@countersign/conformance').Subject} */
export default {
  name: 'h3 2',
  features: ['https', 'http', 'http2', 'unix', 'path-guard', 'error-handler', 'on-refused', 'construction'],
  start: (setup) => listen(setup, toNodeHandler(createApp(setup))),
  adapter: { countersign, optional: countersign.optional, requireScopes },
}
