import { describe, expect, it } from 'vitest'
import { standard } from '../../src/devices/index.ts'
import { cli } from './helpers.ts'

describe('megasynth devices', () => {
  it('lists every type, and out', async () => {
    const { code, stdout } = await cli(['devices'])
    expect(code).toBe(0)
    const first = stdout.split('\n').flatMap((line) => /^[a-z]+(?= {2})/.exec(line) ?? [])
    expect(first).toEqual([...Object.keys(standard), 'out'])
  })

  it.each([...Object.keys(standard), 'out'])('%s has a card with all its ports and options', async (name) => {
    const { code, stdout } = await cli(['devices', name])
    const info = name === 'out' ? undefined : standard[name as keyof typeof standard]
    expect(code).toBe(0)
    for (const port of Object.keys(info?.ports ?? { in: 0, level: 0 }))
      expect(stdout).toMatch(
        new RegExp(`^ {2}${port.replace('#', '1…')} {2,}(signal|value|gate|trigger|choice)`, 'm'),
      )
    for (const option of Object.keys(info?.options ?? {}))
      expect(stdout).toMatch(new RegExp(`^ {2}${option} {2,}`, 'm'))
  })

  it('says kind, range, unit, scale, default and normal', async () => {
    const { stdout } = await cli(['devices', 'oscillator'])
    expect(stdout).toMatch(/frequency +value +[\d.]+ … [\d.]+ Hz pitch +← keys\.pitch /)
    expect(stdout).toMatch(/waveform +choice +saw \| .* default saw /)
    const filter = await cli(['devices', 'filter'])
    expect(filter.stdout).toMatch(/cutoff +value +20 … 20000 Hz pitch +default 1000 Hz /)
    expect(filter.stdout).toMatch(/slope +12 \| 24 +default 12 /)
  })

  it('keeps within the width of the terminal', async () => {
    const { stdout } = await cli(['devices', 'noise', '--no-color'], { columns: 100 })
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('suggests a name', async () => {
    const { code, stderr } = await cli(['devices', 'filtr'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean "filter"?')])
    expect((await cli(['devices', '__proto__'])).code).toBe(1)
  })

  it('answers in JSON', async () => {
    const one = await cli(['devices', 'filter', '--json'])
    expect(one.json()).toMatchObject({
      ok: true,
      device: { type: 'filter', ports: { cutoff: { kind: 'value', unit: 'Hz' } }, shared: false },
    })
    const all = await cli(['devices', '--json'])
    expect(all.json()['devices']).toHaveLength(Object.keys(standard).length + 1)
    const none = await cli(['devices', 'filtr', '--json'])
    expect([none.code, none.stderr]).toEqual([1, ''])
    expect(none.json()).toMatchObject({
      ok: false,
      problems: [{ code: 'unknown-device-type', path: 'filtr' }],
    })
  })
})

describe('megasynth schema', () => {
  it('prints a JSON Schema that knows the device types', async () => {
    const { code, stdout } = await cli(['schema'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Megasynth patch', type: 'object' })
    for (const type of Object.keys(standard)) expect(stdout).toContain(`"const": "${type}"`)
  })
})
