/** What must be let in, and as whom. @module */
import type { Case } from '../case/case.ts'

export const acceptCases: readonly Case[] = [
  {
    id: 'accept/pair',
    title: 'a certificate and a key that vouch for each other are let in, and the handler sees whose they are',
    level: 'MUST',
    source: 'DESIGN §2',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const { key, record } = service.keys.acme
      service.expectAccepted(await service.call({ key }), {
        partner: 'acme',
        key: record.id,
        fingerprint: pki.acme.fingerprint,
        scopes: ['orders:read', 'orders:write'],
      })
    },
  },
]
