/** The packages of the workspace as data: manifests and, for each module, what it imports. @module */

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { type ModuleShape, readImports } from './read-imports.ts'

export interface Workspace {
  readonly root: string
  readonly packages: readonly Package[]
}

export interface Package {
  readonly folder: string
  readonly name: string
  readonly manifest: Manifest
  readonly modules: readonly Module[]
}

export interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface Module extends ModuleShape {
  /** Relative to the package's folder, with forward slashes: `src/der/reader.ts`. */
  readonly path: string
  /** Tests stay out of the package and may reach further. */
  readonly test: boolean
  readonly targets: readonly Target[]
}

export interface Target {
  readonly to:
    | { readonly kind: 'own'; readonly path: string }
    | { readonly kind: 'outside'; readonly path: string }
    | { readonly kind: 'builtin'; readonly name: string }
    | { readonly kind: 'package'; readonly name: string; readonly subpath: string }
    | { readonly kind: 'internal'; readonly name: string }
    | { readonly kind: 'computed' }
  readonly typeOnly: boolean
  readonly line: number
}

export function readWorkspace(root: string): Workspace {
  const folders = readdirSync(join(root, 'packages')).filter((name) =>
    existsSync(join(root, 'packages', name, 'package.json')),
  )
  return { root, packages: folders.map((name) => readPackage(root, `packages/${name}`)) }
}

function readPackage(root: string, folder: string): Package {
  const home = join(root, folder)
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest
  const paths = globSync(['src/**/*.ts', 'test/**/*.ts', 'test-d/**/*.ts'], { cwd: home })
  return { folder, name: manifest.name, manifest, modules: paths.sort().map((path) => readModule(home, slashes(path))) }
}

function readModule(home: string, path: string): Module {
  const shape = readImports(path, readFileSync(join(home, path), 'utf8'))
  const targets = shape.imports.map(({ specifier, typeOnly, line }) => ({
    to: specifier === undefined ? { kind: 'computed' as const } : targetOf(home, path, specifier),
    typeOnly,
    line,
  }))
  return { ...shape, path, test: !path.startsWith('src/') || path.endsWith('.test.ts'), targets }
}

function targetOf(home: string, from: string, specifier: string): Target['to'] {
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier }
  if (specifier.startsWith('#')) return { kind: 'internal', name: specifier }
  if (specifier.startsWith('.')) {
    const path = slashes(relative(home, resolve(home, dirname(from), specifier)))
    return path.startsWith('../') ? { kind: 'outside', path } : { kind: 'own', path }
  }
  const parts = specifier.split('/')
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { kind: 'package', name, subpath: `.${specifier.slice(name.length)}` }
}

function slashes(path: string): string {
  return path.split(sep).join('/')
}
