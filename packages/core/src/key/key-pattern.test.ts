import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generateKey, KEY_PATTERN, looksLikeKey } from './key-format.ts'

const ROOT = resolve(import.meta.dirname, '../../../..')

describe('KEY_PATTERN', () => {
  it('finds nothing in a megabyte of ordinary source and data, and the one key that is hidden in it', () => {
    const files = globSync(
      ['packages/*/src/**/*.ts', 'packages/*/package.json', 'test-fixtures/**/*.json', 'pnpm-lock.yaml'],
      { cwd: ROOT },
    )
    let text = ''
    for (const file of files) text += readFileSync(resolve(ROOT, file), 'utf8')
    expect(text.length).toBeGreaterThan(1_000_000)
    const hits = (among: string): readonly string[] => among.match(new RegExp(KEY_PATTERN, 'g')) ?? []
    expect(hits(text).filter(looksLikeKey)).toEqual([])
    const key = generateKey({ prefix: 'cs_live' })
    const middle = text.length >> 1
    expect(hits(`${text.slice(0, middle)} "${key}" ${text.slice(middle)}`).filter(looksLikeKey)).toEqual([key])
  })
})
