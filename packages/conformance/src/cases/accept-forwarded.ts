/** Whom a trusted hop may speak for, and what it may say. @module */
import { rfc9440 } from '@countersign/core/sources'
import type { Case } from '../case/case.ts'
import { acceptanceCase } from './one-request.ts'
import { behindHop, HOP_SECRET, issuedFor } from './setups.ts'

export const acceptedForwardedCases: readonly Case[] = [
  acceptanceCase({
    id: 'accept/forwarded',
    title: 'a certificate that a trusted hop forwarded is let in',
    source: 'RFC 9440 §2.2',
    needs: ['http'],
    serve: () => behindHop(),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-chain',
    title: 'an intermediate that a trusted hop forwarded completes the path',
    source: 'RFC 9440 §2.3',
    needs: ['http'],
    serve: () => behindHop(),
    call: async (service) => ({
      forwarded: await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' })),
    }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-chain-lines',
    title: 'a forwarded chain may span several field lines, and hold what is not needed, in any order',
    source: 'RFC 9440 §2.3, RFC 9110 §5.3',
    needs: ['http'],
    serve: () => behindHop(),
    async call(service) {
      const { certificate } = await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' }))
      const encode = (der: Uint8Array) => `:${Buffer.from(der).toString('base64')}:`
      const { ca, issuing, otherCa } = service.pki
      return {
        headers: [
          ['Client-Cert', encode(certificate.der)],
          ['Client-Cert-Chain', `${encode(otherCa.certificate.der)},${encode(ca.certificate.der)}`],
          ['Client-Cert-Chain', encode(issuing.certificate.der)],
        ],
      }
    },
  }),
  {
    id: 'accept/forwarded-by-one-connection',
    title: 'certificates that a hop forwards over one connection are told apart',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behindHop())
      const connection = await service.connect()
      for (const name of ['acme', 'globex', 'acme'] as const) {
        const answer = await service.on(connection, { forwarded: pki[name], key: service.keys[name].key })
        service.expectAccepted(answer, { partner: name, fingerprint: pki[name].fingerprint })
      }
      service.expectRefused(await service.on(connection), 'transport-insecure')
    },
  },
  acceptanceCase({
    id: 'accept/forwarded-ipv4-mapped',
    title: 'a hop that a dual-stack listener sees as ::ffff:127.0.0.1 is the hop 127.0.0.1',
    source: 'RFC 4291 §2.5.5.2',
    needs: ['http', 'ipv6'],
    serve: () => ({ ...behindHop(['127.0.0.0/8']), host: '::' }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-unix',
    title: 'a hop that comes through a Unix socket is believed where that is configured',
    source: 'docs/sources.md#who-may-say-so',
    needs: ['unix'],
    serve: () => ({ ...behindHop(['unix']), transport: 'unix' }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  {
    id: 'accept/forwarded-by-identity',
    title: 'a hop that proves itself by its own client certificate is believed, wherever it stands',
    level: 'MUST',
    source: 'docs/sources.md#who-may-say-so',
    needs: ['https'],
    async run({ serve, pki }) {
      const proxy = await pki.otherCa.issueClient({ name: 'proxy' })
      const source = rfc9440({ from: [{ publicKey: proxy.publicKeyHash }] })
      const service = await serve({ certificate: { source } })
      const answer = await service.call({ certificate: proxy, forwarded: pki.acme })
      service.expectAccepted(answer, { partner: 'acme', fingerprint: pki.acme.fingerprint })
    },
  },
  {
    id: 'accept/forwarded-with-secret',
    title: 'a hop that stands in its place and knows the shared secret is believed, and the secret is told to nobody',
    level: 'MUST',
    source: 'docs/sources.md#who-may-say-so',
    needs: ['http'],
    async run({ serve, pki, addSecret }) {
      addSecret(HOP_SECRET)
      const source = rfc9440({ from: ['127.0.0.1'], secret: { header: 'X-Hop-Secret', value: HOP_SECRET } })
      const service = await serve({ transport: 'http', certificate: { source } })
      const headers = [['X-Hop-Secret', HOP_SECRET]] as const
      service.expectAccepted(await service.call({ forwarded: pki.acme, headers }), { partner: 'acme' })
    },
  },
  acceptanceCase({
    id: 'accept/forwarded-proto',
    title: 'without a certificate, the word https of a trusted hop says that the request came securely',
    source: 'docs/sources.md#did-it-come-securely',
    needs: ['http'],
    serve: () => ({ ...behindHop(), require: 'key' }),
    call: async (service) => ({
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
      headers: [['X-Forwarded-Proto', 'https']],
    }),
  }),
]
