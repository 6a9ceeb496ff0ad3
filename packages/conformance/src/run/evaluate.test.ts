import { describe, expect, it } from 'vitest'
import { createReferenceSubject, subject as reference } from '../../test/reference-subject.ts'
import type { Case } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import { adapterCases } from '../cases/adapter-cases.ts'
import { evaluate } from './evaluate.ts'
import { register } from './register.ts'

const open = createReferenceSubject('Open to everybody', {
  guard: () => (_request, _response, next) => next(),
  principalOf: () => undefined,
})

const MISSING_KEY = adapterCases.filter(({ id }) => id === 'missing/key')
const PAIR = adapterCases.filter(({ id }) => id === 'accept/pair')

function caseOf(more: Partial<Case>): Case {
  const base = { id: 'test/one', title: 'it is so', level: 'MUST', source: 'RFC 0', needs: [], run: async () => {} }
  return { ...base, ...more } as Case
}

const failing = async () => {
  throw new ConformanceFailure('it is so', 1, 2)
}

describe('evaluate', () => {
  it('reports what passed', async () => {
    const report = await evaluate(reference, [...PAIR, ...MISSING_KEY])
    expect(report).toMatchObject({
      subject: 'Node reference',
      ok: true,
      counts: { passed: 2, failed: 0 },
      results: [{ id: 'accept/pair', outcome: 'passed' }, { id: 'missing/key' }],
    })
  })

  it('shows the rule that was broken and the exchange that broke it, without its secrets', async () => {
    const report = await evaluate(open, MISSING_KEY)
    expect(report.ok).toBe(false)
    const failure = report.results[0]?.failure
    expect(failure).toMatchObject({ rule: 'credentials-missing is answered with status 401', expected: '401' })
    expect(failure?.exchanges[0]).toMatch(/^> GET \/whoami HTTP\/1\.1 \(certificate [0-9a-f]{8}\)\n> Host: /)

    const swapped = adapterCases.filter(({ id }) => id === 'binding/swapped')
    const [result] = (await evaluate(open, swapped)).results
    expect(result?.failure?.exchanges.join('\n')).toMatch(
      /Authorization: Bearer cs_live_[0-9A-Za-z]{12}_\[redacted\]$/m,
    )
  })

  it('leaves out what the subject cannot do, and says what is missing', async () => {
    const report = await evaluate({ ...reference, features: [] }, PAIR)
    expect(report.results[0]).toMatchObject({ outcome: 'not-applicable', missing: ['https'] })
    expect(report.ok).toBe(true)
  })

  it('asks for less in the profile baseline', async () => {
    const cases = [caseOf({ level: 'SHOULD', run: failing })]
    expect((await evaluate(reference, cases)).ok).toBe(false)
    expect((await evaluate(reference, cases, { profile: 'baseline' })).ok).toBe(true)
    expect((await evaluate(reference, [caseOf({ level: 'MAY', run: failing })])).ok).toBe(true)
  })

  it('takes a divergence for what it is, until the case passes', async () => {
    const divergences = [{ id: 'test/one', reason: 'not yet' }]
    const failed = await evaluate(reference, [caseOf({ run: failing })], { divergences })
    expect(failed).toMatchObject({ ok: true, results: [{ outcome: 'diverged', reason: 'not yet' }] })
    const passed = await evaluate(reference, [caseOf({})], { divergences })
    expect(passed).toMatchObject({ ok: false, results: [{ outcome: 'unexpected-pass' }] })
  })

  it.each([
    [[{ id: 'no/such', reason: 'x' }]],
    [[{ id: 'test/one', reason: ' ' }]],
    [
      [
        { id: 'test/one', reason: 'x' },
        { id: 'test/one', reason: 'y' },
      ],
    ],
    [{}],
  ])('refuses divergences that say nothing: %j', async (divergences) => {
    await expect(evaluate(reference, [caseOf({})], { divergences: divergences as never })).rejects.toThrow(TypeError)
  })

  it('fails a case for what it leaves behind', async () => {
    const stray = caseOf({
      async run() {
        void Promise.reject(new Error('nobody waits for this'))
        await new Promise((resolve) => setTimeout(resolve, 5))
      },
    })
    // Vitest would fail on it too, as it should.
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    try {
      const [result] = (await evaluate(reference, [stray])).results
      expect(result?.failure).toMatchObject({ rule: 'no error is left unhandled' })
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener)
    }
  })

  it('fails a case in which a secret was told', async () => {
    const telling = caseOf({
      async run({ serve, addSecret }) {
        const service = await serve()
        addSecret('acme')
        service.expectAccepted(await service.call(), { partner: 'acme' })
      },
    })
    const [result] = (await evaluate(reference, [telling])).results
    expect(result?.failure).toMatchObject({ rule: 'no answer tells a secret' })
  })

  it('refuses what is no subject', async () => {
    await expect(evaluate({ name: 'nothing' } as never, [caseOf({})])).rejects.toThrow(TypeError)
  })
})

describe('register', () => {
  it('makes a test of each case that applies', async () => {
    const tests = new Map<string, () => Promise<void>>()
    const cases = [
      ...PAIR,
      caseOf({ id: 'test/bad', run: failing }),
      caseOf({ id: 'test/far', needs: ['ipv6', 'in-process'] }),
    ]
    const left = register((name, run) => tests.set(name, run), cases, reference)
    expect(left).toHaveLength(1)
    expect(left[0]).toMatch(/^test\/far \(.*in-process\)$/)
    const [pair, bad] = [...tests.values()]
    await pair?.()
    await expect(bad?.()).rejects.toThrow('it is so: expected 1, got 2')
    expect([...tests.keys()][1]).toBe('MUST test/bad: it is so')
  })

  it('passes a case with a divergence by its failing', async () => {
    const tests: (() => Promise<void>)[] = []
    const cases = [caseOf({ id: 'test/bad', run: failing }), caseOf({ id: 'test/good' })]
    const divergences = cases.map(({ id }) => ({ id, reason: 'not yet' }))
    register((_, run) => tests.push(run), cases, reference, divergences)
    await tests[0]?.()
    await expect(tests[1]?.()).rejects.toThrow('take it off the list')
  })
})
