/**
 * Writes `vectors/path.json`: certification paths for client authentication, each with its picture, the rule it is about
 * and the verdict that the rule asks for. Certificates are minted anew at every run; verdicts never change by that.
 *
 *     node --conditions=@countersign/source test-fixtures/generate/path-vectors.ts
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { IssuedCertificate } from '../../packages/testing/src/index.ts'
import { authorityCases } from './path/authority.ts'
import { basicCases } from './path/basics.ts'
import { buildingCases } from './path/building.ts'
import { constraintCases } from './path/constraints.ts'
import { dateCases } from './path/dates.ts'
import { type AnchorByName, captionOf, draw, NOW, type PathCase } from './path/drawing.ts'
import { encodingCases } from './path/encodings.ts'
import { extensionCases } from './path/extensions.ts'
import { nameCases } from './path/names.ts'
import { policyCases } from './path/policies.ts'
import { signatureCases } from './path/signatures.ts'

const cases = (
  await Promise.all([
    basicCases(),
    signatureCases(),
    dateCases(),
    authorityCases(),
    extensionCases(),
    nameCases(),
    constraintCases(),
    buildingCases(),
    policyCases(),
    encodingCases(),
  ])
).flat()

const ids = new Set(cases.map(({ id }) => id))
if (ids.size !== cases.length) throw new Error('an id occurs twice')

const certificates: Record<string, string> = {}
const names = new Map<IssuedCertificate, string>()

/** The caption, with a number where another certificate has the same. */
function nameOf(certificate: IssuedCertificate): string {
  const known = names.get(certificate)
  if (known !== undefined) return known
  const text = captionOf(certificate)
  let name = text
  for (let count = 2; Object.hasOwn(certificates, name); count++) name = `${text} (${count})`
  names.set(certificate, name)
  certificates[name] = base64(certificate.certificate.der)
  return name
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function anchorOf(anchor: IssuedCertificate | AnchorByName): unknown {
  if (!('of' in anchor)) return nameOf(anchor)
  const { of, keyOf = of, nameConstraints } = anchor
  return {
    subject: base64(of.subject),
    publicKey: base64(keyOf.publicKey),
    ...(nameConstraints === undefined ? {} : { nameConstraints: base64(nameConstraints) }),
  }
}

function vectorOf(one: PathCase): unknown {
  const { id, title, clause, leaf, intermediates = [], anchors, at = NOW, options, needs, expected } = one
  return {
    id,
    title,
    clause,
    chain: draw(one),
    leaf: nameOf(leaf),
    intermediates: intermediates.map(nameOf),
    anchors: anchors.map(anchorOf),
    at: at.toISOString(),
    ...(options === undefined ? {} : { options }),
    ...(needs === undefined ? {} : { needs }),
    expected,
  }
}

const vectors = { cases: cases.map(vectorOf), certificates }
const file = resolve(import.meta.dirname, '../vectors/path.json')
writeFileSync(file, `${JSON.stringify(vectors, undefined, 1)}\n`)
console.log(`${cases.length} cases, ${Object.keys(certificates).length} certificates`)
