import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { deviceCalled, devices, soundLibraryMissing } from '../../src/engine/sound-devices.ts'
import { errorOf } from './helpers.ts'

const some = ['Built-in Audio', 'USB Audio', 'USB Microphone'].map((name, i) => ({ id: `id${i}`, name }))

describe('a sound device is found by', () => {
  it('its id, its name in any case, or a part that no other has', () => {
    expect(deviceCalled('id1', some).name).toBe('USB Audio')
    expect(deviceCalled('usb audio', some).id).toBe('id1')
    expect(deviceCalled('Built', some).id).toBe('id0')
  })

  it('nothing else: the error says which there are, and which is nearest', async () => {
    const [problem] = (await errorOf(async () => deviceCalled('USB Audoi', some))).problems
    expect(problem).toMatchObject({ code: 'no-sound-device', path: 'device', found: 'USB Audoi' })
    expect(problem?.expected).toContain('silent')
    expect(problem?.suggestion).toContain('USB Audio')
    const many = (await errorOf(async () => deviceCalled('usb', some))).problems[0]
    expect(many?.message).toContain('more than one')
    expect(many?.found).toContain('USB Microphone')
  })
})

it('without the ALSA library, the error names its package', () => {
  const missing = soundLibraryMissing(new Error('libasound.so.2: cannot open shared object file\nmore'))
  expect(missing).toMatchObject({ code: 'sound-library-missing', found: 'libasound.so.2: cannot open shared object file' }) // prettier-ignore
  expect(missing.suggestion).toContain('libasound2')
  expect(soundLibraryMissing(new Error('Cannot find package')).suggestion).toContain('node-web-audio-api')
})

/** Whether this system has what a sound card needs. */
const hasLibrary =
  process.platform === 'linux' &&
  (await devices().then(
    () => true,
    () => false,
  ))

it.skipIf(!hasLibrary)('plays on a device of ALSA (skipped where Linux or libasound is not there)', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'megasynth-alsa-'))
  try {
    const config = path.join(folder, 'asound.conf')
    writeFileSync(config, 'pcm.!default { type null hint { show on description "Null" } }\n')
    const url = pathToFileURL(path.resolve('dist/live.js')).href
    const program = `
      const { createSynth, devices } = await import(${JSON.stringify(url)})
      const names = (await devices()).map(({ name }) => name)
      const patch = { devices: { o: { type: 'oscillator' } }, connections: [['o', 'out']] }
      const synth = await createSynth({ patch, bufferFrames: 1024 })
      let frames = 0, peak = 0
      synth.listen(({ channels: [left] }) => { frames += left.length; for (const x of left) peak = Math.max(peak, Math.abs(x)) })
      synth.noteOn(60)
      while (frames < 9600 || peak === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      const { device } = synth.stats()
      await synth.close()
      process.stdout.write('\\n' + JSON.stringify({ names, device, notice: synth.notice ?? null, frames, peak }) + '\\n', () => process.exit(0))
    `
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, ALSA_CONFIG_PATH: config },
      timeout: 240_000,
    })
    const last = stdout.trimEnd().split('\n').at(-1) ?? ''
    expect(last, stderr).toMatch(/^\{/)
    const result = JSON.parse(last) as { names: string[]; device: string; notice: string | null; frames: number; peak: number } // prettier-ignore
    expect(result.names).toContain('default')
    expect(result).toMatchObject({ device: 'default', notice: null })
    expect(result.frames).toBeGreaterThan(0)
    expect(result.peak).toBeGreaterThan(0.01)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
