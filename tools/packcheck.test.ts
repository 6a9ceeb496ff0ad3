import { describe, expect, it } from 'vitest'
import { toCommonJs } from './packcheck.ts'

describe('toCommonJs', () => {
  it('writes imports as the require that a CommonJS user writes', () => {
    const text = `import express from 'express'\nimport { a, b as c } from '@countersign/core/keys'\n\nawait a(c)\n`
    const [first, second] = toCommonJs(text).split('\n')
    expect(first).toBe(`const express = require('express')`)
    expect(second).toBe(`const { a, b: c } = require('@countersign/core/keys')`)
  })

  it('lets what follows await', () => {
    expect(toCommonJs(`import { a } from './a.mjs'\nawait a()\n`)).toMatch(
      /async function main\(\) \{\s*await a\(\)\s*\}\nmain\(\)/,
    )
  })
})
