import { describe, it } from 'vitest'
import { adapterCases, register } from '../src/index.ts'
import { referenceSubject } from './reference-subject.ts'

describe(referenceSubject.name, () => {
  register(it, adapterCases, referenceSubject)
})
