/** A registry that is down, slow or wrong denies for the time being: 503, never 401 and never acceptance. @module */
import type { KeySnapshot, Registry } from '@countersign/core/registry'
import { assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { ServiceOptions } from '../world/service.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'
import { eventually, slowRegistry, thenable, withAnswers } from './setups.ts'

const SOURCE = 'docs/problems.md#verification-unavailable'
const CANARY = 'postgres://user:canary-password@db.example.test'

/** For a registry that is not going to answer, so that nobody waits long for it. */
const GIVEN_UP_SOON: ServiceOptions = { key: { timeoutSeconds: 0.05 } }

type FindKey = Registry['findKey']

export const registryFaultCases: readonly Case[] = [
  ...(
    [
      [
        'throws',
        'throws',
        () => () => {
          throw new Error(CANARY)
        },
      ],
      ['rejects', 'rejects', () => () => Promise.reject(new Error(CANARY))],
      [
        'throws-text',
        'throws what is no Error',
        () => () => {
          throw CANARY
        },
      ],
      ['rejects-nothing', 'rejects with nothing', () => () => Promise.reject(undefined)],
      ['never', 'never answers', () => () => new Promise(() => {})],
      ['true', 'answers true', () => () => true],
      ['false', 'answers false', () => () => false],
      ['text', 'answers with text', () => () => 'ok'],
      ['empty', 'answers with an empty object', () => () => ({})],
      ['thenable-false', 'answers with a thenable that resolves to false', () => () => thenable(false)],
      ['thenable-true', 'answers with a thenable that resolves to true', () => () => thenable(true)],
      ['thenable-throws', 'answers with a thenable that throws', () => () => thenableThatThrows()],
      [
        'key-alone',
        'answers with a key and no partner',
        (real) => async (id, signal) => ({ key: (await real(id, signal))?.key }),
      ],
      [
        'partner-alone',
        'answers with a partner and no key',
        (real) => async (id, signal) => ({ partner: (await real(id, signal))?.partner }),
      ],
      [
        'other-key',
        'answers with another key',
        (real) => (id, signal) => changed(real, id, signal, { key: { id: 'AAAAAAAAAAAA' } }),
      ],
      [
        'other-partner',
        "answers with a partner who is not the key's",
        (real) => (id, signal) => changed(real, id, signal, { partner: { id: 'globex' } }),
      ],
      [
        'no-digest',
        'answers with a key without a digest',
        (real) => (id, signal) => changed(real, id, signal, { key: { digest: '' } }),
      ],
      [
        'plain-digest',
        'answers with a digest of no known form',
        (real) => (id, signal) => changed(real, id, signal, { key: { digest: 'd41d8cd98f00b204e9800998ecf8427e' } }),
      ],
      [
        'status',
        'answers with a status that is no word',
        (real) => (id, signal) => changed(real, id, signal, { key: { status: true } }),
      ],
      [
        'partner-status',
        'answers with a partner whose status is no word',
        (real) => (id, signal) => changed(real, id, signal, { partner: { status: 'ok' } }),
      ],
      [
        'scopes',
        'answers with scopes that are no list',
        (real) => (id, signal) => changed(real, id, signal, { key: { scopes: 'orders:write' } }),
      ],
      [
        'binding',
        'answers with a binding that is no word',
        (real) => (id, signal) => changed(real, id, signal, { key: { binding: undefined } }),
      ],
      [
        'not-after',
        'answers with a date that is none',
        (real) => (id, signal) => changed(real, id, signal, { key: { notAfter: 'never' } }),
      ],
      [
        'rules',
        'answers with rules that are none',
        (real) => (id, signal) => changed(real, id, signal, { partner: { rules: [null] } }),
      ],
    ] as readonly (readonly [string, string, (real: FindKey) => (id: string, signal: AbortSignal) => unknown])[]
  ).map(
    ([name, what, make]): Case => ({
      id: `registry-fault/key-${name}`,
      title: `a registry that ${what} denies, for the time being`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https'],
      async run({ serve, addSecret }) {
        addSecret('canary-password')
        const service = await serve({
          ...(name === 'never' ? GIVEN_UP_SOON : {}),
          registry: (real) => withAnswers({ findKey: make((id, signal) => real.findKey(id, signal)) as FindKey })(real),
        })
        service.expectRefused(await service.call(), 'registry-unavailable')
      },
    }),
  ),
  ...(['undefined', 'null'] as const).map((name) =>
    refusalCase({
      id: `registry-fault/key-${name}`,
      title: `a registry that answers ${name} says that there is no such key`,
      source: 'docs/registries.md#your-own',
      serve: () => ({ registry: withAnswers({ findKey: () => (name === 'null' ? null : undefined) as undefined }) }),
      reason: 'key-unknown',
    }),
  ),
  ...(
    [
      [
        'throws',
        'throws',
        () => {
          throw new Error(CANARY)
        },
      ],
      ['rejects', 'rejects', () => Promise.reject(new Error(CANARY))],
      ['never', 'never answers', () => new Promise(() => {})],
      ['undefined', 'answers nothing', () => undefined],
      ['null', 'answers null', () => null],
      ['zero', 'answers 0', () => 0],
      ['text', 'answers with text', () => 'no'],
      ['thenable', 'answers with a thenable of nothing', () => thenable(undefined)],
    ] as readonly (readonly [string, string, () => unknown])[]
  ).map(([name, what, denied]) =>
    refusalCase({
      id: `registry-fault/denied-${name}`,
      title: `a deny list that ${what} denies, for the time being`,
      source: SOURCE,
      serve: () => ({
        ...(name === 'never' ? GIVEN_UP_SOON : {}),
        registry: withAnswers({ denied: denied as () => boolean }),
      }),
      reason: 'registry-unavailable',
    }),
  ),
  acceptanceCase({
    id: 'registry-fault/denied-thenable-false',
    title: 'a deny list whose answer is a thenable of false does not deny',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P2)',
    serve: () => ({ registry: withAnswers({ denied: () => thenable(false) as Promise<boolean> }) }),
  }),
  refusalCase({
    id: 'registry-fault/denied-thenable-true',
    title: 'a deny list whose answer is a thenable of true denies',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P2)',
    serve: () => ({ registry: withAnswers({ denied: () => thenable(true) as Promise<boolean> }) }),
    reason: 'certificate-denied',
  }),
  ...(
    [
      [
        'throws',
        'throws',
        () => {
          throw new Error(CANARY)
        },
      ],
      ['never', 'never answers', () => new Promise(() => {})],
      ['true', 'answers true', () => true],
      ['thenable', 'answers with a thenable of false', () => thenable(false)],
      ['text', 'answers with an id', () => 'acme'],
    ] as readonly (readonly [string, string, () => unknown])[]
  ).map(([name, what, findPartner]) =>
    refusalCase({
      id: `registry-fault/partner-${name}`,
      title: `a registry that ${what} when it is asked whom a certificate names denies, for the time being`,
      source: SOURCE,
      serve: () => ({
        ...(name === 'never' ? GIVEN_UP_SOON : {}),
        require: 'certificate',
        registry: withAnswers({ findPartner: findPartner as Registry['findPartner'] }),
      }),
      call: () => ({ key: 'none' }),
      reason: 'registry-unavailable',
    }),
  ),
  {
    id: 'registry-fault/signal',
    title: 'a registry that takes too long is told that nobody waits any more, and the answer does not wait for it',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      let aborted = false
      const findKey: FindKey = (_id, signal) => {
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise(() => {})
      }
      const service = await serve({ ...GIVEN_UP_SOON, registry: withAnswers({ findKey }) })
      const started = performance.now()
      service.expectRefused(await service.call(), 'registry-unavailable')
      assertTrue(performance.now() - started < 2_000, 'the time limit holds', performance.now() - started)
      await eventually(() => aborted, 'the signal aborts')
    },
  },
  {
    id: 'registry-fault/recovers',
    title: 'a registry that is back is asked again at once',
    level: 'MUST',
    source: 'docs/problems.md#verification-unavailable',
    needs: ['https'],
    async run({ serve }) {
      let down = true
      const service = await serve({
        registry: (real) =>
          withAnswers({
            findKey: (id, signal) => {
              if (down) throw new Error('down')
              return real.findKey(id, signal)
            },
          })(real),
      })
      const connection = await service.connect()
      service.expectRefused(await service.on(connection), 'registry-unavailable')
      down = false
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'registry-fault/late-answer',
    title: 'an answer that comes after the refusal went out lets nobody in',
    level: 'MUST',
    source: 'docs/problems.md#verification-unavailable',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ ...GIVEN_UP_SOON, registry: slowBy(150) })
      service.expectRefused(await service.call(), 'registry-unavailable')
      await new Promise((resolve) => setTimeout(resolve, 150))
    },
  },
  acceptanceCase({
    id: 'registry-fault/promise',
    title: 'a registry that answers with promises lets a good pair in',
    source: 'docs/registries.md#your-own',
    serve: () => ({ registry: slowRegistry(5) }),
  }),
]

function slowBy(milliseconds: number) {
  return (real: Parameters<ReturnType<typeof withAnswers>>[0]) =>
    withAnswers({
      async findKey(id, signal) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds))
        return real.findKey(id, signal)
      },
    })(real)
}

/** The real answer with some members replaced. */
async function changed(
  real: FindKey,
  id: string,
  signal: AbortSignal,
  members: { readonly key?: object; readonly partner?: object },
): Promise<unknown> {
  const found = (await real(id, signal)) as KeySnapshot
  return { key: { ...found.key, ...members.key }, partner: { ...found.partner, ...members.partner } }
}

function thenableThatThrows(): unknown {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject.
    then() {
      throw new Error(CANARY)
    },
  }
}
