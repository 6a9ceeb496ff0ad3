/** A path case as data: certificates to mint, and what a validator must say of them. @module */
import type { Authority, IssuedCertificate } from '@countersign/testing'
import { createAuthority } from '@countersign/testing'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Level } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { PathAnswer, PathFeature, PathQuestion, PathSubject } from './path-subject.ts'

export interface PathCase {
  /** Never changes its meaning; a case that means something else gets a new id. */
  readonly id: string
  /** What is so if the case passes, as a sentence. */
  readonly title: string
  readonly level: Level
  readonly source: string
  readonly needs: readonly PathFeature[]
  /** @throws ConformanceFailure */
  run(subject: PathSubject): Promise<void>
}

/** Every certificate is minted for this moment, and no fixture expires. */
export const NOW: Date = new Date('2031-05-06T07:08:09Z')

export interface PathWorld {
  readonly root: Authority
}

/** Whose chain is asked about, and what else is different. */
export interface PathMaterial {
  readonly leaf: IssuedCertificate
  /** Default: those that its issuer hands out with it. */
  readonly intermediates?: readonly (IssuedCertificate | Uint8Array)[]
  /** Default: the root. */
  readonly anchors?: readonly (IssuedCertificate | Uint8Array)[]
  readonly at?: Date
  readonly names?: PathQuestion['names']
}

export interface PathRow {
  readonly id: string
  readonly title: string
  readonly level?: Level
  readonly source?: string
  readonly needs?: readonly PathFeature[]
  readonly mint: (world: PathWorld) => Promise<PathMaterial | IssuedCertificate>
}

/** How long any answer may take: far more than any honest path needs. */
const LIMIT_MILLISECONDS = 1_000

export function acceptedPath(row: PathRow): PathCase {
  return pathCase(row, (answer) => {
    assertEqual(answer.accepted ? 'accepted' : answer.reason, 'accepted', 'the path is accepted')
  })
}

export function refusedPath(row: PathRow): PathCase {
  return pathCase(row, (answer) => {
    assertTrue(!answer.accepted, 'the path is refused', answer)
    assertTrue(answer.reason !== '', 'a refusal says why', answer)
  })
}

function pathCase(row: PathRow, judge: (answer: PathAnswer) => void): PathCase {
  const { id, title, level = 'MUST', source = 'RFC 5280 §6.1', needs = [], mint } = row
  return {
    id: `path/${id}`,
    title,
    level,
    source,
    needs,
    async run(subject) {
      const root = await createAuthority({ name: 'Root', clock: () => NOW })
      const minted = await mint({ root })
      const question = questionOf('leaf' in minted ? minted : { leaf: minted }, root)
      const started = performance.now()
      judge(await ask(subject, question))
      const elapsed = performance.now() - started
      assertTrue(elapsed < LIMIT_MILLISECONDS, 'the answer comes within a second', `${elapsed} ms`)
    },
  }
}

function questionOf(
  { leaf, intermediates = leaf.intermediates.map(({ der }) => der), anchors, at, names }: PathMaterial,
  root: Authority,
): PathQuestion {
  return {
    leaf: leaf.certificate.der,
    intermediates: intermediates.map(derOf),
    anchors: (anchors ?? [root]).map(derOf),
    at: at ?? NOW,
    ...(names === undefined ? {} : { names }),
  }
}

async function ask(subject: PathSubject, question: PathQuestion): Promise<PathAnswer> {
  try {
    return await subject.verify(question)
  } catch (error) {
    throw new ConformanceFailure('a validator does not throw for what certificates hold', 'an answer', String(error))
  }
}

function derOf(each: IssuedCertificate | Uint8Array): Uint8Array {
  return each instanceof Uint8Array ? each : each.certificate.der
}
