import { describe, expect, it } from 'vitest'
import { adapterCases, register } from '../src/index.ts'
import { subject } from './reference-subject.ts'

describe(subject.name, () => {
  const notApplicable = register(it, adapterCases, subject)

  it('leaves out only what it cannot do', () => {
    // A server on sockets has no platform that hands over an object of its own.
    const others = notApplicable.filter((each) => !each.endsWith('(platform)'))
    expect(others).toEqual(['framework/without-socket (in-process)'])
  })
})
