import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, createAuthority } from '@countersign/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuthenticator } from '../authenticate/create-authenticator.ts'
import { createTrust } from '../authenticate/trust.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import { anchorFiles } from './anchor-files.ts'

let folder: string
let first: Authority
let second: Authority

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-anchors-'))
  first = await createAuthority({ name: 'First' })
  second = await createAuthority({ name: 'Second' })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function subfolder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(folder, name)
  mkdirSync(path)
  for (const [file, contents] of Object.entries(files)) writeFileSync(join(path, file), contents)
  return path
}

const subjects = (input: Parameters<typeof createTrust>[0]): string[] =>
  createTrust(input, undefined, 1).anchors.map(({ certificate }) => String(certificate?.subject))

describe('anchorFiles', () => {
  it('reads PEM bundles and DER from files and folders, and leaves other files alone', () => {
    const path = subfolder('mixed', {
      'a.pem': first.certificate.pem + second.certificate.pem,
      'b.der': first.certificate.der,
      'key.txt': first.privateKeyPem,
    })
    expect(subjects(anchorFiles(path))).toEqual(['CN=First', 'CN=Second', 'CN=First'])
    expect(subjects(anchorFiles([join(path, 'b.der'), join(path, 'b.der')]))).toHaveLength(2)
  })

  it('puts its label on every anchor', () => {
    const path = subfolder('labelled', { 'a.pem': first.certificate.pem })
    const trust = createTrust([anchorFiles(path, { label: 'acme' }), second.certificate.pem], undefined, 1)
    expect(trust.anchors.map(({ label }) => label)).toEqual(['acme', undefined])
  })

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an empty file', { 'a.pem': '' }],
    ['a private key', { 'a.pem': '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n' }],
  ])('refuses a folder that holds %s', (what, files) => {
    const path = subfolder(`bad ${what}`, files)
    expect(() => createTrust(anchorFiles(path), undefined, 1)).toThrow(/^certificate\.anchors/)
  })

  it('refuses a bundle of which one block is broken', () => {
    const broken = second.certificate.pem.replace(/[A-Z]{4}/, '!!!!')
    const path = subfolder('broken', { 'a.pem': first.certificate.pem + broken })
    expect(() => createTrust(anchorFiles(path), undefined, 1)).toThrow(TypeError)
  })

  it('names the path that cannot be read', () => {
    const path = join(folder, 'nowhere')
    expect(() => anchorFiles(path).read()).toThrow(new TypeError(`anchorFiles: cannot read ${path}: ENOENT`))
  })

  it('throws for no path and for an empty label', () => {
    for (const paths of [[], '', [''], undefined, 1] as never[]) expect(() => anchorFiles(paths)).toThrow(TypeError)
    expect(() => anchorFiles('a.pem', { label: '' })).toThrow('label')
  })

  it('calls back when a file changes', async () => {
    const path = subfolder('watched', { 'a.pem': first.certificate.pem })
    const files = anchorFiles(path)
    expect(files.read()).toHaveLength(1)
    const told = vi.fn()
    const watch = files.watch(told)
    writeFileSync(join(path, 'b.pem'), second.certificate.pem)
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), { timeout: 3000, interval: 5 })
    expect(files.read()).toHaveLength(2)
    watch.close()
  })

  it('changes what an authenticator trusts while it runs; what does not parse changes nothing and is told', async () => {
    const file = join(subfolder('live', { 'a.pem': first.certificate.pem }), 'a.pem')
    const told = vi.fn<(event: { readonly type: string; readonly source: string }) => void>()
    const authenticator = createAuthenticator({
      certificate: { anchors: anchorFiles(file), revocation: 'unchecked' },
      key: { registry: memoryRegistry() },
      on: { reloaded: told, degraded: told },
    })
    const trusted = () => authenticator.health().anchors.map(({ subject }) => subject)
    const becomes = (type: string, count: number) =>
      vi.waitFor(() => expect(told.mock.calls.map(([event]) => event.type)).toEqual(Array(count).fill(type)), {
        timeout: 3000,
        interval: 5,
      })
    expect(trusted()).toEqual(['CN=First'])
    writeFileSync(file, second.certificate.pem)
    await becomes('reloaded', 1)
    expect(trusted()).toEqual(['CN=Second'])
    told.mockClear()
    writeFileSync(file, first.certificate.pem.slice(0, -40))
    await becomes('degraded', 1)
    expect(told.mock.calls[0]?.[0]).toMatchObject({ source: file })
    expect(trusted()).toEqual(['CN=Second'])
    authenticator.close()
  })
})
