/** The rules between packages: through doors only, nothing goes round in circles, conformance knows no adapter. @module */

import type { Manifest, Module, Package, Target, Workspace } from './read-workspace.ts'

/** Conformance is run by adapters, so it may not know any of them. */
const CONFORMANCE = '@countersign/conformance'
const CONFORMANCE_KNOWS: readonly string[] = ['@countersign/core', '@countersign/testing', CONFORMANCE]

export function checkPackages({ packages }: Workspace): readonly string[] {
  const byName = new Map(packages.map((member) => [member.name, member]))
  return [
    ...packages.flatMap((member) => checkImports(member, byName)),
    ...packages.flatMap((member) => findCycle(member, byName)),
    ...packages.filter(({ name }) => name === CONFORMANCE).flatMap((member) => checkConformance(member, byName)),
  ]
}

function checkImports(member: Package, byName: ReadonlyMap<string, Package>): readonly string[] {
  return member.modules.flatMap((module) => {
    const place = `${member.folder}/${module.path}`
    return [
      ...module.exportsAll.map((line) => `${place}:${line}: \`export *\` hides what a door gives; list the names`),
      ...module.targets.flatMap((target) => {
        const problem = checkTarget(member, module, target, byName)
        return problem ? [`${place}:${target.line}: ${problem}`] : []
      }),
    ]
  })
}

function checkTarget(
  member: Package,
  module: Module,
  { to }: Target,
  byName: ReadonlyMap<string, Package>,
): string | undefined {
  if (to.kind === 'outside') {
    // Core's own sources are checked by its own rules.
    if (!module.test) return member.name === '@countersign/core' ? undefined : `imports ${to.path}, outside the package`
    const other = [...byName.values()].find(({ folder }) =>
      to.path.startsWith(`../${folder.replace('packages/', '')}/`),
    )
    return other ? `imports ${to.path}; ${other.name} is reached through its doors` : undefined
  }
  if (to.kind !== 'package') return undefined
  const other = byName.get(to.name)
  if (!other || Object.hasOwn(other.manifest.exports ?? {}, to.subpath)) return undefined
  return `imports ${to.name}${to.subpath.slice(1)}, which is no door of ${other.name}`
}

function findCycle(member: Package, byName: ReadonlyMap<string, Package>): readonly string[] {
  const trail = new Map<string, string | undefined>([[member.name, undefined]])
  for (const name of trail.keys()) {
    for (const next of Object.keys(needed(byName.get(name)?.manifest))) {
      if (next === member.name)
        return [`${member.folder}/package.json: ${member.name} depends on itself by way of ${name}`]
      if (byName.has(next) && !trail.has(next)) trail.set(next, name)
    }
  }
  return []
}

function needed(manifest: Manifest | undefined): Readonly<Record<string, string>> {
  return { ...manifest?.dependencies, ...manifest?.peerDependencies, ...manifest?.optionalDependencies }
}

function checkConformance(member: Package, byName: ReadonlyMap<string, Package>): readonly string[] {
  const stranger = (name: string): boolean => byName.has(name) && !CONFORMANCE_KNOWS.includes(name)
  const declared = Object.keys({ ...needed(member.manifest), ...member.manifest.devDependencies })
  return [
    ...declared
      .filter(stranger)
      .map((name) => `${member.folder}/package.json: conformance depends on ${name}; packages run it, not the reverse`),
    ...member.modules.flatMap((module) =>
      module.targets.flatMap(({ to, line }) =>
        to.kind === 'package' && stranger(to.name)
          ? [
              `${member.folder}/${module.path}:${line}: conformance imports ${to.name}; packages run it, not the reverse`,
            ]
          : [],
      ),
    ),
  ]
}
