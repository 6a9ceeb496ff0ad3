import { describe, expect, it } from 'vitest'
import { checkLockfile } from './check-lockfile.ts'

const ALL = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64']

function lockfile(platforms: readonly string[], more = ''): string {
  return `packages:\n\n${platforms.map((name) => `  '@scope/cli-${name}@1.2.3':\n    cpu: [x]\n`).join('\n')}${more}`
}

describe('checkLockfile', () => {
  it('accepts a tool that has every platform', () => {
    expect(checkLockfile(lockfile(ALL), {})).toEqual([])
  })

  it('names the platforms that a tool lacks', () => {
    expect(checkLockfile(lockfile(['linux-x64', 'darwin-x64', 'win32-x64']), {})).toEqual([
      '@scope/cli 1.2.3: no linux-arm64, darwin-arm64',
    ])
  })

  it('lets a listed exception pass, and asks for its removal once it is complete', () => {
    const listed = { '@scope/cli 1.2.3': 'a reason' }
    expect(checkLockfile(lockfile(['linux-x64']), listed)).toEqual([])
    expect(checkLockfile(lockfile(ALL), listed)).toEqual([
      '@scope/cli 1.2.3: listed as incomplete, but is complete or gone; remove it from the list',
    ])
  })

  it('reports a host and a tarball', () => {
    const more = '    resolution: {tarball: x.tgz}\n    url: https://packages.example/x\n'
    expect(checkLockfile(lockfile(ALL, more), {})).toHaveLength(2)
  })
})
