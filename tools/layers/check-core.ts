/** The rules of the house inside `@countersign/core`: doors, rooms, their order, and what is neutral. @module */

import type { Module, Package, Target } from './read-workspace.ts'

/** In import order: a room imports only from itself and from rooms before it. */
const ROOMS: readonly string[] = [
  'primitives',
  'bytes',
  'der',
  'x509',
  'path',
  'revocation',
  'exchange',
  'source',
  'key',
  'token',
  'registry',
  'policy',
  'problem',
  'events',
  'authenticate',
  'node',
]

/** The one module besides the room `node` that may use Node's own modules; everyone reaches it as `#primitives`. */
const NATIVE_PRIMITIVES = 'src/primitives/node.ts'
const NODE_DOOR = 'src/node.ts'

/** Dependencies of core, each with the only door that may load it. */
const DEPENDENCIES: Readonly<Record<string, string>> = { jose: 'src/tokens.ts' }

export function checkCore(core: Package): readonly string[] {
  const modules = core.modules.filter((module) => !module.test)
  const byPath = new Map(modules.map((module) => [module.path, module]))
  return [
    ...checkDoors(core, modules),
    ...modules.flatMap((module) => checkModule(module)),
    ...modules.filter(isDoor).flatMap((door) => checkReach(door, byPath)),
    ...findCycles(modules, byPath),
  ]
}

/** Doors and the entries of `exports` are the same list, and a door only lists names. */
function checkDoors(core: Package, modules: readonly Module[]): readonly string[] {
  const promised = Object.values(core.manifest.exports ?? {}).flatMap((entry) => sourceOf(entry) ?? [])
  const doors = modules.filter(isDoor)
  return [
    ...promised
      .filter((path) => !doors.some((door) => door.path === path))
      .map((path) => `${path}: package.json exports it, but it is missing`),
    ...doors
      .filter((door) => !promised.includes(door.path))
      .map((door) => `${door.path}: a file directly in src/ is a door, but package.json does not export it`),
    ...doors.flatMap((door) =>
      door.ownStatements.map(
        (line) => `${door.path}:${line}: a door lists names with \`export { … } from\`, nothing else`,
      ),
    ),
  ]
}

function sourceOf(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const source = (entry as Record<string, unknown>)['@countersign/source']
  return typeof source === 'string' ? source.replace(/^\.\//, '') : undefined
}

function checkModule(module: Module): readonly string[] {
  const room = roomOf(module.path)
  if (room !== undefined && !ROOMS.includes(room)) return [`${module.path}: ${room}/ is not in the list of rooms`]
  const problems = module.targets.flatMap((target) => {
    const problem = checkTarget(module, target)
    return problem ? [`${module.path}:${target.line}: ${problem}`] : []
  })
  return room !== undefined && module.path.endsWith('/index.ts')
    ? [...problems, `${module.path}: a room has no index.ts; import the file that has the name`]
    : problems
}

function checkTarget(module: Module, { to }: Target): string | undefined {
  const room = roomOf(module.path)
  switch (to.kind) {
    case 'own':
      return checkOrder(module.path, to.path)
    case 'builtin':
      if (room === 'node' || module.path === NATIVE_PRIMITIVES) return undefined
      return `imports ${to.name}; only node/ and ${NATIVE_PRIMITIVES} may`
    case 'package':
      return Object.hasOwn(DEPENDENCIES, to.name) ? undefined : `imports ${to.name}, which is not a dependency of core`
    case 'internal':
      return to.name === '#primitives' ? undefined : `imports ${to.name}; the only internal import is #primitives`
    case 'outside':
      return `imports ${to.path}, outside the package`
    case 'computed':
      return 'imports what only a running program knows, so nothing can be proved about it'
  }
}

function checkOrder(from: string, to: string): string | undefined {
  const target = roomOf(to)
  if (target === undefined) return isSource(to) ? `imports the door ${to}; a door is for other packages` : undefined
  if (to === NATIVE_PRIMITIVES) return `imports ${to} by its path; it is reached as #primitives`
  const room = roomOf(from)
  if (room === undefined || ROOMS.indexOf(target) <= ROOMS.indexOf(room)) return undefined
  return `${room}/ comes before ${target}/ and may not import ${to}`
}

/**
 * Neutral means types included, since these too name what a neutral runtime has not. A dependency belongs to one door in
 * what is loaded; its types cost nothing.
 */
function checkReach(door: Module, byPath: ReadonlyMap<string, Module>): readonly string[] {
  const problems: string[] = []
  const named = followImports(door, byPath, () => true)
  for (const path of door.path === NODE_DOOR ? [] : named.keys()) {
    if (roomOf(path) === 'node')
      problems.push(`${door.path}: a neutral door reaches the room node/ (${route(named, path)})`)
    for (const { to } of byPath.get(path)?.targets ?? [])
      if (to.kind === 'builtin')
        problems.push(`${door.path}: a neutral door reaches ${to.name} (${route(named, path)})`)
  }
  const loaded = followImports(door, byPath, ({ typeOnly }) => !typeOnly)
  for (const path of loaded.keys()) {
    for (const { to, typeOnly } of byPath.get(path)?.targets ?? []) {
      const owner = to.kind === 'package' && !typeOnly ? DEPENDENCIES[to.name] : undefined
      if (to.kind === 'package' && owner !== undefined && owner !== door.path)
        problems.push(`${door.path}: loads ${to.name}, which belongs to ${owner} (${route(loaded, path)})`)
    }
  }
  return problems
}

/** Each module that is reached, with the one it was reached from. */
function followImports(
  door: Module,
  byPath: ReadonlyMap<string, Module>,
  follows: (target: Target) => boolean,
): ReadonlyMap<string, string | undefined> {
  const trail = new Map<string, string | undefined>([[door.path, undefined]])
  for (const path of trail.keys()) {
    for (const target of (byPath.get(path)?.targets ?? []).filter(follows))
      if (target.to.kind === 'own' && !trail.has(target.to.path)) trail.set(target.to.path, path)
  }
  return trail
}

function route(trail: ReadonlyMap<string, string | undefined>, end: string): string {
  const steps = [end]
  for (let at = trail.get(end); at !== undefined; at = trail.get(at)) steps.unshift(at)
  return steps.join(' > ')
}

/** Modules that need each other to load; types may refer to one another freely. */
function findCycles(modules: readonly Module[], byPath: ReadonlyMap<string, Module>): readonly string[] {
  const done = new Set<string>()
  const open: string[] = []
  const problems: string[] = []
  const walk = (path: string): void => {
    if (open.includes(path)) {
      problems.push(`${path}: imports itself by way of ${[...open.slice(open.indexOf(path)), path].join(' > ')}`)
      return
    }
    if (done.has(path)) return
    open.push(path)
    for (const { to, typeOnly } of byPath.get(path)?.targets ?? []) if (to.kind === 'own' && !typeOnly) walk(to.path)
    open.pop()
    done.add(path)
  }
  for (const module of modules) walk(module.path)
  return problems
}

function isSource(path: string): boolean {
  return path.startsWith('src/')
}

function isDoor(module: Module): boolean {
  return isSource(module.path) && roomOf(module.path) === undefined
}

function roomOf(path: string): string | undefined {
  const parts = path.split('/')
  return parts[0] === 'src' && parts.length > 2 ? parts[1] : undefined
}
