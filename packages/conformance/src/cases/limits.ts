/** Too many requests are answered as that: never as a fault of the credentials. @module */
import type { LimitOptions } from '@countersign/core'
import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { ServiceOptions } from '../world/service.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'
import { thenable } from './setups.ts'

const SOURCE = 'RFC 6585 §4, docs/conformance-coverage.md#faults-of-other-packages (P28), docs/problems.md#rate-limited'

export const limitCases: readonly Case[] = [
  acceptanceCase({
    id: 'limits/within',
    title: 'who is within the limits is let in',
    source: SOURCE,
    serve: () => limitedBy(() => ({ allowed: true })),
  }),
  ...(['key', 'partner'] as const).map(
    (kind): Case => ({
      id: `limits/${kind}`,
      title: `a good pair whose ${kind} is over its limit is told when to come back`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https'],
      async run({ serve }) {
        const over = { allowed: false, retryAfterSeconds: 7 } as const
        const service = await serve(limitedBy((charged) => (charged === kind ? over : { allowed: true })))
        const answer = await service.call()
        service.expectRefused(answer, 'rate-limited')
        assertEqual(answer.header('retry-after'), '7', 'Retry-After is what the limiter says')
      },
    }),
  ),
  {
    id: 'limits/address',
    title:
      'an address from which credentials failed too often is told when to come back, and a good pair from it let in',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const over = { allowed: false, retryAfterSeconds: 7 } as const
      const service = await serve(limitedBy((charged) => (charged === 'address' ? over : { allowed: true })))
      service.expectRefused(await service.call({ key: service.keys.globex.key }), 'rate-limited')
      service.expectAccepted(await service.call(), { partner: 'acme' })
    },
  },
  ...(
    [
      [
        'throws',
        'throws',
        () => {
          throw new Error('canary-of-the-limiter')
        },
      ],
      ['true', 'answers true', () => true],
      ['thenable', 'answers with a thenable of true', () => thenable(true)],
    ] as readonly (readonly [string, string, () => unknown])[]
  ).map(([name, what, charge]) =>
    refusalCase({
      id: `limits/fault-${name}`,
      title: `a limiter that ${what} denies, for the time being`,
      source: 'docs/problems.md#verification-unavailable',
      serve: () => limitedBy(charge as LimitOptions['limiter']['charge']),
      reason: 'limiter-unavailable',
    }),
  ),
]

function limitedBy(charge: LimitOptions['limiter']['charge']): ServiceOptions {
  return { limits: { limiter: { charge } } }
}
