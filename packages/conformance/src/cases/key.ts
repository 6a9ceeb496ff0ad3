/** Every way in which a key can be wrong, and that all of them look the same from outside. @module */
import { randomBytes } from 'node:crypto'
import { generateKey } from '@countersign/core/keys'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { type Answer, comparable } from '../world/answer.ts'
import { forwardedFields, type Service } from '../world/service.ts'
import { refusalCase } from './one-request.ts'
import { behindHop, withAnswers } from './setups.ts'

const SOURCE = 'docs/problems.md#credentials-invalid'
const HOUR = 3_600_000

export const keyCases: readonly Case[] = [
  ...(
    [
      ['basic', 'Basic', (key) => `Basic ${key}`, 'key-scheme-wrong'],
      ['token', 'Token', (key) => `Token ${key}`, 'key-scheme-wrong'],
      ['digest', 'ApiKey', (key) => `ApiKey ${key}`, 'key-scheme-wrong'],
      ['none', 'none', (key) => key, 'key-scheme-wrong'],
      ['glued', 'Bearer without a space', (key) => `Bearer${key}`, 'key-scheme-wrong'],
      ['tab', 'Bearer and a tab', (key) => `Bearer\t${key}`, 'key-scheme-wrong'],
      ['two-spaces', 'Bearer and two spaces', (key) => `Bearer  ${key}`, 'key-malformed'],
      ['alone', 'Bearer alone', () => 'Bearer', 'key-scheme-wrong'],
      ['twice', 'Bearer twice', (key) => `Bearer Bearer ${key}`, 'key-malformed'],
    ] as readonly (readonly [string, string, (key: string) => string, 'key-scheme-wrong' | 'key-malformed'])[]
  ).map(([name, what, value, reason]) =>
    refusalCase({
      id: `key/scheme-${name}`,
      title: `a good key under another scheme is refused: ${what}`,
      source: `RFC 6750 §2.1, ${SOURCE}`,
      call: ({ keys }) => ({ key: 'none', headers: [['Authorization', value(keys.acme.key)]] }),
      reason,
    }),
  ),
  ...(
    [
      ['cut', 'its last character missing', (key) => key.slice(0, -1)],
      ['prefix-only', 'nothing but its prefix', () => 'cs_live'],
      ['no-secret', 'prefix and id alone', (key) => key.slice(0, -49)],
      ['no-break-space', 'a no-break space after it', (key) => `${key}\u00a0`],
      ['utf-8', 'octets of UTF-8 in it', (key) => `${key.slice(0, -3)}\u00c3\u00a9x`],
      ['escaped', 'an escape in it', (key) => key.replace('_', '%5F')],
      ['nul-escape', 'an escaped NUL after it', (key) => `${key}%00`],
      ['space-escape', 'an escaped space after it', (key) => `${key}%20`],
      ['quoted', 'quotes around it', (key) => `"${key}"`],
      ['proto', 'the word __proto__', () => '__proto__'],
      ['eight-kibibytes', 'eight kibibytes of text', (key) => key + 'A'.repeat(8192)],
      ['spaces', 'fifteen thousand spaces inside', (key) => `${key.slice(0, 20)}${' '.repeat(15_000)}${key.slice(20)}`],
      ['parameters', 'a parameter after it', (key) => `${key}; realm="x"`],
    ] as readonly (readonly [string, string, (key: string) => string])[]
  ).map(([name, what, make]) =>
    refusalCase({
      id: `key/form-${name}`,
      title: `a key that has not the form of one is refused without a look-up: ${what}`,
      source: `docs/keys.md, ${SOURCE}`,
      serve: () => ({ registry: withAnswers({ findKey: neverAsked }) }),
      call: ({ keys }) => ({ key: make(keys.acme.key) }),
      reason: 'key-malformed',
    }),
  ),
  refusalCase({
    id: 'key/form-empty',
    title: 'an empty value where a key belongs is refused',
    source: SOURCE,
    serve: () => ({ key: { header: 'X-Api-Key' } }),
    call: () => ({ key: 'none', headers: [['X-Api-Key', '']] }),
    reason: 'key-malformed',
  }),
  ...(
    [
      ['last', 'another last character', (key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')],
      ['case', 'the case of one letter changed', swapOneCase],
      ['swapped', 'two characters swapped', swapTwo],
    ] as readonly (readonly [string, string, (key: string) => string])[]
  ).map(([name, what, make]) =>
    refusalCase({
      id: `key/checksum-${name}`,
      title: `a mistyped key is refused without a look-up: ${what}`,
      source: `docs/keys.md, ${SOURCE}`,
      serve: () => ({ registry: withAnswers({ findKey: neverAsked }) }),
      call: ({ keys }) => ({ key: make(keys.acme.key) }),
      reason: 'key-checksum-wrong',
    }),
  ),
  refusalCase({
    id: 'key/environment',
    title: 'a key of another environment is refused without a look-up',
    source: `docs/keys.md, ${SOURCE}`,
    serve: () => ({ key: { prefixes: ['cs_live'] }, registry: withAnswers({ findKey: neverAsked }) }),
    call: async (service) => ({ key: (await service.issue({ partnerId: 'acme', environment: 'test' })).key }),
    reason: 'key-environment-wrong',
  }),
  refusalCase({
    id: 'key/unknown',
    title: 'a key that was never issued is refused',
    source: SOURCE,
    call: () => ({ key: generateKey({ prefix: 'cs_live', randomBytes }) }),
    reason: 'key-unknown',
  }),
  refusalCase({
    id: 'key/digest-as-key',
    title: 'the stored digest of a key is no key',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P32)',
    call: ({ keys }) => ({ key: keys.acme.record.digest }),
    reason: 'key-malformed',
  }),
  refusalCase({
    id: 'key/mismatch',
    title: 'a key whose id is known and whose secret is another is refused',
    source: SOURCE,
    serve: () => ({
      registry: (real) =>
        withAnswers({
          async findKey(id, signal) {
            const found = await real.findKey(id, signal)
            return found && { ...found, key: { ...found.key, digest: `sha256$${'0'.repeat(64)}` } }
          },
        })(real),
    }),
    reason: 'key-mismatch',
  }),
  refusalCase({
    id: 'key/expired',
    title: 'an expired key is refused',
    source: SOURCE,
    async call(service) {
      const { key } = await service.issue({ partnerId: 'acme', notAfter: later(service, HOUR) })
      service.clock.advance({ hours: 1, seconds: 1 })
      return { key }
    },
    reason: 'key-expired',
  }),
  refusalCase({
    id: 'key/not-yet-valid',
    title: 'a key whose time has not come is refused',
    source: SOURCE,
    call: async (service) => ({
      key: (await service.issue({ partnerId: 'acme', notBefore: later(service, HOUR) })).key,
    }),
    reason: 'key-not-yet-valid',
  }),
  refusalCase({
    id: 'key/revoked',
    title: 'a revoked key is refused',
    source: SOURCE,
    async call({ registry, keys }) {
      await registry.revokeKey(keys.acme.record.id)
      return {}
    },
    reason: 'key-revoked',
  }),
  refusalCase({
    id: 'key/suspended',
    title: 'a suspended key is refused',
    source: SOURCE,
    async call({ registry, keys }) {
      await registry.suspendKey(keys.acme.record.id)
      return {}
    },
    reason: 'key-suspended',
  }),
  refusalCase({
    id: 'key/rotated-out',
    title: 'after the overlap of a rotation the old key is refused',
    source: 'docs/registries.md#rotation',
    async call(service) {
      await service.registry.rotateKey(service.keys.acme.record.id, { overlapUntil: later(service, HOUR) })
      service.clock.advance({ hours: 1, seconds: 1 })
      return {}
    },
    reason: 'key-expired',
  }),
  refusalCase({
    id: 'key/partner-suspended',
    title: 'a good pair of a suspended partner is refused',
    source: SOURCE,
    async call({ registry }) {
      await registry.suspendPartner('acme')
      return {}
    },
    reason: 'partner-suspended',
  }),
  refusalCase({
    id: 'key/partner-deleted',
    title: 'the key of a partner that is gone is refused',
    source: SOURCE,
    async call({ registry }) {
      await registry.deletePartner('acme')
      return {}
    },
    reason: 'key-unknown',
  }),
  {
    id: 'binding/swapped',
    title: 'each of two partners is let in with its own pair and with no other',
    level: 'MUST',
    source: `RFC 8705 §3, docs/conformance-coverage.md#faults-of-other-packages (Q3, Q4), ${SOURCE}`,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      for (const holder of ['acme', 'globex'] as const) {
        for (const owner of ['acme', 'globex'] as const) {
          const answer = await service.call({ certificate: pki[holder], key: service.keys[owner].key })
          if (holder === owner) service.expectAccepted(answer, { partner: owner })
          else service.expectRefused(answer, 'binding-missing')
        }
      }
    },
  },
  refusalCase({
    id: 'binding/certificate-of-nobody',
    title: 'a trusted certificate that no partner owns does not go with a key',
    source: SOURCE,
    call: async ({ pki }) => ({ certificate: await pki.ca.issueClient({ name: 'nobody' }) }),
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'binding/further-certificate',
    title: 'only the first certificate is the client: the one that its chain holds beside it goes with no key',
    source: `docs/conformance-coverage.md#faults-of-other-packages (Q7), ${SOURCE}`,
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki }) {
      const nobody = await pki.ca.issueClient({ name: 'nobody' })
      const [, acme] = forwardedFields(pki.acme)[0] ?? []
      return { headers: [...forwardedFields(nobody), ['Client-Cert-Chain', acme ?? '']] }
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'binding/rule-over',
    title: "a certificate whose rule has ended does not go with its partner's key",
    source: 'docs/registries.md#rotation',
    async call(service) {
      const rule = {
        kind: 'public-key',
        value: service.pki.acme.publicKeyHash,
        notAfter: later(service, HOUR).toISOString(),
      }
      await service.registry.updatePartner('acme', { rules: [rule as never] })
      service.clock.advance({ hours: 1, seconds: 1 })
      return {}
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'binding/none-with-foreign-certificate',
    title: 'a key that may stand alone is refused beside a certificate of somebody else',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'key' }),
    call: async (service) => ({
      certificate: service.pki.globex,
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
    }),
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'binding/required-by-key',
    title: 'where a key may stand alone, one that was issued with a binding does not',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'key' }),
    call: () => ({ certificate: 'none' }),
    reason: 'certificate-required-by-key',
  }),
  refusalCase({
    id: 'binding/either-both-judged',
    title: 'where either may stand alone, a bad key is not forgiven for a good certificate',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'certificate-or-key' }),
    call: () => ({ key: generateKey({ prefix: 'cs_live', randomBytes }) }),
    reason: 'key-unknown',
  }),
  refusalCase({
    id: 'binding/either-bad-certificate',
    title: 'where either may stand alone, a bad certificate is not forgiven for a good key',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'certificate-or-key' }),
    call: async (service) => ({
      certificate: await service.pki.strangerCa.issueClient({ name: 'acme' }),
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
    }),
    reason: 'issuer-unknown',
  }),
  {
    id: 'key/uniform',
    title: 'from outside, all faults of a key look the same',
    level: 'MUST',
    source: 'docs/problems.md#credentials-invalid',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const expired = await service.issue({ partnerId: 'acme', notAfter: later(service, HOUR) })
      const revoked = await service.issue({ partnerId: 'acme' })
      await service.registry.revokeKey(revoked.record.id)
      service.clock.advance({ hours: 2 })
      const attempts = [
        { key: generateKey({ prefix: 'cs_live', randomBytes }) },
        { key: expired.key },
        { key: revoked.key },
        { key: service.keys.globex.key },
        { key: 'garbage' },
        { certificate: await pki.ca.issueClient({ name: 'nobody' }) },
        { certificate: await pki.strangerCa.issueClient({ name: 'acme' }) },
      ]
      const answers: Answer[] = []
      for (const attempt of attempts) {
        const answer = await service.call(attempt)
        service.expectProblem(answer, 'credentials-invalid')
        answers.push(answer)
      }
      const [first, ...others] = answers.map(comparable)
      for (const other of others) assertEqual(other, first, 'the answers differ in nothing but the correlation id')
    },
  },
  {
    id: 'key/cheap-refusal',
    title: 'a request with a hundred kilobytes of nonsense for a key is answered in well under a second',
    level: 'SHOULD',
    source: 'docs/conformance-coverage.md#header-fields (H15)',
    needs: ['http2'],
    async run({ serve }) {
      const service = await serve({ transport: 'http2' })
      const started = performance.now()
      const answer = await service.call({ key: 'a_'.repeat(20_000) })
      assertTrue(performance.now() - started < 500, 'nonsense costs little', performance.now() - started)
      if (answer.status !== 431) service.expectRefused(answer, 'key-malformed')
    },
  },
]

function neverAsked(): never {
  throw new Error('the registry was asked')
}

function later(service: Service, milliseconds: number): Date {
  return new Date(service.clock().getTime() + milliseconds)
}

function swapOneCase(key: string): string {
  const at = [...key].findIndex((character, index) => index > 20 && /[A-Za-z]/.test(character))
  const letter = key[at] ?? ''
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  return key.slice(0, at) + other + key.slice(at + 1)
}

function swapTwo(key: string): string {
  const at = [...key].findIndex((character, index) => index > 25 && character !== key[index + 1])
  return key.slice(0, at) + (key[at + 1] ?? '') + (key[at] ?? '') + key.slice(at + 2)
}
