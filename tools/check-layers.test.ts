import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkLayers } from './check-layers.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

/** A workspace that breaks no rule; `files` are added to it or take the place of its own. */
function plant(files: Readonly<Record<string, string | object>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'layers-'))
  roots.push(root)
  for (const [path, content] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return root
}

function door(source: string): object {
  return { '@countersign/source': `./src/${source}.ts`, default: `./dist/${source}.js` }
}

const SOUND: Readonly<Record<string, string | object>> = {
  'packages/core/package.json': {
    name: '@countersign/core',
    exports: { '.': door('index'), './x509': door('x509'), './node': door('node'), './tokens': door('tokens') },
  },
  'packages/core/src/index.ts': `export { authenticate } from './authenticate/authenticator.ts'`,
  'packages/core/src/x509.ts': `export { read } from './der/reader.ts'\nexport type { Tag } from './der/reader.ts'`,
  'packages/core/src/node.ts': `export { files } from './node/files.ts'`,
  'packages/core/src/tokens.ts': `export { verify } from './token/verify.ts'`,
  'packages/core/src/primitives/node.ts': `import { hash } from 'node:crypto'\nexport const digest = hash`,
  'packages/core/src/der/reader.ts': `import { digest } from '#primitives'\nexport type Tag = number\nexport const read = digest`,
  'packages/core/src/token/verify.ts': `import { jwtVerify } from 'jose'\nexport const verify = jwtVerify`,
  'packages/core/src/authenticate/authenticator.ts': `import { read } from '../der/reader.ts'\nexport const authenticate = read`,
  'packages/core/src/node/files.ts': `import { readFile } from 'node:fs/promises'\nimport { read } from '../der/reader.ts'\nexport const files = [readFile, read]`,
  'packages/core/src/der/reader.test.ts': `import { readFile } from 'node:fs/promises'\nimport '../node/files.ts'\nimport '@countersign/testing'`,
  'packages/testing/package.json': { name: '@countersign/testing', exports: { '.': door('index') } },
  'packages/testing/src/index.ts': 'export {}',
  'packages/conformance/package.json': {
    name: '@countersign/conformance',
    exports: { '.': door('index') },
    dependencies: { '@countersign/core': 'workspace:^', '@countersign/testing': 'workspace:^' },
  },
  'packages/conformance/src/index.ts': `export { run } from './run.ts'`,
  'packages/conformance/src/run.ts': `import { read } from '@countersign/core/x509'\nexport const run = read`,
  'packages/express/package.json': {
    name: '@countersign/express',
    exports: { '.': door('index') },
    dependencies: { '@countersign/core': 'workspace:^' },
    devDependencies: { '@countersign/conformance': 'workspace:^' },
  },
  'packages/express/src/index.ts': `import { authenticate } from '@countersign/core'\nexport const countersign = authenticate`,
}

describe('checkLayers', () => {
  it('says nothing about a sound workspace', () => {
    expect(checkLayers(plant())).toEqual([])
  })

  it.each([
    [
      'a room that imports a later one',
      'der/a.ts',
      `import { x } from '../path/x.ts'`,
      /der\/a\.ts:1: der\/ comes before path\//,
    ],
    ['a type from a later room', 'der/a.ts', `import type { X } from '../path/x.ts'`, /der\/ comes before path\//],
    [
      'a type written as import()',
      'der/a.ts',
      `\nlet x: import('../path/x.ts').X`,
      /der\/a\.ts:2: der\/ comes before path\//,
    ],
    ['a re-export of a later room', 'der/a.ts', `export { x } from '../path/x.ts'`, /der\/ comes before path\//],
    [
      'a lazy import of a later room',
      'der/a.ts',
      `export const x = () => import('../path/x.ts')`,
      /der\/ comes before path\//,
    ],
    [
      'an import between comments',
      'der/a.ts',
      `import /* why */ {\n  x, // so\n} from '../path/x.ts'`,
      /der\/ comes before path\//,
    ],
    [
      'an import of the room node',
      'authenticate/a.ts',
      `import { x } from '../node/x.ts'`,
      /authenticate\/ comes before node\//,
    ],
    ['a room that is not in the list', 'helpers/a.ts', 'export {}', /helpers\/ is not in the list of rooms/],
    ['a room that imports a door', 'node/a.ts', `import { read } from '../x509.ts'`, /imports the door src\/x509\.ts/],
    ['a barrel in a room', 'der/index.ts', `export { read } from './reader.ts'`, /a room has no index\.ts/],
    ['node: outside node/', 'der/a.ts', `import { hash } from 'node:crypto'`, /imports node:crypto; only node\//],
    ['a built-in without its prefix', 'der/a.ts', `import { hash } from 'crypto'`, /imports crypto; only node\//],
    ['a type of node:', 'der/a.ts', `import type { Hash } from 'node:crypto'`, /imports node:crypto/],
    ['native primitives by their path', 'der/a.ts', `import '../primitives/node.ts'`, /it is reached as #primitives/],
    ['a foreign dependency', 'der/a.ts', `import ms from 'ms'`, /imports ms, which is not a dependency of core/],
    ['another internal import', 'der/a.ts', `import '#secrets'`, /the only internal import is #primitives/],
    [
      'a computed import',
      'der/a.ts',
      'export const load = (name: string) => import(name)',
      /only a running program knows/,
    ],
    ['an import outside the package', 'der/a.ts', `import '../../../testing/src/index.ts'`, /outside the package/],
    ['export *', 'der/a.ts', `export * from './reader.ts'`, /`export \*` hides/],
  ])('reports %s', (_, file, content, problem) => {
    expect(checkLayers(plant({ [`packages/core/src/${file}`]: content })).join('\n')).toMatch(problem)
  })

  it('reports a neutral door that reaches node: through a room, with the way there', () => {
    const problems = checkLayers(
      plant({
        'packages/core/src/der/reader.ts': `import { digest } from '../bytes/digest.ts'\nexport const read = digest\nexport type Tag = 1`,
        'packages/core/src/bytes/digest.ts': `export { hash as digest } from 'node:crypto'`,
      }),
    ).join('\n')
    expect(problems).toMatch(
      /src\/x509\.ts: a neutral door reaches node:crypto \(src\/x509\.ts > src\/der\/reader\.ts > src\/bytes\/digest\.ts\)/,
    )
    expect(problems).toMatch(/src\/index\.ts: a neutral door reaches node:crypto/)
    expect(problems).not.toMatch(/src\/node\.ts: a neutral door/)
  })

  it('reports a neutral door that reaches the room node', () => {
    const problems = checkLayers(plant({ 'packages/core/src/x509.ts': `export { files } from './node/files.ts'` }))
    expect(problems.join('\n')).toMatch(/src\/x509\.ts: a neutral door reaches the room node\//)
  })

  it('reports a dependency that is reached from another door than its own', () => {
    const problems = checkLayers(plant({ 'packages/core/src/x509.ts': `export { verify } from './token/verify.ts'` }))
    expect(problems.join('\n')).toMatch(/src\/x509\.ts: loads jose, which belongs to src\/tokens\.ts/)
  })

  it('lets a door name the types of what another door loads', () => {
    const files = {
      'packages/core/src/index.ts': `export { serve } from './authenticate/serve.ts'`,
      'packages/core/src/authenticate/serve.ts': `import type { verify } from '../token/verify.ts'\nexport type V = typeof verify\nexport const serve = 1`,
    }
    expect(checkLayers(plant(files))).toEqual([])
  })

  it('reports a door that does more than list names', () => {
    const problems = checkLayers(plant({ 'packages/core/src/x509.ts': `\nexport const answer = 42` }))
    expect(problems.join('\n')).toMatch(/src\/x509\.ts:2: a door lists names/)
  })

  it('reports a door that package.json does not export, and an export without a door', () => {
    const manifest = { name: '@countersign/core', exports: { '.': door('index'), './keys': door('keys') } }
    const problems = checkLayers(plant({ 'packages/core/package.json': manifest })).join('\n')
    expect(problems).toMatch(/src\/x509\.ts: a file directly in src\/ is a door, but package\.json does not export it/)
    expect(problems).toMatch(/src\/keys\.ts: package\.json exports it, but it is missing/)
  })

  it('reports modules that need each other to load, and lets types refer to one another', () => {
    const cycle = {
      'packages/core/src/der/a.ts': `import { b } from './b.ts'\nexport const a = b`,
      'packages/core/src/der/b.ts': `import { a } from './a.ts'\nexport const b = a`,
    }
    expect(checkLayers(plant(cycle)).join('\n')).toMatch(
      /imports itself by way of src\/der\/a\.ts > src\/der\/b\.ts > src\/der\/a\.ts/,
    )
    const types = {
      ...cycle,
      'packages/core/src/der/b.ts': `import { type a } from './a.ts'\nexport type B = typeof a\nexport const b = 1`,
    }
    expect(checkLayers(plant(types))).toEqual([])
  })

  it('reports an import of what is no door of another package', () => {
    const problems = checkLayers(
      plant({
        'packages/express/src/index.ts': `import { read } from '@countersign/core/der/reader'\nexport const r = read`,
      }),
    )
    expect(problems.join('\n')).toMatch(
      /imports @countersign\/core\/der\/reader, which is no door of @countersign\/core/,
    )
  })

  it('reports a way into another package around its doors, from tests as well', () => {
    const around = `import { read } from '../../core/src/der/reader.ts'\nexport const r = read`
    expect(checkLayers(plant({ 'packages/express/src/index.ts': around })).join('\n')).toMatch(/outside the package/)
    const problems = checkLayers(plant({ 'packages/express/test/a.test.ts': around }))
    expect(problems.join('\n')).toMatch(/@countersign\/core is reached through its doors/)
  })

  it('reports packages that depend on each other', () => {
    const manifest = {
      name: '@countersign/testing',
      exports: { '.': door('index') },
      peerDependencies: { '@countersign/conformance': '*' },
    }
    const problems = checkLayers(plant({ 'packages/testing/package.json': manifest })).join('\n')
    expect(problems).toMatch(/@countersign\/testing depends on itself by way of @countersign\/conformance/)
  })

  it('reports a conformance package that knows an adapter', () => {
    const problems = checkLayers(
      plant({
        'packages/conformance/package.json': {
          name: '@countersign/conformance',
          exports: { '.': door('index') },
          devDependencies: { '@countersign/express': 'workspace:^' },
        },
        'packages/conformance/src/run.ts': `import { countersign } from '@countersign/express'\nexport const run = countersign`,
      }),
    ).join('\n')
    expect(problems).toMatch(/package\.json: conformance depends on @countersign\/express/)
    expect(problems).toMatch(/src\/run\.ts:1: conformance imports @countersign\/express/)
  })
})
