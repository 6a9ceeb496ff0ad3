/**
 * Writes `vectors/sources.json`: what proxies and platforms hand over, and what must be read from it. Certificates are minted
 * anew at every run; answers never change by that.
 *
 *     node --conditions=@countersign/source test-fixtures/generate/source-vectors.ts
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createWorld } from './source/drawing.ts'
import { base64 } from './source/encode.ts'
import { formCases, RFC_9440_EXAMPLE } from './source/form-cases.ts'
import { platformCases } from './source/platform-cases.ts'
import { presetCases } from './source/preset-cases.ts'

const world = await createWorld()
const cases = [...presetCases(world), ...formCases(world), ...platformCases(world)]
const ids = new Set(cases.map(({ id }) => id))
if (ids.size !== cases.length) throw new Error('an id occurs twice')

const certificates = {
  ...Object.fromEntries(Object.entries(world).map(([name, { der }]) => [name, base64(der)])),
  ...Object.fromEntries(Object.entries(RFC_9440_EXAMPLE).map(([name, text]) => [`rfc9440-${name}`, text])),
}
const file = resolve(import.meta.dirname, '../vectors/sources.json')
writeFileSync(file, `${JSON.stringify({ certificates, cases }, undefined, 1)}\n`)
console.log(`${cases.length} cases`)
