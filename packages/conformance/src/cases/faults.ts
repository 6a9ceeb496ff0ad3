/** What an adapter is handed may itself be wrong: an authenticator, a source. Nobody gets in by a mistake of ours. @module */
import type { Authenticator } from '@countersign/core'
import type { CertificateSource } from '@countersign/core/sources'
import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { refusalCase } from './one-request.ts'
import { thenable } from './setups.ts'

const SOURCE = 'docs/conformance-coverage.md#faults-of-other-packages (P2, P44), docs/problems.md#internal-error'
const CANARY = 'canary-of-the-fault'

/** Somebody, for whoever looks at no more than that. */
const TRUTHY = { ok: 'yes', principal: { partner: { id: 'acme', metadata: {} }, scopes: new Set(['orders:write']) } }

const throwing = () => {
  throw new Error(CANARY)
}

export const faultCases: readonly Case[] = [
  ...(
    [
      ['throws', 'that throws', throwing],
      ['rejects', 'that rejects', () => Promise.reject(new Error(CANARY))],
      ['undefined', 'that answers nothing', () => undefined],
      ['true', 'that answers true', () => true],
      ['truthy', 'whose ok is no boolean', () => TRUTHY],
      ['promise-truthy', 'whose promised ok is no boolean', async () => TRUTHY],
      ['thenable-truthy', 'that answers with a thenable of true', () => thenable(true)],
      ['no-problem', 'that refuses without saying what for', () => ({ ok: false })],
      ['nobody', 'that lets in nobody in particular', () => ({ ok: true, principal: undefined })],
    ] as readonly (readonly [string, string, () => unknown])[]
  ).map(
    ([name, what, authenticate]): Case => ({
      id: `authenticator-fault/${name}`,
      title: `an authenticator ${what} lets nobody in`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https'],
      async run({ serve, addSecret }) {
        addSecret(CANARY)
        const broken = authenticate as Authenticator['authenticate']
        const service = await serve({ authenticator: (real) => ({ ...real, authenticate: broken }) })
        service.expectProblem(await service.call(), 'internal-error')
      },
    }),
  ),
  {
    id: 'authenticator-fault/optional',
    title: 'behind the optional guard an authenticator that throws does not make anybody nobody',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ authenticator: (real) => ({ ...real, authenticateOptional: throwing }) })
      service.expectProblem(await service.call({ path: '/optional' }), 'internal-error')
    },
  },
  {
    id: 'authenticator-fault/thenable',
    title: 'an authenticator that answers with a thenable is waited for',
    level: 'MUST',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P2)',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({
        authenticator: (real) => ({
          ...real,
          authenticate: (exchange) => thenable(real.authenticate(exchange)) as ReturnType<typeof real.authenticate>,
        }),
      })
      service.expectAccepted(await service.call(), { partner: 'acme' })
      service.expectRefused(await service.call({ key: 'none' }), 'key-missing')
      assertEqual(service.events.of('refused').length, 1, 'each request is judged once')
    },
  },
  ...(
    [
      ['throws', 'that throws', throwing, 'source-failed'],
      ['true', 'that answers true', () => true, 'internal-error'],
      ['promise', 'that answers with a promise', async () => undefined, 'internal-error'],
      ['empty', 'that answers with an empty object', () => ({}), 'internal-error'],
      ['text', 'whose certificate is text', () => ({ kind: 'certificate', leaf: 'x', chain: [] }), 'internal-error'],
    ] as readonly (readonly [string, string, () => unknown, 'source-failed' | 'internal-error'])[]
  ).map(([name, what, read, reason]) =>
    refusalCase({
      id: `source-fault/${name}`,
      title: `a source of certificates ${what} lets nobody in`,
      source: 'docs/conformance-coverage.md#faults-of-other-packages (P39), docs/problems.md#internal-error',
      serve: () => ({ certificate: { source: { name: 'broken', read: read as CertificateSource['read'] } } }),
      reason,
    }),
  ),
]
