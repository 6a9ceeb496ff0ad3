import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { RegistryAdmin, RegistryChange } from '../registry/registry.ts'
import { type FileRegistryFault, type FileRegistryOptions, fileRegistry } from './file-registry.ts'

const signal = new AbortController().signal
let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-'))
  path = join(folder, 'partners.json')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function openRegistry(options: FileRegistryOptions = { missing: 'create' }): RegistryAdmin {
  const registry = fileRegistry(path, options)
  onTestFinished(() => registry.close())
  return registry
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3000
  while (!condition()) {
    if (Date.now() > deadline) expect.fail('did not come about within 3 s')
    await sleep(10)
  }
}

describe('fileRegistry', () => {
  it('refuses a path at which there is no file, unless told to create one', async () => {
    expect(() => fileRegistry(path)).toThrow(/partners\.json: ENOENT/)
    expect(() => fileRegistry('')).toThrow(TypeError)
    expect(() => fileRegistry(path, { missing: 'yes' as 'create' })).toThrow(/missing/)
    await openRegistry().createPartner({ id: 'acme' })
    expect(await openRegistry({}).getPartner('acme')).toMatchObject({ id: 'acme' })
  })

  it('has every acknowledged change on the disk, and nothing else lying about', async () => {
    const registry = openRegistry()
    await registry.createPartner({ id: 'acme', scopes: ['a'], metadata: { name: 'Ácme ✓' } })
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    await registry.denyCertificate({ publicKey: 'ab'.repeat(32) })
    const again = openRegistry({})
    expect(again.findKey(record.id, signal)).toEqual({ key: record, partner: await registry.getPartner('acme') })
    expect(await again.listDenials()).toEqual([{ publicKey: 'ab'.repeat(32) }])
    expect(readdirSync(folder).sort()).toEqual(['partners.json', 'partners.json.audit.jsonl'])
  })

  it('keeps what it makes from other users, and leaves the mode of a file that was there', async () => {
    const registry = openRegistry()
    await registry.createPartner({ id: 'acme' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${path}.audit.jsonl`).mode & 0o777).toBe(0o600)
    rmSync(path)
    writeFileSync(path, '{"format":"countersign-registry","version":1}', { mode: 0o640 })
    await openRegistry({}).createPartner({ id: 'other' })
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  it('replaces what a symbolic link points to, not the link', async () => {
    const target = join(folder, 'target.json')
    writeFileSync(target, '{"format":"countersign-registry","version":1}')
    symlinkSync(target, path)
    await openRegistry({}).createPartner({ id: 'acme' })
    expect(readFileSync(target, 'utf8')).toContain('"acme"')
  })

  it('sees what another process or a person changed within a second, and tells its watchers', async () => {
    const registry = openRegistry()
    await registry.createPartner({ id: 'acme' })
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    const other = openRegistry({})
    const changes: RegistryChange[] = []
    other.watch?.((change) => changes.push(change))
    const started = Date.now()
    await registry.revokeKey(record.id)
    await until(() => changes.length > 0)
    expect(Date.now() - started).toBeLessThan(1000)
    expect(changes).toEqual([{ keyId: record.id }])
    expect(other.findKey(record.id, signal)).toMatchObject({ key: { status: 'revoked' } })
    writeFileSync(path, readFileSync(path, 'utf8').replace('"status":"active","rules"', '"status":"suspended","rules"'))
    await until(() => changes.length > 1)
    expect(changes[1]).toEqual({ partnerId: 'acme' })
  })

  it('loses neither of two writers', async () => {
    const [one, two] = [openRegistry(), openRegistry()]
    await one.createPartner({ id: 'acme' })
    const issued = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? one : two).issueKey({ partnerId: 'acme' })),
    )
    const ids = issued.map(({ record }) => record.id).sort()
    const third = openRegistry({})
    expect((await third.listKeys({})).items.map(({ id }) => id)).toEqual(ids)
    expect((await third.listAudit({})).items).toHaveLength(41)
  })

  it('keeps the old state while the file does not parse, and says why without quoting it', async () => {
    const faults: FileRegistryFault[] = []
    await openRegistry().createPartner({ id: 'acme' })
    const registry = openRegistry({ onFault: (fault) => faults.push(fault) })
    const sound = readFileSync(path, 'utf8')
    const digest = `sha256$${'5'.repeat(64)}`
    const broken: [string, RegExp][] = [
      [`{"keys": "${digest}`, /^not JSON$/],
      ['[]', /not an object/],
      ['{"format":"other"}', /format/],
      ['{"format":"countersign-registry","version":2}', /version/],
      [sound.replace('"denials"', '"denial"'), /denial: there is no such member/],
      [sound.replace('"status":"active"', '"status":"ok"'), /partners\[0\]: status/],
      [sound.replace('"rules":[]', `"rules":[{"kind":"cn","value":"x"}]`), /partners\[0\]: rules\[0\]\.kind/],
      [
        sound.replace('"keys": []', `"keys": [{"id":"a","partnerId":"acme","digest":"${digest}0"}]`),
        /keys\[0\]: key\.digest/,
      ],
      [
        sound.replace(
          '"keys": []',
          `"keys": [{"id":"a","partnerId":"b","digest":"${digest}","scopes":[],"binding":"partner","status":"active"}]`,
        ),
        /keys: a belongs to no partner/,
      ],
      ['', /not JSON/],
    ]
    for (const [text, cause] of broken) {
      const before = faults.length
      writeFileSync(path, text)
      await until(() => faults.length > before)
      expect(faults.at(-1)?.cause).toMatch(cause)
      expect(JSON.stringify(faults)).not.toContain('5555')
      expect(await registry.getPartner('acme')).toBeDefined()
      await expect(registry.createPartner({ id: 'x' }), 'must not be written over').rejects.toThrow()
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    rmSync(path)
    await until(() => faults.at(-1)?.cause === 'ENOENT')
    expect(await registry.getPartner('acme')).toBeDefined()
    writeFileSync(path, sound)
    await sleep(50)
    await until(() => registry.findKey('x', signal) === undefined)
    await registry.createPartner({ id: 'later' })
    expect((await registry.listPartners()).items.map(({ id }) => id)).toEqual(['acme', 'later'])
  }, 20_000)

  it('cuts off of the audit trail what a crash left behind, and goes on from there', async () => {
    const registry = openRegistry()
    await registry.createPartner({ id: 'acme' })
    appendFileSync(`${path}.audit.jsonl`, '{"id":"0000000000000002","action":"never acknowl')
    const again = openRegistry({})
    expect((await again.listAudit({})).items.map(({ action }) => action)).toEqual(['partner-created'])
    await again.suspendPartner('acme', { by: 'ann', why: 'unpaid' })
    expect((await again.listAudit({})).items).toMatchObject([
      { id: '0000000000000001', action: 'partner-created', partnerId: 'acme' },
      { id: '0000000000000002', action: 'partner-suspended', partnerId: 'acme', by: 'ann', why: 'unpaid' },
    ])
  })

  it('takes over the lock of a process that is gone', async () => {
    writeFileSync(`${path}.lock`, readLockOfDeadProcess())
    await openRegistry().createPartner({ id: 'acme' })
    expect(existsSync(`${path}.lock`)).toBe(false)
    expect(existsSync(`${path}.lock.break`)).toBe(false)
  })

  it('writes what is under way before it is closed, and nothing afterwards', async () => {
    const registry = fileRegistry(path, { missing: 'create' })
    const writing = Promise.allSettled(
      Array.from({ length: 20 }, async (_, n) => {
        await sleep(n)
        return registry.createPartner({ id: `partner-${n}` })
      }),
    )
    await sleep(10)
    await registry.close()
    const acknowledged = (await writing).flatMap((result) => (result.status === 'fulfilled' ? result.value.id : []))
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(acknowledged.length).toBeLessThan(20)
    const kept = (await openRegistry({}).listPartners()).items.map(({ id }) => id)
    expect(kept.sort()).toEqual(acknowledged.sort())
  })

  it('adds up uses beside the file, without changing it', async () => {
    const registry = openRegistry()
    await registry.createPartner({ id: 'acme' })
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    const before = readFileSync(path, 'utf8')
    const use = (lastUsedAt: string) => ({ keyId: record.id, uses: 2, lastUsedAt })
    await registry.addUses([use('2030-01-02T00:00:00.000Z'), { ...use('2030-01-01T00:00:00.000Z'), keyId: 'unknown' }])
    await registry.addUses([use('2030-01-01T00:00:00.000Z')])
    expect(await openRegistry({}).getUse(record.id)).toEqual({
      keyId: record.id,
      uses: 4,
      lastUsedAt: '2030-01-02T00:00:00.000Z',
    })
    expect(await registry.getUse('unknown')).toBe(undefined)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })
})

/** No process has this number: Linux stops at 2^22. */
function readLockOfDeadProcess(): string {
  return `${hostname()} 4194999 0123456789abcdef\n`
}
