import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exchangeOf, plain } from '../../test/exchange.ts'
import { createVectorSource, type SourceVector, type SourceVectors } from '../../test/source-vectors.ts'
import type { PresentedCertificate } from './certificate-source.ts'
import { PRESETS } from './presets.ts'
import { type CertificateReader, createCertificateReader } from './read-certificate.ts'

/** For each source. `npm run test:proxies` asks for 100,000. */
const VALUES = Number(process.env.COUNTERSIGN_HOSTILE_VALUES ?? 1_000)

/** No value may take longer, in the best of three. */
const LIMIT_MILLISECONDS = 5

const file = resolve(import.meta.dirname, '../../../../test-fixtures/vectors/sources.json')
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as SourceVectors

type Fields = Record<string, string[]>

interface Sample {
  readonly fields: Fields
  readonly platform: unknown
}

interface Group {
  readonly name: string
  readonly read: CertificateReader
  readonly samples: readonly Sample[]
}

describe(`${VALUES} seeded mutations of what each source reads`, () => {
  it.each(groups().map((group) => [group.name, group] as const))(
    '%s: nothing throws, is slow, or passes that is no certificate',
    (name, { read, samples }) => {
      const random = createRandom(name)
      let accepted = 0
      for (let at = 0; at < VALUES; at++) {
        const sample = mutate(samples[random(samples.length)] as Sample, samples, random)
        const { fields, platform } = sample
        const exchange = exchangeOf({ headers: fields, peer: plain('10.1.2.3'), platform })
        const presented = withinLimit(() => read(exchange), sample)
        if (presented === undefined) continue
        if ('code' in presented) {
          // Containment is for other people's sources.
          if (presented.code === 'source-failed') throw new Error(`${presented.cause} for ${JSON.stringify(sample)}`)
          continue
        }
        accepted++
        if (presented.kind === 'certificate') checkAccepted(presented, sample)
        else if (presented.fingerprint !== undefined) expect(presented.fingerprint).toMatch(/^[0-9a-f]{64}$/)
      }
      expect(accepted).toBeGreaterThan(0)
      expect(accepted).toBeLessThan(VALUES)
    },
  )

  it('covers every row of the table', () => {
    expect(groups().map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(PRESETS)))
  })
})

/** The vectors by the source that reads them, as the row has it without further options. */
function groups(): readonly Group[] {
  const found = new Map<string, { read: CertificateReader; samples: Sample[] }>()
  for (const vector of cases) {
    const name = vector.id.split('/')[0] as string
    if (!isWritable(vector.lines ?? []) || usesOptions(vector)) continue
    const group = found.get(name) ?? { read: createCertificateReader(createVectorSource(vector)), samples: [] }
    found.set(name, group)
    const fields: Fields = {}
    for (const [header, value] of vector.lines ?? []) {
      fields[header] ??= []
      fields[header].push(value as string)
    }
    group.samples.push({ fields, platform: vector.platform })
  }
  return [...found].map(([name, group]) => ({ name, ...group }))
}

function withinLimit<T>(run: () => T, sample: Sample): T {
  let result: T
  let best = Number.POSITIVE_INFINITY
  let tries = 0
  do {
    const start = performance.now()
    result = run()
    best = Math.min(best, performance.now() - start)
  } while (best > LIMIT_MILLISECONDS && ++tries < 3)
  if (best > LIMIT_MILLISECONDS) throw new Error(`${best} ms for ${JSON.stringify(sample).slice(0, 2000)}`)
  return result
}

/** Each certificate spans one SEQUENCE to the octet, and its base64 stands in what was sent, digit for digit. */
function checkAccepted({ leaf, chain }: PresentedCertificate, sample: Sample): void {
  for (const der of [leaf, ...chain]) {
    const spans = der[0] === 0x30 && (der[1] === 0x82 ? 4 + ((der[2] ?? 0) << 8) + (der[3] ?? 0) : lengthOf(der))
    if (spans !== der.length) throw new Error(`not one SEQUENCE: ${Buffer.from(der).toString('hex')}`)
  }
  const text = textsOf(sample).map(normalize).join('\n')
  const whole = Buffer.concat([leaf, ...chain]).toString('base64')
  const digits = [leaf, ...chain].every((der) => text.includes(Buffer.from(der).toString('base64')))
  // HAProxy concatenates before it encodes, so behind the first the digits are others.
  const concatenated = text.includes(whole) || text.includes(Buffer.concat([...chain]).toString('base64'))
  if (!digits && !concatenated) throw new Error(`not in what was sent: ${JSON.stringify(sample).slice(0, 4000)}`)
}

function lengthOf(der: Uint8Array): number {
  const first = der[1] ?? 0
  if (first < 0x80) return 2 + first
  let length = 0
  for (let at = 0; at < (first & 0x7f); at++) length = length * 256 + (der[2 + at] ?? 0)
  return 2 + (first & 0x7f) + length
}

/** What is left of a value without escapes, armour's line breaks and base64 around PEM. */
function normalize(value: string): string {
  const text = value.replace(/%[0-9A-Fa-f]{2}/g, (octet) => String.fromCharCode(Number.parseInt(octet.slice(1), 16)))
  const inner = Buffer.from(text, 'base64').toString('latin1')
  return `${text}${inner.startsWith('-----') ? inner : ''}`.replace(/[\r\n\t ]/g, '')
}

function isWritable(lines: NonNullable<SourceVector['lines']>): boolean {
  return lines.every(([, value]) => typeof value === 'string')
}

function usesOptions({ source }: SourceVector): boolean {
  const { headers, verdict, elements } = (source[2] ?? {}) as Record<string, unknown>
  return JSON.stringify(headers ?? {}).includes('x-chosen-name') || verdict !== undefined || elements !== undefined
}

type Random = (below: number) => number

/** One to four mutations of one of the vectors' requests. */
function mutate(sample: Sample, samples: readonly Sample[], random: Random): Sample {
  const fields = structuredClone(sample.fields)
  const names = Object.keys(fields)
  let { platform } = sample
  for (let count = 1 + random(4); count > 0; count--) {
    const donor = textsOf(samples[random(samples.length)] as Sample)[0] ?? ''
    const name = names[random(names.length)]
    if (name === undefined) {
      platform = mutatePlatform(platform, donor, random)
      continue
    }
    const lines = fields[name] as string[]
    const at = random(lines.length)
    if (random(20) === 0) lines.push(lines[at] as string)
    else lines[at] = mutateText(lines[at] as string, donor, random)
  }
  return { fields, platform }
}

const OTHER_VALUES = [null, undefined, 0, 1, true, {}, [], '', '1', 'SUCCESS', 'NONE']

/** One member somewhere inside it. */
function mutatePlatform(value: unknown, donor: string, random: Random): unknown {
  if (typeof value === 'string') return random(4) > 0 ? mutateText(value, donor, random) : OTHER_VALUES[random(11)]
  if (typeof value !== 'object' || value === null || random(12) === 0) return OTHER_VALUES[random(11)]
  const names = Object.keys(value)
  const name = names[random(names.length)]
  if (name === undefined) return value
  return { ...value, [name]: mutatePlatform((value as Record<string, unknown>)[name], donor, random) }
}

function textsOf({ fields, platform }: Sample): readonly string[] {
  return [...Object.values(fields).flat(), ...leavesOf(platform)]
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}

const CHARACTERS = '"\\,;:=%+/ \t\r\n-_.{}()<>&?#@!*\'[]|~^`$\0\u007f\u00a0\u00e9\u00ff0123456789abcXYZ'

function mutateText(text: string, donor: string, random: Random): string {
  const at = random(text.length + 1)
  const end = Math.min(text.length, at + random(8))
  const character = CHARACTERS[random(CHARACTERS.length)] as string
  switch (random(12)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(at)
    case 2:
      return text.slice(0, at) + text.slice(end)
    case 3:
      return text.slice(0, at) + character + text.slice(at)
    case 4:
      return text.slice(0, at) + character + text.slice(at + 1)
    case 5:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + random(50)) + text.slice(end)
    case 6:
      return text.slice(0, at) + donor.slice(random(donor.length + 1))
    case 7:
      return `${text}${[',', ', ', ';', ' '][random(4)]}${donor}`
    case 8:
      return `${donor}${[',', ', ', ';', ' '][random(4)]}${text}`
    case 9:
      return text.slice(0, at) + encodeURIComponent(text.slice(at, end)) + text.slice(end)
    case 10:
      return character.repeat(random(2_000))
    default:
      return random(2) === 0 ? text.toLowerCase() : text + character
  }
}

/** mulberry32, seeded by name. */
function createRandom(seed: string): Random {
  let state = 0
  for (const character of seed) state = (state * 31 + character.charCodeAt(0)) | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
