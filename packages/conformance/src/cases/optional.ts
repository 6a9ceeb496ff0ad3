/** The optional guard forgives the absence of everything, and no fault of anything. @module */
import type { Case } from '../case/case.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'

const SOURCE = 'docs/adapters.md#optional'

export const optionalCases: readonly Case[] = [
  {
    id: 'optional/nothing',
    title: 'a request without any credential passes as nobody',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      service.expectAnonymous(await service.call({ path: '/optional', certificate: 'none', key: 'none' }))
    },
  },
  acceptanceCase({
    id: 'optional/pair',
    title: 'a good pair passes as its partner',
    source: SOURCE,
    call: () => ({ path: '/optional' }),
  }),
  refusalCase({
    id: 'optional/key-alone',
    title: 'a key without a certificate is judged as usual',
    source: SOURCE,
    call: () => ({ path: '/optional', certificate: 'none' }),
    reason: 'certificate-missing',
  }),
  refusalCase({
    id: 'optional/certificate-alone',
    title: 'a certificate without a key is judged as usual',
    source: SOURCE,
    call: () => ({ path: '/optional', key: 'none' }),
    reason: 'key-missing',
  }),
  refusalCase({
    id: 'optional/wrong-key',
    title: 'a wrong key does not make its sender nobody',
    source: SOURCE,
    call: ({ keys }) => ({ path: '/optional', key: keys.globex.key }),
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'optional/other-scheme',
    title: 'credentials of another scheme in the place of the key are no absence',
    source: SOURCE,
    call: () => ({ path: '/optional', key: 'none', headers: [['Authorization', 'Basic dXNlcjpwYXNz']] }),
    reason: 'key-scheme-wrong',
  }),
  refusalCase({
    id: 'optional/empty-key',
    title: 'an empty value in the place of the key is no absence',
    source: SOURCE,
    call: () => ({
      path: '/optional',
      certificate: 'none',
      key: 'none',
      headers: [['Authorization', '']],
    }),
    reason: 'certificate-missing',
  }),
  refusalCase({
    id: 'optional/misplaced-key',
    title: 'a key of ours in another header is no absence',
    source: SOURCE,
    call: ({ keys }) => ({
      path: '/optional',
      certificate: 'none',
      key: 'none',
      headers: [['X-Api-Key', keys.acme.key]],
    }),
    reason: 'key-misplaced',
  }),
  refusalCase({
    id: 'optional/expired-certificate',
    title: 'a bad certificate does not make its sender nobody',
    source: SOURCE,
    call: async ({ pki }) => ({
      path: '/optional',
      certificate: await pki.ca.issueClient({ notBefore: new Date(0), notAfter: new Date(86_400_000) }),
    }),
    reason: 'certificate-expired',
  }),
  refusalCase({
    id: 'optional/registry-down',
    title: 'while the registry is down, who sends credentials does not pass as nobody',
    source: 'docs/adapters.md#optional',
    serve: () => ({
      registry: () => ({
        findKey: () => Promise.reject(new Error('down')),
        findPartner: () => undefined,
      }),
    }),
    call: () => ({ path: '/optional' }),
    reason: 'registry-unavailable',
  }),
]
