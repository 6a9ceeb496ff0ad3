import { describe, expect, it } from 'vitest'
import { adapterCases, register } from '../src/index.ts'
import { subject } from './reference-subject.ts'

describe(subject.name, () => {
  const notApplicable = register(it, adapterCases, subject)

  it('leaves out only what it cannot do', () => {
    expect(notApplicable).toEqual(['framework/without-socket (in-process)'])
  })
})
