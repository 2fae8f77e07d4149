import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readXml } from '../picture/xml.ts'
import { cli, drone, keyed, scratch } from './helpers.ts'

const folder = scratch()
const cwd = folder.path
folder.write('hum.json', JSON.stringify(drone))

const content = (name: string): string => readFileSync(join(cwd, name), 'utf8')

describe('megasynth graph', () => {
  it('draws in the terminal, as wide as that is and in its colours', async () => {
    const plain = await cli(['graph', 'hum.json'], { cwd })
    expect([plain.code, plain.stderr]).toEqual([0, ''])
    expect(plain.stdout).toContain('hum\none voice, always on (drone), 2 devices, 2 knobs, 4 cables\n')
    expect(plain.stdout).toContain('← lfo0 1.28 st')
    const coloured = await cli(['graph', 'hum.json'], { cwd, columns: 60 })
    expect(coloured.stdout).toContain('\u001b[33m┶\u001b[39m')
    const without = await cli(['graph', 'hum.json', '--no-color'], { cwd, columns: 60 })
    expect(without.stdout).toBe(plain.stdout)
    const narrow = await cli(['graph', 'hum.json', '--no-color'], { cwd, columns: 40 })
    for (const line of narrow.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  })

  it.each([
    ['hum.svg', /^<svg xmlns=.*<\/svg>\n$/s],
    ['hum.mmd', /^flowchart LR\n/],
    ['hum.DOT', /^digraph patch \{\n.*\}\n$/s],
  ])('writes %s', async (name, text) => {
    const { code, stdout, stderr } = await cli(['graph', 'hum.json', '-o', name], { cwd })
    expect([code, stdout, stderr]).toEqual([0, `✓ ${name}: 5 nodes, 4 cables\n`, ''])
    expect(content(name)).toMatch(text)
  })

  it('replaces no file unless told to', async () => {
    folder.write('mine.svg', 'mine')
    const refused = await cli(['graph', 'hum.json', '-o', 'mine.svg', '--json'], { cwd })
    expect([refused.code, refused.json().problems]).toEqual([
      1,
      [expect.objectContaining({ code: 'file-exists', path: 'mine.svg' })],
    ])
    expect(content('mine.svg')).toBe('mine')
    const forced = await cli(['graph', 'hum.json', '-o', 'mine.svg', '--force', '--json'], { cwd })
    const text = content('mine.svg')
    expect(forced.json()).toEqual({
      ok: true,
      file: 'mine.svg',
      bytes: Buffer.byteLength(text),
      nodes: 5,
      cables: 4,
    })
    expect(readXml(text).name).toBe('svg')
  })

  it.each([
    ['hum.png', 'names no kind of picture', 'write --output hum.svg'],
    ['hum', 'names no kind of picture', 'write --output hum.svg'],
    ['-', 'cannot be standard output', 'write --output hum.svg'],
    ['./', 'names no kind of picture', 'write --output hum.svg'],
    ['..', 'names no kind of picture', `write --output ${join('..', 'hum.svg')}`],
  ])('refuses -o %s', async (name, message, suggestion) => {
    const { code, json } = await cli(['graph', 'hum.json', '-o', name, '--json'], { cwd })
    expect(code).toBe(2)
    expect(json().problems).toEqual([
      {
        code: 'invalid-option',
        path: '--output',
        message,
        found: JSON.stringify(name),
        expected: 'a name that ends in .svg, .mmd, .dot',
        suggestion,
      },
    ])
  })

  it('says why a file cannot be written, and leaves nothing behind', async () => {
    mkdirSync(join(cwd, 'folder.svg'))
    for (const name of ['nowhere/hum.svg', 'folder.svg', 'hum.json/hum.svg']) {
      const { code, json } = await cli(['graph', 'hum.json', '-o', name, '--json'], { cwd })
      expect([code, json().problems]).toEqual([
        1,
        [expect.objectContaining({ code: 'unwritable-file', path: name })],
      ])
    }
    expect(folder.names().filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('answers in JSON: nodes and cables', async () => {
    const { code, json } = await cli(['graph', 'hum.json', '--json', '--set', 'rate=0.75'], { cwd })
    expect(code).toBe(0)
    expect(json()).toMatchObject({
      ok: true,
      file: 'hum.json',
      name: 'hum',
      nodes: [
        { kind: 'knob', id: 'volume', position: 0.5 },
        { kind: 'knob', id: 'rate', position: 0.75 },
        { kind: 'device', id: 'lfo0', type: 'lfo', part: 'voice', output: { rate: 'control' } },
        { kind: 'device', id: 'oscillator0', output: { rate: 'audio', channels: 1 } },
        { kind: 'device', id: 'out' },
      ],
      cables: [
        { from: 'rate', to: 'lfo0', port: 'frequency', signal: 'knob' },
        { from: 'volume', to: 'oscillator0', port: 'amplitude', signal: 'knob' },
        { from: 'lfo0', to: 'oscillator0', port: 'frequency', signal: 'control', amount: '1.28 st' },
        { from: 'oscillator0', to: 'out', port: 'in', signal: 'audio' },
      ],
    })
  })

  it('draws no patch that is wrong', async () => {
    folder.write('wrong.json', JSON.stringify({ ...keyed, connections: [['oscilator0', 'out']] }))
    const { code, stdout, stderr } = await cli(['graph', 'wrong.json', '-o', 'wrong.svg'], { cwd })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('did you mean "oscillator0"?')
    expect(folder.names()).not.toContain('wrong.svg')
  })

  it('knows devices of one’s own', async () => {
    folder.write(
      'devices.mjs',
      `export default { ring: {
  title: 'Ring', doc: 'A ring.', ports: { in: { kind: 'signal', doc: 'In.' } },
  output: { rate: 'audio', polarity: 'bipolar', channels: 2 }, build: ({ in: x }) => [x[0], x[0]] } }`,
    )
    const patch = { devices: { r: { type: 'ring' } }, connections: [['r', 'out']] }
    folder.write('ring.json', JSON.stringify(patch))
    const { code, stdout, stderr } = await cli(['graph', 'ring.json', '--devices', 'devices.mjs'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('audio stereo')
  })
})
