/** Keys in URLs: refused before they are looked at, told to nobody, acted upon only if they are whole. @module */

import { randomBytes } from 'node:crypto'
import { generateKey } from '@countersign/core/keys'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case, Need } from '../case/case.ts'
import type { Service } from '../world/service.ts'
import { refusalCase } from './one-request.ts'

const SOURCE = 'RFC 6750 §2.3, docs/keys.md#when-one-was-exposed'

export const exposureCases: readonly Case[] = [
  ...(
    [
      ['query', 'in the query', (key) => `/whoami?api_key=${key}`],
      ['query-other-name', 'in the query under any name', (key) => `/whoami?page=2&x=${key}&y=1`],
      ['query-bare', 'in the query without a name', (key) => `/whoami?${key}`],
      ['query-as-name', 'in the query as a name', (key) => `/whoami?${key}=1`],
      ['query-glued', 'in the query in the middle of other text', (key) => `/whoami?u=https%3A%2F%2Fx%2F-${key}-`],
      ['query-escaped', 'in the query, every octet escaped', (key) => `/whoami?k=${escapeAll(key)}`],
      [
        'query-escaped-twice',
        'in the query, escaped twice',
        (key) => `/whoami?k=${encodeURIComponent(escapeAll(key))}`,
      ],
      ['query-bearer', 'in the query, scheme and all', (key) => `/whoami?authorization=Bearer+${key}`],
      ['query-secret-token', 'in the query as a secret-token', (key) => `/whoami?k=secret-token:${key}`],
      ['path', 'in the path', (key) => `/tenants/${key}/whoami`, 'sub-router'],
      ['path-escaped', 'in the path, escaped', (key) => `/tenants/${escapeAll(key)}/whoami`, 'sub-router'],
      ['path-parameter', 'in a path parameter', (key) => `/tenants/1;key=${key}/whoami`, 'sub-router'],
      ['authority', 'in the authority of an absolute target', (key) => `https://user:${key}@api.example.test/whoami`],
    ] as readonly (readonly [string, string, (key: string) => string, Need?])[]
  ).map(([name, where, target, need]) =>
    refusalCase({
      id: `exposure/${name}`,
      title: `a good key ${where} is refused, good credentials beside it or not`,
      source: SOURCE,
      needs: need === undefined ? ['https'] : ['https', need],
      call: ({ keys }) => ({ path: target(keys.acme.key) }),
      reason: 'key-in-url',
    }),
  ),
  refusalCase({
    id: 'exposure/query-alone',
    title: 'a key in the query authenticates nobody',
    source: SOURCE,
    call: ({ keys }) => ({ path: `/whoami?api_key=${keys.acme.key}`, key: 'none' }),
    reason: 'key-in-url',
  }),
  refusalCase({
    id: 'exposure/http2',
    title: 'a key in the query over HTTP/2 is refused',
    source: SOURCE,
    needs: ['http2'],
    serve: () => ({ transport: 'http2' }),
    call: ({ keys }) => ({ path: `/whoami?api_key=${keys.acme.key}` }),
    reason: 'key-in-url',
  }),
  refusalCase({
    id: 'exposure/optional',
    title: 'the optional guard does not let a key in the URL pass as nobody',
    source: SOURCE,
    call: ({ keys }) => ({ path: `/optional?api_key=${keys.acme.key}`, key: 'none' }),
    reason: 'key-in-url',
  }),
  refusalCase({
    id: 'exposure/of-nobody',
    title: 'a key in the URL that was never issued is answered like one that was',
    source: SOURCE,
    call: () => ({ path: `/whoami?k=${generateKey({ prefix: 'cs_live', randomBytes })}` }),
    reason: 'key-in-url',
  }),
  refusalCase({
    id: 'exposure/wrong-checksum',
    title: 'what only resembles a key, by its checksum, is no exposure',
    source: SOURCE,
    call: ({ keys }) => ({ path: `/whoami?k=${otherLast(keys.acme.key)}`, key: 'none' }),
    reason: 'key-missing',
  }),
  {
    id: 'exposure/reported',
    title: 'the exposed key is reported by its id, with where it was seen, and the registry is left as it is',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      await expose(service, service.keys.acme.key)
      const { keyId, by, confirmed, action } = await service.events.next('exposed')
      assertEqual(
        { keyId, by, confirmed, action },
        { keyId: service.keys.acme.record.id, by: 'url', confirmed: true, action: 'reported' },
        'the exposed key is reported',
      )
      service.expectAccepted(await service.call(), { partner: 'acme' })
    },
  },
  {
    id: 'exposure/guessed-id',
    title: 'who knows only the id of a key cannot have it suspended',
    level: 'MUST',
    source: 'draft-ietf-httpapi-privacy-06, docs/keys.md#when-one-was-exposed',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ key: { onExposed: 'revoke' } })
      // The same id under another secret.
      const guess = withId(service.keys.acme.record.id)
      service.expectRefused(await service.call({ path: `/whoami?k=${guess}` }), 'key-in-url')
      const { confirmed, action } = await service.events.next('exposed')
      assertEqual({ confirmed, action }, { confirmed: false, action: 'reported' }, 'a guess has no effect')
      service.expectAccepted(await service.call(), { partner: 'acme' })
    },
  },
  ...(['suspend', 'revoke'] as const).map(
    (onExposed): Case => ({
      id: `exposure/${onExposed}`,
      title: `with onExposed: '${onExposed}' the key counts no more, and its holder alone learns why`,
      level: 'MUST',
      source: 'docs/problems.md#credential-exposed',
      needs: ['https'],
      async run({ serve, pki }) {
        const service = await serve({ key: { onExposed } })
        const { key } = service.keys.acme
        await expose(service, key)
        const action = onExposed === 'suspend' ? 'suspended' : 'revoked'
        assertEqual((await service.events.next('exposed')).action, action, `the exposed key is ${action}`)
        service.expectRefused(await service.call(), 'key-exposed')
        const foreign = await service.call({ certificate: pki.globex })
        service.expectProblem(foreign, 'credentials-invalid')
        service.expectAccepted(await service.call({ certificate: pki.globex, key: service.keys.globex.key }), {
          partner: 'globex',
        })
      },
    }),
  ),
  {
    id: 'exposure/event-path',
    title: 'events name the path without the query, and with keys taken out',
    level: 'MUST',
    source: 'docs/events.md',
    needs: ['https', 'sub-router'],
    async run({ serve }) {
      const service = await serve()
      const { key } = service.keys.acme
      const answer = await service.call({ path: `/tenants/${key}/whoami?also=${key}` })
      const { path } = service.expectRefused(answer, 'key-in-url')
      assertTrue(path.startsWith('/tenants/') && path.endsWith('/whoami') && !path.includes('?'), 'the path', path)
    },
  },
]

async function expose(service: Service, key: string): Promise<void> {
  service.expectRefused(await service.call({ path: `/whoami?k=${key}` }), 'key-in-url')
}

function escapeAll(text: string): string {
  return [...text].map((character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
}

/** The same text with another last character. */
function otherLast(key: string): string {
  return key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
}

/** A well-formed key with an id of our choice: ids are drawn first, and 248 octets and more are thrown away. */
function withId(id: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const octets = Uint8Array.from(id, (character) => digits.indexOf(character))
  let first = true
  return generateKey({
    prefix: 'cs_live',
    randomBytes(length) {
      const bytes = randomBytes(length)
      if (first) bytes.set(octets)
      first = false
      return bytes
    },
  })
}
