import { adapterCases, register } from '@countersign/conformance'
import { describe, it } from 'vitest'
import { subjects } from './subject.ts'

for (const subject of subjects) {
  describe(subject.name, () => {
    register(it, adapterCases, subject)
  })
}
