/** What a principal may do: exact strings, and never more than its partner may. @module */
import { assertMatch } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'

const SOURCE = 'RFC 6750 §3.1, docs/problems.md#scope-insufficient'

export const scopeCases: readonly Case[] = [
  acceptanceCase({
    id: 'scopes/enough',
    title: 'a principal that has the scope of a route is let in',
    source: SOURCE,
    call: () => ({ path: '/orders' }),
  }),
  acceptanceCase({
    id: 'scopes/all-of-several',
    title: 'a principal that has all scopes of a route is let in',
    source: SOURCE,
    call: () => ({ path: '/both' }),
  }),
  ...(
    [
      ['missing', 'without the scope of a route', ['orders:read']],
      ['none', 'without any scope', []],
      ['case', 'whose scope differs in case', ['ORDERS:WRITE']],
      ['prefix', 'whose scope is only the beginning of it', ['orders:writ', 'orders']],
      ['wildcard', 'whose scope is a wildcard', ['*', 'orders:*']],
      ['longer', 'whose scope only begins with it', ['orders:write:all']],
    ] as const
  ).map(([name, what, scopes]) =>
    refusalCase({
      id: `scopes/${name}`,
      title: `a principal ${what} is refused, and told what the route asks for`,
      source: SOURCE,
      async call(service) {
        const all = ['orders:read', 'orders:write', ...scopes]
        await service.registry.updatePartner('acme', { scopes: all })
        return { path: '/orders', key: (await service.issue({ partnerId: 'acme', scopes })).key }
      },
      reason: 'scope-missing',
      expectation: { requiredScopes: ['orders:write'] },
    }),
  ),
  refusalCase({
    id: 'scopes/one-of-several',
    title: 'a principal that has only one of the scopes of a route is refused',
    source: SOURCE,
    call: async (service) => ({
      path: '/both',
      key: (await service.issue({ partnerId: 'acme', scopes: ['orders:read'] })).key,
    }),
    reason: 'scope-missing',
    expectation: { requiredScopes: ['orders:read', 'orders:write'] },
  }),
  refusalCase({
    id: 'scopes/narrowed-partner',
    title: 'a key is never wider than its partner: what is taken from the partner is taken from its keys',
    source: 'docs/concepts.md#principal-and-scopes',
    async call({ registry }) {
      await registry.updatePartner('acme', { scopes: ['orders:read'] })
      return { path: '/orders' }
    },
    reason: 'scope-missing',
  }),
  refusalCase({
    id: 'scopes/certificate-alone',
    title: 'a certificate alone has no scopes unless its partner was given some for that case',
    source: 'docs/concepts.md#principal-and-scopes',
    serve: () => ({ require: 'certificate' }),
    call: () => ({ path: '/orders', key: 'none' }),
    reason: 'scope-missing',
  }),
  acceptanceCase({
    id: 'scopes/certificate-scopes',
    title: 'a certificate alone has the scopes that its partner was given for that case',
    source: 'docs/concepts.md#principal-and-scopes',
    serve: () => ({ require: 'certificate' }),
    async call({ registry }) {
      await registry.updatePartner('acme', { certificateScopes: ['orders:write'] })
      return { path: '/orders', key: 'none' }
    },
  }),
  refusalCase({
    id: 'scopes/own-header',
    title: 'where keys have a header of another name, a missing scope is refused like everywhere',
    source: SOURCE,
    serve: () => ({ key: { header: 'X-Api-Key' } }),
    async call({ registry }) {
      await registry.updatePartner('acme', { scopes: [] })
      return { path: '/orders' }
    },
    reason: 'scope-missing',
  }),
  {
    id: 'scopes/challenge',
    title: 'the challenge names the scopes of the route',
    level: 'SHOULD',
    source: 'RFC 6750 §3',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const { key } = await service.issue({ partnerId: 'acme', scopes: [] })
      const answer = await service.call({ path: '/both', key })
      service.expectRefused(answer, 'scope-missing')
      assertMatch(answer.header('www-authenticate'), /scope="orders:read orders:write"/, 'the scopes are named')
    },
  },
  {
    id: 'scopes/guard-missing',
    title: 'requireScopes on a route without a guard is a mistake in the program: 500, and nobody passes',
    level: 'MUST',
    source: 'docs/adapters.md#scopes, docs/problems.md#internal-error',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      service.expectProblem(await service.call({ path: '/unguarded-scopes' }), 'internal-error')
      service.expectProblem(
        await service.call({ path: '/unguarded-scopes', certificate: 'none', key: 'none' }),
        'internal-error',
      )
    },
  },
  {
    id: 'scopes/forged-principal',
    title: 'a principal that somebody else put where handlers look for it opens nothing',
    level: 'MUST',
    source: 'docs/adapters.md#scopes, docs/conformance-coverage.md#faults-of-other-packages (P41)',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      service.expectProblem(await service.call({ path: '/forged' }), 'internal-error')
    },
  },
  refusalCase({
    id: 'scopes/of-nobody',
    title: 'requireScopes behind the optional guard refuses nobody in particular with 401',
    source: 'docs/adapters.md#scopes',
    call: () => ({ path: '/optional-orders', certificate: 'none', key: 'none' }),
    reason: 'credentials-missing',
  }),
  acceptanceCase({
    id: 'scopes/behind-optional',
    title: 'requireScopes behind the optional guard lets in who has them',
    source: 'docs/adapters.md#scopes',
    call: () => ({ path: '/optional-orders' }),
  }),
  refusalCase({
    id: 'scopes/refused-before',
    title: 'bad credentials on a route with scopes are refused for what they are',
    source: 'docs/problems.md',
    call: ({ keys }) => ({ path: '/orders', key: keys.globex.key }),
    reason: 'binding-missing',
  }),
]
