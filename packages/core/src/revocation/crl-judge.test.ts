import { type Authority, createAuthority } from '@countersign/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { verifyPath } from '../path/verify-path.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from './crl.ts'
import { CrlJudge } from './crl-judge.ts'
import { CrlSet } from './crl-set.ts'
import { subjectsOf } from './path-subjects.ts'
import type { RevocationQuery, RevocationSubject } from './revocation-provider.ts'

const NOW = new Date('2031-05-06T07:08:09Z')
const DAY = 86_400_000

let ca: Authority
let subject: RevocationSubject
let judge: CrlJudge

beforeEach(async () => {
  ca = await createAuthority({ clock: () => NOW })
  const client = parseCertificate((await ca.issueClient()).certificate.der)
  const result = await verifyPath({ leaf: client, anchors: [parseCertificate(ca.certificate.der)], at: NOW })
  if (!result.ok) throw new Error(result.reason.code)
  const [first] = subjectsOf(result.path)
  if (first === undefined) throw new Error('no subject')
  subject = first
  judge = new CrlJudge({ by: 'test' })
  judge.replace(new CrlSet([parseCrl((await ca.crl({ nextUpdate: after(DAY) })).der)]))
})

describe('CrlJudge', () => {
  it('remembers an answer from the instant it was asked about to its end', async () => {
    const good = await ask({})
    expect(good.status).toBe('good')
    expect(await ask({})).toBe(good)
    expect(await ask({ at: after(DAY) })).toBe(good)
    expect(await ask({ at: after(-1) })).not.toBe(good)
    expect(await ask({ at: after(DAY + 1) })).toMatchObject({ status: 'unknown', cause: 'crl-expired' })
  })

  it('remembers nothing for other rules', async () => {
    const generous = { graceSeconds: 10, at: after(DAY + 5_000) }
    expect(await ask(generous)).toMatchObject({ status: 'good' })
    expect(await ask({ ...generous, graceSeconds: 0 })).toMatchObject({ status: 'unknown' })
    const none = { signatures: [], rsaBits: DEFAULT_ALGORITHMS.rsaBits }
    expect(await ask({ ...generous, algorithms: none })).toMatchObject({ cause: 'algorithm' })
  })

  it('forgets with its lists', async () => {
    expect(await ask({})).toMatchObject({ status: 'good' })
    judge.replace(new CrlSet([]))
    expect(await ask({})).toMatchObject({ status: 'unknown' })
  })
})

async function ask(changes: Partial<RevocationQuery>) {
  return judge.status(subject, { at: NOW, graceSeconds: 0, algorithms: DEFAULT_ALGORITHMS, primitives, ...changes })
}

function after(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds)
}
