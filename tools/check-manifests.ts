/** Every package has the manifest of the house, and the compiler knows of every package and of what it is built on. @module */

import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ROOT } from './steps.ts'

type Json = Readonly<Record<string, unknown>>

/** What is the same in all of them. */
const SHAPE: Json = {
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  files: ['dist', 'src', '!src/**/*.test.ts', '!dist/.tsbuildinfo'],
  engines: { node: '>=22.13' },
  publishConfig: { access: 'public', provenance: true },
}

/** These run on the machine of whoever installs the package. */
const INSTALL_SCRIPTS: readonly string[] = ['preinstall', 'install', 'postinstall', 'prepare']

export function checkManifests(root: string): readonly string[] {
  const folders = globSync('packages/*/package.json', { cwd: root }).map((path) => posix.dirname(slashes(path)))
  const manifests = new Map(folders.map((folder) => [folder, readJson(root, `${folder}/package.json`)]))
  const folderOf = new Map([...manifests].map(([folder, { name }]) => [String(name), folder]))
  const built = referencesOf(root, 'tsconfig.json')
  return [...manifests].flatMap(([folder, manifest]) => [
    ...checkShape(manifest).map((problem) => `${folder}/package.json: ${problem}`),
    ...(built.includes(folder) ? [] : [`tsconfig.json: does not build ${folder}`]),
    ...checkReferences(root, folder, manifest, folderOf),
  ])
}

function checkShape(manifest: Json): readonly string[] {
  const exports = (manifest.exports ?? {}) as Json
  return [
    ...Object.entries(SHAPE)
      .filter(([name, value]) => !isDeepStrictEqual(manifest[name], value))
      .map(([name, value]) => `${name} is not ${JSON.stringify(value)}`),
    ...(typeof manifest.description === 'string' ? [] : ['has no description']),
    ...Object.entries(exports)
      .filter(([name, target]) => !isDeepStrictEqual(orderOf(target), orderOf(expectedExport(name))))
      .map(([name]) => `exports["${name}"] is not ${JSON.stringify(expectedExport(name))}, in this order`),
    ...(Object.hasOwn(exports, './package.json') ? [] : ['does not export ./package.json']),
    ...Object.entries({ ...(manifest.dependencies as Json), ...(manifest.peerDependencies as Json) })
      .filter(([name, range]) => isOurs(name) && range !== 'workspace:^')
      .map(([name]) => `depends on ${name} by something else than workspace:^`),
    ...INSTALL_SCRIPTS.filter((name) => Object.hasOwn((manifest.scripts ?? {}) as Json, name)).map(
      (name) => `has the script ${name}, which runs where the package is installed`,
    ),
  ]
}

/** The first condition that matches wins, so their order is part of what they say. */
function orderOf(target: unknown): unknown {
  return typeof target === 'object' && target !== null ? Object.entries(target) : target
}

function expectedExport(name: string): unknown {
  if (name === './package.json') return name
  const door = name === '.' ? 'index' : name.slice(2)
  return { '@countersign/source': `./src/${door}.ts`, types: `./dist/${door}.d.ts`, default: `./dist/${door}.js` }
}

function checkReferences(
  root: string,
  folder: string,
  manifest: Json,
  folderOf: ReadonlyMap<string, string>,
): readonly string[] {
  const needed = Object.keys({ ...(manifest.dependencies as Json), ...(manifest.peerDependencies as Json) })
    .flatMap((name) => folderOf.get(name) ?? [])
    .sort()
  const named = [...referencesOf(root, `${folder}/tsconfig.json`)].sort()
  return isDeepStrictEqual(named, needed)
    ? []
    : [`${folder}/tsconfig.json: references ${list(named)}, but the package depends on ${list(needed)}`]
}

function referencesOf(root: string, path: string): readonly string[] {
  if (!existsSync(join(root, path))) return []
  const { references = [] } = readJson(root, path) as { references?: readonly { readonly path: string }[] }
  return references.map((reference) => posix.join(posix.dirname(path), reference.path))
}

function readJson(root: string, path: string): Json {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Json
}

function isOurs(name: string): boolean {
  return name === 'countersign' || name.startsWith('@countersign/')
}

function list(names: readonly string[]): string {
  return names.join(', ') || 'nothing'
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/')
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkManifests(ROOT)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
