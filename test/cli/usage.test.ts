import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cli, drone, keyed, scratch } from './helpers.ts'

const folder = scratch()
const cwd = folder.path
folder.write('hum.json', JSON.stringify(drone))
folder.write('keyed.json', JSON.stringify(keyed))

describe('a command that is written wrongly ends with exit code 2', () => {
  it.each([
    ['an unknown command', ['rendr'], "unknown command 'rendr'\n(Did you mean render?)"],
    [
      'an unknown option',
      ['render', 'hum.json', '--note', 'C4'],
      "unknown option '--note'\n(Did you mean --notes?)",
    ],
    ['no patch', ['check'], "missing required argument 'patch'"],
    ['nothing to be rendered', ['render'], 'there is nothing to be rendered'],
    ['two patches', ['check', 'hum.json', 'keyed.json'], 'too many arguments'],
    [
      'notes and MIDI',
      ['render', 'hum.json', '--notes', 'C4', '--midi', 'x.mid'],
      'cannot be used with option',
    ],
    [
      'seconds and a tail',
      ['render', 'hum.json', '--seconds', '1', '--tail', '1'],
      'cannot be used with option',
    ],
    ['no seconds', ['render', 'hum.json', '--seconds', '0'], 'expected seconds, above 0'],
    [
      'seconds that are no number',
      ['render', 'hum.json', '--seconds', 'ten'],
      'expected seconds, up to 86400',
    ],
    ['endless seconds', ['render', 'hum.json', '--seconds', 'Infinity'], 'expected seconds, up to 86400'],
    ['seconds without end', ['render', 'hum.json', '--seconds', '1e9'], 'expected seconds, up to 86400'],
    [
      'seconds without end, with notes',
      ['render', 'keyed.json', '--notes', 'C4', '--seconds', '1e9'],
      'expected seconds, up to 86400',
    ],
    [
      'no seconds, with notes',
      ['render', 'keyed.json', '--notes', 'C4', '--seconds', '0'],
      'expected seconds, above 0',
    ],
    [
      'an output of another type',
      ['render', 'hum.json', '-o', 'sounds/x.mp3'],
      `--output: names no WAV file [invalid-option]
  found:    "sounds/x.mp3"
  expected: a name that ends in .wav
  write --output sounds/x.wav
`,
    ],
    ['an output without a type', ['render', 'hum.json', '-o', 'tone'], '  write --output tone.wav\n'],
    ['an output that is a folder', ['render', 'hum.json', '-o', '.'], '  write --output hum.wav\n'],
    ['another folder', ['render', 'hum.json', '-o', 'sounds/'], '  write --output sounds/hum.wav\n'],
    [
      'standard output',
      ['render', 'hum.json', '-o', '-'],
      '--output: cannot be standard output: WAV files are written to a file [invalid-option]',
    ],
    ['empty seconds', ['render', 'hum.json', '--seconds', ''], 'expected seconds, up to 86400'],
    ['a negative tail', ['render', 'hum.json', '--tail', '-1'], 'expected seconds, up to 86400'],
    ['--loop without notes', ['play', 'hum.json', '--loop'], '--loop: there are no notes to be played again'],
    [
      'an address of OSC without a port',
      ['play', 'hum.json', '--osc-address', '0.0.0.0'],
      'expected: --osc <port> beside it',
    ],
    [
      'a channel of MIDI that is not heard',
      ['play', 'hum.json', '--no-midi-in', '--midi-channel', '2'],
      '--midi-channel: says how MIDI is heard, and none is',
    ],
    ['an unknown format', ['render', 'hum.json', '--format', '8'], 'Allowed choices are 16, 24, 32f'],
    ['a sample rate that is none', ['render', 'hum.json', '--sample-rate', 'high'], '--sample-rate: '],
    [
      'a sample rate out of range',
      ['render', 'hum.json', '--sample-rate', '4000'],
      'a whole number from 8000 to 192000',
    ],
    ['a knob out of 0..1', ['render', 'hum.json', '--set', 'volume=1.5'], 'expected a position 0..1'],
    ['a knob that is NaN', ['render', 'hum.json', '--set', 'volume=NaN'], 'expected a position 0..1'],
    ['a knob without a position', ['render', 'hum.json', '--set', 'volume'], 'such as volume=0.7'],
    ['a knob that the patch has not', ['check', 'hum.json', '--set', 'volme=1'], 'did you mean "volume"?'],
    ['a wrong note', ['render', 'hum.json', '--notes', 'C4 H4'], 'notes[1], character 4: is not a note'],
    ['an unknown size', ['check', 'hum.json', '--engine', 'maxNode=64'], 'did you mean "maxNodes"?'],
    [
      'a size that cannot be',
      ['check', 'hum.json', '--engine', 'maxNodes=1000'],
      'a power of two from 64 to 65536',
    ],
    [
      'a size that is no choice',
      ['check', 'hum.json', '--engine', 'outputs=4'],
      '--engine outputs: no such size of the engine',
    ],
  ])('%s', async (_, argv, says) => {
    const before = folder.names()
    const { code, stdout, stderr } = await cli(argv, { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
    const asJson = await cli([...argv, '--json'], { cwd })
    expect([asJson.code, asJson.stderr, asJson.json().ok]).toEqual([2, '', false])
    expect(asJson.json().problems.length).toBeGreaterThan(0)
    expect(folder.names()).toEqual(before)
  })

  it('no command at all shows the help', async () => {
    const { code, stderr } = await cli([])
    expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: megasynth')])
  })
})

describe('help and version', () => {
  it.each([['--help'], ['help'], ['render', '--help'], ['help', 'check']])('%s', async (...argv) => {
    const { code, stdout, stderr } = await cli(argv)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: megasynth')
    expect(stdout).toContain('Examples:')
  })

  it('tells the exit codes', async () => {
    expect((await cli(['--help'])).stdout).toMatch(
      /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}70 .*\n {2}130 /,
    )
  })

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })
})
