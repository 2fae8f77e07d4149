import { describe, expect, it } from 'vitest'
import { standard } from '../../src/devices/index.ts'
import { commands } from '../../src/repl/commands/index.ts'
import { completed, type Names } from '../../src/repl/complete.ts'
import { unfinishedText } from '../../src/repl/unfinished.ts'
import { drone } from '../cli/helpers.ts'
import type { Patch } from '../../src/index.ts'

const names: Names = {
  commands,
  catalogue: standard,
  patch: { ...drone, devices: { ...drone.devices, filter0: { type: 'filter' } } } as unknown as Patch,
  filesLike: (text, types = ['.ts', '.json']) =>
    ['patches/', 'lead.ts', 'lead.json', 'take.wav', 'take.mid'].filter(
      (name) => name.startsWith(text) && ['/', ...types].some((type) => name.endsWith(type)),
    ),
  ports: { inputs: ['Keystation'], outputs: ['Minilogue', "Anna's box"] },
  snapshots: ['verse', 'chorus'],
}

describe('the text that is being written', () => {
  it.each([
    ["setKnob('cu", { call: 'setKnob', argument: 0, text: 'cu', quote: "'", before: [] }],
    ["connect('lfo0', \"fil", { call: 'connect', argument: 1, text: 'fil', quote: '"', before: ['lfo0'] }],
    ["f(1, [2, 3], 'a", { call: 'f', argument: 2, before: [undefined, undefined] }],
    ["await connect(a(1, 2), 'b", { call: 'connect', argument: 1 }],
    ["addDevice('x', { type: 'l", { call: 'addDevice', argument: 1, key: 'type', text: 'l' }],
    ["f('it\\'s', 'b", { call: 'f', argument: 1, text: 'b' }],
    ["f('a'); g('", { call: 'g', argument: 0, text: '' }],
    ["x.f('a", { call: 'f', argument: 0 }],
    ["f(x, 'a", { call: 'f', argument: 1 }],
  ])('%s', (line, expected) => expect(unfinishedText(line)).toMatchObject(expected))

  it.each(['', 'setKnob(', "setKnob('cutoff'", "setKnob('cutoff', 0.5)", "'a", '["a', ")}]'", 'a / b'])(
    'is none in %j',
    (line) => expect(unfinishedText(line)).toBeUndefined(),
  )
})

describe('completion', () => {
  it.each([
    // functions
    ['setK', ['setKnob('], 'setK'],
    ['await pro', ['probe('], 'pro'],
    ['x = kno', ['knob(', 'knobs('], 'kno'],
    // knobs
    ["setKnob('", ['volume', 'rate'], ''],
    ["setKnob('vo", ["volume'"], 'vo'],
    ['setKnob("r', ['rate"'], 'r'],
    // cables: where they can begin, a device before its ports
    ["connect('keys.p", ['keys.pitch', 'keys.pressure'], 'keys.p'],
    ["connect('clock.b", ['clock.beat', 'clock.bar'], 'clock.b'],
    ["connect('lf", ["lfo0'"], 'lf'],
    ["connect('lfo0', 'fi", ['filter0.'], 'fi'],
    ["connect('lfo0', 'filter0.c", ["filter0.cutoff'"], 'filter0.c'],
    ["connect('lfo0', 'ou", ["out'"], 'ou'],
    // cables that are there
    ["disconnect('rate', '", ["lfo0.frequency'"], ''],
    ["disconnect('fi", [], 'fi'],
    // constants and options, but no ports for cables only
    ["set('filter0.s", ['filter0.slope', 'filter0.selfOscillation', 'filter0.shared'], 'filter0.s'],
    ["set('filter0.in", [], 'filter0.in'],
    ["set('oscillator0.wave", ["oscillator0.waveform'"], 'oscillator0.wave'],
    // device types
    ["addDevice('x', 'rev", ["reverb'"], 'rev'],
    ["addDevice('x', { type: 'rev", ["reverb'"], 'rev'],
    ["addDevice('rev", [], 'rev'],
    ["probe('o", ['oscillator0', 'out'], 'o'],
    ["load('le", ['lead.ts', 'lead.json'], 'le'],
    ["load('p", ['patches/'], 'p'],
    ["record('", ['patches/', 'take.wav'], ''],
    ["recordMidi('t", ["take.mid'"], 't'],
    // ports, also where their names have quotes
    ["midi('K", ["Keystation'"], 'K'],
    ["midiOut('", ['Minilogue', String.raw`Anna\'s box`], ''],
    ["midiOut('A", [String.raw`Anna\'s box'`], 'A'],
    ["midiOut('Anna\\'", [String.raw`Anna\'s box'`], String.raw`Anna\'`],
    ['midiOut("A', ['Anna\'s box"'], 'A'],
    ["help('tem", ["tempo'"], 'tem'],
  ])('of %s', (line, candidates, text) => expect(completed(line, names)).toEqual([candidates, text]))

  it('shows all functions where nothing is written', () =>
    expect(completed('', names)?.[0]).toEqual(commands.map(({ name }) => `${name}(`)))

  it.each(['patch.', 'Math.si', 'zzz', '1 + 2 ', "'abc'.", 'x('])('leaves %j to JavaScript', (line) =>
    expect(completed(line, names)).toBeUndefined(),
  )

  it('never fails, whatever is written', () => {
    for (const line of [
      "set('nothing.",
      "set('out.",
      "connect('a', 'nobody.",
      "setKnob('a', 'b', 'c', '",
      "('",
      "f({ a: '",
    ])
      expect(() => completed(line, names)).not.toThrow()
  })
})
