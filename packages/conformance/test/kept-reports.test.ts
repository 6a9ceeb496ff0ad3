import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { reportSchema } from '../src/index.ts'

const folder = resolve(import.meta.dirname, '../../../docs/conformance')

it('every report that is kept has the form of reports', () => {
  const validate = new Ajv2020({ strict: true }).compile(reportSchema)
  const paths = globSync('*/*.json', { cwd: folder })
  expect(paths.length).toBeGreaterThan(10)
  for (const path of paths) {
    validate(JSON.parse(readFileSync(resolve(folder, path), 'utf8')))
    expect(validate.errors, path).toBeNull()
  }
})
