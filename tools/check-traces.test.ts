import { describe, expect, it } from 'vitest'
import { findTraces } from './check-traces.ts'

describe('findTraces', () => {
  it.each([
    ['a temporary path', `const file = '${['', 'tmp', 'x.pem'].join('/')}'`],
    ['a home folder', `see ${['', 'home', 'alice', 'x'].join('/')}`],
    ['a registry', `from https://registry.${'npmjs'}.org`],
  ])('reports %s with its line', (_, line) => {
    expect(findTraces('a.ts', `first\n${line}`)).toEqual([expect.stringMatching(/^a\.ts:2: /)])
  })

  it.each([
    ['a path of the program', '/usr/sbin/nginx'],
    ['a variable', '$TMPDIR/tmp/x'],
    ['a route', 'https://api.example/work/items'],
    ['a relative path', './tmp/x and a/root/b'],
  ])('lets %s be', (_, line) => {
    expect(findTraces('a.ts', line)).toEqual([])
  })
})
