import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openWav } from '../../src/cli/wav.ts'

// A full disk and a forbidden folder cannot be had everywhere (root may write anywhere), so the file system is played.
const failing = vi.hoisted(() => new Map<string, string>())
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  const failable =
    <A extends unknown[], R>(name: string, run: (...args: A) => R) =>
    (...args: A): R => {
      const code = failing.get(name)
      if (code !== undefined) throw Object.assign(new Error(code), { code })
      return run(...args)
    }
  return {
    ...real,
    openSync: failable('openSync', real.openSync),
    writeSync: failable('writeSync', real.writeSync as (...args: unknown[]) => number),
    fsyncSync: failable('fsyncSync', real.fsyncSync),
    renameSync: failable('renameSync', real.renameSync),
  }
})

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'megasynth-wav-'))
})
afterEach(() => {
  failing.clear()
  fs.rmSync(folder, { recursive: true, force: true })
})

const options = { sampleRate: 48000, channels: 1 }
const problem = (found: string) => ({
  problems: [expect.objectContaining({ code: 'unwritable-file', found })],
})

it('names a folder that may not be written to', async () => {
  failing.set('openSync', 'EACCES')
  await expect(openWav(join(folder, 'out.wav'), options)).rejects.toMatchObject(problem('no permission'))
})

it('leaves nothing behind when the disk is full at the header', async () => {
  failing.set('writeSync', 'ENOSPC')
  await expect(openWav(join(folder, 'out.wav'), options)).rejects.toMatchObject(problem('the disk is full'))
  expect(fs.readdirSync(folder)).toEqual([])
})

it('leaves nothing behind when the disk is full later', async () => {
  const wav = await openWav(join(folder, 'out.wav'), options)
  wav.write([new Float32Array(10)])
  failing.set('writeSync', 'ENOSPC')
  expect(() => wav.write([new Float32Array(10)])).toThrow('the disk is full')
  expect(fs.readdirSync(folder)).toEqual([])
  expect(() => wav.write([new Float32Array(10)])).toThrow('given up')
})

it.each([
  ['fsyncSync', 'EDQUOT', 'the quota of the disk is used up'],
  ['renameSync', 'EXDEV', 'EXDEV'],
])('leaves nothing behind when %s fails', async (name, code, found) => {
  const wav = await openWav(join(folder, 'out.wav'), options)
  failing.set(name, code)
  await expect(wav.finish()).rejects.toMatchObject(problem(found))
  expect(fs.readdirSync(folder)).toEqual([])
})
