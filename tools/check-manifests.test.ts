import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkManifests } from './check-manifests.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

const INDEX = { '@countersign/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' }

const CORE = {
  name: '@countersign/core',
  description: 'The core.',
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  exports: { '.': INDEX, './package.json': './package.json' },
  files: ['dist', 'src', '!src/**/*.test.ts', '!dist/.tsbuildinfo'],
  engines: { node: '>=22.13' },
  publishConfig: { access: 'public', provenance: true },
}

const KOA = { ...CORE, name: '@countersign/koa', dependencies: { '@countersign/core': 'workspace:^', koa: '3.0.0' } }

function check(files: Readonly<Record<string, object>>): string {
  const root = mkdtempSync(join(tmpdir(), 'manifests-'))
  roots.push(root)
  const all = {
    'tsconfig.json': { references: [{ path: 'packages/core' }, { path: 'packages/koa' }] },
    'packages/core/package.json': CORE,
    'packages/core/tsconfig.json': { references: [] },
    'packages/koa/package.json': KOA,
    'packages/koa/tsconfig.json': { references: [{ path: '../core' }] },
    ...files,
  }
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(content))
  }
  return checkManifests(root).join('\n')
}

describe('checkManifests', () => {
  it('says nothing about sound packages', () => {
    expect(check({})).toBe('')
  })

  it.each([
    ['a missing member', { type: undefined }, /type is not "module"/],
    ['files of its own', { files: ['dist'] }, /files is not \["dist","src"/],
    ['no description', { description: undefined }, /has no description/],
    [
      'an export elsewhere',
      { exports: { ...CORE.exports, './keys': './dist/keys.js' } },
      /exports\["\.\/keys"\] is not/,
    ],
    [
      'conditions in an order in which types are never reached',
      { exports: { ...CORE.exports, '.': Object.fromEntries(Object.entries(INDEX).reverse()) } },
      /exports\["\."\] is not .*, in this order/,
    ],
    ['package.json left out of exports', { exports: { '.': INDEX } }, /does not export \.\/package\.json/],
    ['a script that runs on installation', { scripts: { postinstall: 'node x.js' } }, /has the script postinstall/],
  ])('reports %s', (_, change, problem) => {
    expect(check({ 'packages/core/package.json': { ...CORE, ...change } })).toMatch(problem)
  })

  it('reports a package of ours by a range', () => {
    const dependencies = { '@countersign/core': '^1.0.0' }
    expect(check({ 'packages/koa/package.json': { ...KOA, dependencies } })).toMatch(
      /by something else than workspace:\^/,
    )
  })

  it('reports references that are not the dependencies', () => {
    expect(check({ 'packages/koa/tsconfig.json': {} })).toMatch(
      /references nothing, but the package depends on packages\/core/,
    )
  })

  it('reports a package that is not built', () => {
    expect(check({ 'tsconfig.json': { references: [{ path: 'packages/core' }] } })).toBe(
      'tsconfig.json: does not build packages/koa',
    )
  })
})
