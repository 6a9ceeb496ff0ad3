/** A credential must come once, in one place, in one spelling, end to end. @module */
import type { Case } from '../case/case.ts'
import type { HeaderList } from '../world/answer.ts'
import type { Pki } from '../world/pki.ts'
import { forwardedFields, type ServiceOptions } from '../world/service.ts'
import { refusalCase } from './one-request.ts'

const SOURCE = 'docs/problems.md#credentials-malformed'
const OWN: ServiceOptions = { key: { header: 'X-Api-Key' } }

export const framingCases: readonly Case[] = [
  ...(
    [
      ['same', 'the same key', (acme) => [acme, acme]],
      ['good-first', 'a good key and then another', (acme, globex) => [acme, globex]],
      ['good-last', 'another key and then a good one', (acme, globex) => [globex, acme]],
      ['empty-first', 'nothing and then a good key', (acme) => ['', acme]],
      ['empty-last', 'a good key and then nothing', (acme) => [acme, '']],
    ] as readonly (readonly [string, string, (acme: string, globex: string) => readonly string[]])[]
  ).flatMap(([name, what, values]) => [
    refusalCase({
      id: `framing/authorization-twice-${name}`,
      title: `two Authorization lines are refused: ${what}`,
      source: `RFC 9110 §5.3, ${SOURCE}`,
      call: ({ keys }) => ({
        key: 'none',
        headers: values(`Bearer ${keys.acme.key}`, `Bearer ${keys.globex.key}`).map(
          (value) => ['Authorization', value] as const,
        ),
      }),
      reason: 'header-duplicated',
    }),
    refusalCase({
      id: `framing/own-header-twice-${name}`,
      title: `two lines of a key header of another name are refused: ${what}`,
      source: `RFC 9110 §5.3, ${SOURCE}`,
      serve: () => OWN,
      call: ({ keys }) => ({
        key: 'none',
        headers: values(keys.acme.key, keys.globex.key).map((value) => ['X-Api-Key', value] as const),
      }),
      reason: 'header-duplicated',
    }),
  ]),
  refusalCase({
    id: 'framing/authorization-twice-schemes',
    title: 'two Authorization lines of different schemes are refused',
    source: SOURCE,
    call: () => ({ headers: [['Authorization', 'Basic dXNlcjpwYXNz']] }),
    reason: 'header-duplicated',
  }),
  refusalCase({
    id: 'framing/list-in-one-line',
    title: 'two keys that somebody joined into one line are refused',
    source: `RFC 9110 §5.3, ${SOURCE}`,
    serve: () => OWN,
    call: ({ keys }) => ({ key: `${keys.acme.key}, ${keys.acme.key}` }),
    reason: 'header-duplicated',
  }),
  refusalCase({
    id: 'framing/list-in-authorization',
    title: 'two keys in one Authorization line are refused',
    source: SOURCE,
    call: ({ keys }) => ({ key: `${keys.acme.key}, Bearer ${keys.globex.key}` }),
    reason: 'header-duplicated',
  }),
  refusalCase({
    id: 'framing/http2-twice',
    title: 'a key twice over HTTP/2 is refused',
    source: SOURCE,
    needs: ['http2'],
    serve: () => ({ ...OWN, transport: 'http2' }),
    call: ({ keys }) => ({ headers: [['x-api-key', keys.globex.key]] }),
    reason: 'header-duplicated',
  }),
  ...['X-Api-Key', 'Api-Key', 'ApiKey', 'Proxy-Authorization'].map((name) =>
    refusalCase({
      id: `framing/misplaced-${name.toLowerCase()}`,
      title: `a key of ours in ${name}, where keys are not read from, is refused even beside a good one`,
      source: `docs/keys.md, ${SOURCE}`,
      call: ({ keys }) => ({ headers: [[name, keys.acme.key]] }),
      reason: 'key-misplaced',
    }),
  ),
  refusalCase({
    id: 'framing/misplaced-alone',
    title: 'a key of ours in another header than the configured one is refused, not taken for missing',
    source: `docs/keys.md, ${SOURCE}`,
    call: ({ keys }) => ({ key: 'none', headers: [['X-Api-Key', keys.acme.key]] }),
    reason: 'key-misplaced',
  }),
  refusalCase({
    id: 'framing/misplaced-authorization',
    title: 'a key of ours in Authorization is refused where keys have a header of another name',
    source: `docs/keys.md, ${SOURCE}`,
    serve: () => OWN,
    call: ({ keys }) => ({ headers: [['Authorization', `Bearer ${keys.acme.key}`]] }),
    reason: 'key-misplaced',
  }),
  ...(
    [
      ['authorization', {}, 'Authorization'],
      ['own-header', OWN, 'X-Api-Key'],
    ] as const
  ).flatMap(([name, serve, field]) =>
    (
      [
        ['', field.toLowerCase()],
        ['-upper-case', field.toUpperCase()],
        ['-in-list', `close, ${field},keep-alive`],
      ] as const
    ).map(([how, options]) =>
      refusalCase({
        id: `framing/nominated-${name}${how}`,
        title: `a key in a field that Connection names as hop-by-hop is refused: "${options}"`,
        source: `RFC 9110 §7.6.1, ${SOURCE}`,
        serve: () => serve,
        call: () => ({ headers: [['Connection', options]] }),
        reason: 'header-nominated',
      }),
    ),
  ),
  ...(
    [
      ['alone', 'none', 'X_Api_Key'],
      ['beside', undefined, 'X_API_KEY'],
      ['mixed', 'none', 'X-Api_Key'],
    ] as const
  ).map(([name, key, alias]) =>
    refusalCase({
      id: `framing/alias-${name}`,
      title: `a spelling with underscores, ${alias}, is refused: some hop would take it for the key's header`,
      source: `docs/conformance-coverage.md#header-fields (H16, H17), ${SOURCE}`,
      serve: () => OWN,
      call: ({ keys }) => ({
        ...(key === undefined ? {} : { key }),
        headers: [[alias, keys.globex.key]] satisfies HeaderList,
      }),
      reason: 'header-alias',
    }),
  ),
  ...(
    [
      ['second-key', 'a second key', (_pki, other) => [['Authorization', `Bearer ${other}`]]],
      ['certificate', 'a forwarded certificate', (pki) => forwardedFields(pki.acme)],
    ] as readonly (readonly [string, string, (pki: Pki, other: string) => HeaderList])[]
  ).map(
    ([name, what, fields]): Case => ({
      id: `framing/many-fields-${name}`,
      title: `${what} after hundreds of other fields is not overlooked`,
      level: 'MUST',
      source: `docs/conformance-coverage.md#header-fields (H23), ${SOURCE}`,
      needs: ['https'],
      async run({ serve, pki }) {
        const service = await serve()
        for (const count of [100, 900, 1_100]) {
          const filler = Array.from({ length: count }, (_, at) => [`A${at}`, '1'] as const)
          const answer = await service.call({ headers: [...filler, ...fields(pki, service.keys.globex.key)] })
          // A server may have a limit on fields, and says so. It does not drop any.
          if (answer.status !== 431) service.expectProblem(answer, 'credentials-malformed')
        }
      },
    }),
  ),
]
