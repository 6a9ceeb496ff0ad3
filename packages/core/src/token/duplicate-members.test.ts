import { describe, expect, it } from 'vitest'
import { hasDuplicateMembers } from './duplicate-members.ts'

describe('hasDuplicateMembers', () => {
  it.each([
    ['{}', false],
    ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', false],
    ['{"a":1,"a":2}', true],
    ['{"b":{"a":1,"a":1}}', true],
    ['[{"a":1,"a":1}]', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"a":"b","b":"a"}', false],
    ['{"a":"\\",\\"a\\":\\"","b":1}', false],
    ['{"a":["a","a"]}', false],
    ['{"a\\\\":1,"a":2}', false],
    ['{ "a" : { } , "a" : [ ] }', true],
  ])('%s: %s', (json, expected) => {
    JSON.parse(json)
    expect(hasDuplicateMembers(json)).toBe(expected)
  })
})
