import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileState, listFiles, watchFiles } from './watch-files.ts'

let folder: string
const open: { close(): void }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-watch-'))
})

afterEach(() => {
  for (const watch of open.splice(0)) watch.close()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, contents = name): string {
  const path = join(folder, name)
  writeFileSync(path, contents)
  return path
}

function follow(paths: readonly string[], extensions?: readonly string[]) {
  const watched = extensions === undefined ? { paths } : { paths, extensions }
  const told = vi.fn()
  open.push(watchFiles(watched, fileState(watched), told))
  return told
}

const soon = { timeout: 3000, interval: 5 }

/** Longer than the interval at which files are looked at. */
const quietly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700))

describe('listFiles', () => {
  it('gives a file itself, and of a folder its files of the wanted kinds in order of name', () => {
    const b = file('b.pem')
    const a = file('a.PEM')
    file('notes.txt')
    file('.hidden.pem')
    file('c.pem.tmp')
    mkdirSync(join(folder, 'd.pem'))
    const extensions = ['.pem']
    expect(listFiles({ paths: [folder], extensions })).toEqual([a, b])
    expect(listFiles({ paths: [join(folder, 'notes.txt'), folder], extensions })).toEqual([
      join(folder, 'notes.txt'),
      a,
      b,
    ])
  })

  it('throws for a path that is not there', () => {
    expect(() => listFiles({ paths: [join(folder, 'none')] })).toThrow('ENOENT')
  })
})

describe('watchFiles', () => {
  it('tells of a file that is written, replaced by renaming, removed and made again', async () => {
    const path = file('list.pem')
    const told = follow([path])
    writeFileSync(path, 'written in place')
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), soon)
    renameSync(file('list.pem.new'), path)
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), soon)
    unlinkSync(path)
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(3), soon)
    file('list.pem', 'again')
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(4), soon)
  })

  it('tells of files that come into a folder and go, of the wanted kinds alone', async () => {
    const told = follow([folder], ['.pem'])
    const path = file('new.pem')
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), soon)
    unlinkSync(path)
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), soon)
    const before = fileState({ paths: [folder], extensions: ['.pem'] })
    file('new.txt')
    expect(fileState({ paths: [folder], extensions: ['.pem'] })).toEqual(before)
  })

  it('tells of a link that points elsewhere, as a mounted secret is changed', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'ca.pem'), name)
    }
    symlinkSync('one', join(folder, '..data'))
    symlinkSync('..data/ca.pem', join(folder, 'ca.pem'))
    const told = follow([join(folder, 'ca.pem')])
    symlinkSync('two', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), soon)
  })

  it('tells of a folder that was not there at first', async () => {
    const later = join(folder, 'later')
    const told = follow([later])
    mkdirSync(later)
    writeFileSync(join(later, 'a.pem'), 'a')
    await vi.waitFor(() => expect(told).toHaveBeenCalled(), soon)
  })

  it('tells of a change between the state that was seen and the call', async () => {
    const path = file('early.pem')
    const seen = fileState({ paths: [path] })
    // The same size within the same tick of the clock: only the contents differ.
    writeFileSync(path, 'EARLY.pem')
    const told = vi.fn()
    open.push(watchFiles({ paths: [path] }, seen, told))
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), soon)
  })

  it('is silent while nothing changes, about a file just written too, and once it is closed', async () => {
    const path = file('still.pem')
    const told = follow([path])
    const closed = vi.fn()
    watchFiles({ paths: [path] }, { facts: 'other', young: new Map() }, closed).close()
    await quietly()
    expect(told).not.toHaveBeenCalled()
    expect(closed).not.toHaveBeenCalled()
  })
})
