import { describe, expect, it } from 'vitest'
import { checkContents, listTarball } from './check-packages.ts'

const SOUND = [
  'package.json',
  'README.md',
  'LICENSE',
  'src/index.ts',
  'dist/index.js',
  'dist/index.js.map',
  'dist/index.d.ts',
]

describe('checkContents', () => {
  it('accepts sources, what is built from them, and what every package has', () => {
    expect(checkContents(SOUND)).toEqual([])
  })

  it.each([
    'src/der/reader.test.ts',
    'test-d/index.test-d.ts',
    'dist/reader.test.js',
    'dist/.tsbuildinfo',
    'src/client.key',
    'dist/ca.pem',
    'tsconfig.json',
    '.env',
  ])('reports %s', (path) => {
    expect(checkContents([...SOUND, path])).toEqual([path])
  })

  it('reports a package without a README', () => {
    expect(checkContents(SOUND.filter((path) => path !== 'README.md'))).toEqual(['README.md is missing'])
  })
})

describe('listTarball', () => {
  it('reads names, long ones too, and steps over what the files hold', () => {
    const archive = Buffer.concat([entry('package/a.js', 600), entry('b.js', 0, 'package/dist'), Buffer.alloc(1024)])
    expect(listTarball(archive)).toEqual(['a.js', 'dist/b.js'])
  })
})

function entry(name: string, size: number, prefix = ''): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write(size.toString(8).padStart(11, '0'), 124)
  header.write(prefix, 345)
  return Buffer.concat([header, Buffer.alloc(Math.ceil(size / 512) * 512, 1)])
}
