import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plain } from '../../src/errors/index.ts'
import type { Patch } from '../../src/index.ts'
import { chapters } from '../../src/repl/command.ts'
import { parametersOf } from '../../src/repl/call.ts'
import { commands } from '../../src/repl/commands/index.ts'
import { helpOf, helpText } from '../../src/repl/help.ts'
import { scratch } from '../cli/helpers.ts'
import { lead, sitDown, type Sitting } from './sitting.ts'
import { until } from '../until.ts'

const folder = scratch()
let at: Sitting
const open = async (): Promise<void> => void (at = await sitDown(folder.path))
const typed: Sitting['typed'] = async (line) => await at.typed(line)

describe('every command', () => {
  beforeAll(open)
  afterAll(async () => await at.synth.close())

  it('has a name of its own, a docstring in sentences, and examples that begin with it', () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
    for (const { name, call, doc, examples, chapter } of commands) {
      expect(call).toMatch(new RegExp(`^${name}\\(.*\\)$`))
      expect(doc).toMatch(/^[A-Z].{10,}[.}]$/)
      expect(Object.keys(chapters)).toContain(chapter)
      for (const example of examples) expect(example).toContain(`${name}(`)
    }
  })

  // in the order of the reference, on one patch: the later ones see what the earlier ones did
  const waits = (name: string): boolean => name === 'learn'
  it.each(commands.filter(({ name }) => !waits(name)).flatMap(({ examples }) => examples))(
    '%s',
    async (example) => {
      if (example.includes("'lfo0'") && !('lfo0' in at.synth.patch.devices)) await at.synth.apply(lead)
      const before = at.synth.patch
      await expect(typed(example)).resolves.toBeDefined()
      // what comes later comes before the next
      if (example.includes("'bar'")) await until(() => at.synth.patch !== before)
    },
  )

  it.each([
    [
      'probe()',
      /^probe: is called without its argument device \[missing-key\]\n {2}expected: probe\(device, \{ voice, seconds \}\?\)\n {2}for example probe\('filter0'\)$/,
    ],
    ['setKnob()', /without its argument name/],
    ["setKnob('cutoff')", /without its argument position/],
    [
      "setKnob('cutoff', 0.9, 3)",
      /^setKnob: its last argument is an object of options .*\n {2}found: {4}3\n {2}expected: \{ over \}$/,
    ],
    [
      "setKnob('cutoff', 0.9, { ovr: 3 })",
      /^setKnob: has no such option .*\n {2}found: {4}"ovr"\n {2}expected: over\n {2}did you mean "over"\?$/,
    ],
    ["setKnob('cutoff', 0.9, {}, 3)", /takes no more arguments than 3/],
    ["recall('verse', 4)", /object of options/],
    ["save('a.ts', true)", /object of options/],
    ["probe('out', { secnds: 1 })", /did you mean "seconds"\?/],
    [
      "probe('out', { voice: 99 })",
      /^voice: out is no part of a voice: it is there once .*\n {2}found: {4}99/,
    ],
    ["probe('filter0', { voice: 99 })", /^voice: there is no such voice/],
    ['probe(7)', /^7: there is no such device/],
    ["note('C4', 1, 0.8, 3)", /takes no more arguments than 3/],
    ['undo(2)', /^undo: takes no argument/],
    [
      "help('nut')",
      /^help: there is no such function \[invalid-value\]\n {2}found: {4}"nut"\n {2}help\(\) lists them all$/,
    ],
  ])('refuses what it would not look at: %s', async (line, says) => {
    const error = await typed(line).catch((thrown: unknown) => thrown)
    expect((error as Error).message).toMatch(says)
  })

  it('has parameters that are told from how it is called', () => {
    expect(parametersOf('exit()')).toEqual([])
    expect(parametersOf('note(note, seconds = 0.5)')).toEqual([{ name: 'note', isOptional: false }, { name: 'seconds', isOptional: true }]) // prettier-ignore
    expect(parametersOf('recall(name, { over, at }?)')[1]).toEqual({ name: '{ over, at }', isOptional: true, options: ['over', 'at'] }) // prettier-ignore
    for (const { run, call } of commands)
      expect(run.length, call).toBeLessThanOrEqual(parametersOf(call).length + 1)
  })

  it('says what is in the way where it cannot be done', async () => {
    await at.synth.apply(lead)
    await expect(typed("learn('cutoff')")).rejects.toThrow('midi-unavailable')
    await expect(typed("setKnob('cutof', 1)")).rejects.toThrow('did you mean "cutoff"?')
    await expect(typed("note('H4')")).rejects.toThrow('invalid-notes')
    await expect(typed("note('C4', -1)")).rejects.toThrow('out-of-range')
    await expect(typed("chord('C4 E4')")).rejects.toThrow('play(…) plays one after the other')
    await expect(typed("save('take.wav')")).rejects.toThrow('unknown-file-type')
    await expect(typed("help('setKnb')")).rejects.toThrow('did you mean "setKnob"?')
    for (const call of ["load('')", 'save(3)', 'record(7)', 'recordMidi({})', 'watch(3)']) await expect(typed(call)).rejects.toThrow('this names no file') // prettier-ignore
  })
})

describe('what is typed', () => {
  beforeAll(open)
  afterAll(async () => await at.synth.close())

  it('turns a knob, and shows what that makes of what it moves', async () => {
    expect((await typed("setKnob('cutoff', 1)")).text).toBe(`cutoff  Cutoff  ▕${'█'.repeat(20)}▏  1.00  filter0.cutoff 20000 Hz`) // prettier-ignore
    expect((await typed("knob('cutoff')")).value).toBe(1)
    expect((await typed('knobs().cutoff')).value).toBe(1)
  })

  it('follows the clock of the MIDI that it hears', async () => {
    await typed("midi('Keystation')")
    at.ports.play('Keystation', [0xfa])
    for (let tick = 0; tick < 12; tick++) at.ports.play('Keystation', [0xf8], (tick * 60) / 90 / 24)
    await until(() => at.synth.tempo !== 120)
    expect(at.synth.tempo).toBeCloseTo(90, 6)
    at.ports.play('Keystation', [0xfc], 0.33)
    await until(() => !at.synth.running)
    await typed('midi(false)')
    await until(() => at.synth.running)
    at.synth.setTempo(120)
  })

  it('hears MIDI as it is told to: one channel, an MPE instrument, transposed', async () => {
    const played: unknown[] = []
    const unhear = at.synth.on('played', (what) => what.kind === 'note' && played.push(what.event))
    const play = async (line: string, ...messages: readonly (readonly number[])[]): Promise<unknown[]> => {
      await typed(line)
      played.length = 0
      for (const bytes of messages) at.ports.play('Keystation', bytes)
      await until(() => played.length > 0)
      return [...played]
    }
    const one = await play(
      "midi('Keystation', { channel: 2, bendRange: 12, transpose: 12 })",
      [0x90, 64, 100],
      [0xe1, 0x7f, 0x7f],
      [0x91, 60, 127],
    )
    expect(one).toMatchObject([{ kind: 'bend', semitones: 12, channel: 1 }, { kind: 'on', note: 72, channel: 1 }]) // prettier-ignore
    // a note of its own bends by 48 semitones
    expect(await play("midi('Keystation', { mpe: true })", [0xe3, 0x7f, 0x7f])).toMatchObject([{ semitones: 48, channel: 3 }]) // prettier-ignore
    expect(await play("midi('Keystation', { mpe: { lower: 2 } })", [0xe3, 0x7f, 0x7f])).toMatchObject([{ semitones: 2, channel: 3 }]) // prettier-ignore
    expect(await play("midi('Keystation', { mpe: false })", [0xe3, 0x7f, 0x7f])).toMatchObject([{ semitones: 2 }]) // prettier-ignore
    await expect(typed("midi('Keystation', { mpe: 'yes' })")).rejects.toThrow('invalid-value')
    await expect(typed("midi('Keystation', { chanel: 2 })")).rejects.toThrow('did you mean "channel"?')
    await typed('midi(false)')
    at.synth.play({ kind: 'allOff' })
    unhear()
  })

  it('goes on with its values, and prints them short', async () => {
    const { value, text } = await typed("connect('lfo0', 'oscillator0.frequency', 0.01)")
    expect(value).toMatchObject({ set: ['oscillator0'], milliseconds: expect.any(Number) as number })
    expect(text).toMatch(/^set {6}oscillator0\n(moved .*\n)?kept {5}3 devices untouched\n/)
    expect((await typed('undo()')).text).toContain('set      oscillator0')
    expect((await typed('redo()')).text).toContain('set      oscillator0')
    expect((await typed('redo()')).text).toBe('nothing was undone')
    await typed('undo()')
  })

  it('undoes a change without its knobs, and a recall with them, as undo says', async () => {
    await typed("setKnob('cutoff', 0.2)")
    await typed("store('low')")
    await typed("setKnob('cutoff', 0.7)")
    await typed("recall('low')")
    expect((await typed("knob('cutoff')")).value).toBe(0.2)
    await typed('undo()')
    expect((await typed("knob('cutoff')")).value).toBe(0.7)
    await typed("set('filter0.resonance', 0.3)")
    await typed("setKnob('cutoff', 0.9)")
    await typed('undo()')
    expect((await typed("knob('cutoff')")).value).toBe(0.9)
  })

  it('plays notes that end by themselves, each for itself', async () => {
    await typed("note('C4', 0.5), note('E4', 60)")
    await until(() => at.synth.stats().voices.held === 1)
    await typed('allOff()')
    await until(() => at.synth.stats().voices.held === 0)
    await typed("play('C4 E4 G4 '.repeat(100))")
    await until(() => at.synth.stats().voices.held > 0)
    expect(at.desk.lines.size).toBe(1)
    await typed('panic()')
    await until(() => at.synth.stats().voices.held === 0 && at.desk.lines.size === 0)
  })

  it('hears a device: its pitch is that of the note', async () => {
    await typed("set('filter0.resonance', 0), setKnob('cutoff', 1)")
    await typed("noteOn('A3')")
    await until(() => at.synth.stats().voices.held === 1)
    const { value, text } = await typed("probe('oscillator0', { seconds: 0.1 })")
    expect((value as { pitch: number }).pitch).toBeCloseTo(220, -1)
    expect(text).toMatch(/^oscillator0 {2}level −\d+\.\d dB {3}peak/)
    expect((await typed("probe('lfo0', { seconds: 1.5 })")).text).toMatch(/^lfo0 {2}now .* {3}from −1 to /)
    expect((await typed('tree()')).text).toMatch(/voice \d\n.*^ {2}lfo0 +lfo +\d+ .*^after\n {2}out/ms) // prettier-ignore
    await typed("noteOff('A3')")
  })

  it('says why nothing is heard of a device while no note is played', async () => {
    await typed('panic()')
    await until(() => at.synth.stats().voices.awake === 0)
    expect((await typed("probe('filter0')")).text).toMatch(/\nall voices are asleep: play a note$/)
    await typed("noteOn('A3')")
    expect((await typed("probe('filter0')")).text).not.toContain('asleep')
    await typed("noteOff('A3')")
  })

  it('saves the patch with its knobs where they stand', async () => {
    await typed("setKnob('cutoff', 0.25)")
    await typed("save('now.json')")
    const saved = JSON.parse(at.files.get('now.json') ?? '') as Patch
    expect(saved.knobs).toEqual({ cutoff: { value: 0.25, label: 'Cutoff' } })
    await typed("save('now.ts')")
    expect(at.files.get('now.ts')).toContain('export default definePatch({')
    expect((await typed("save('now.ts')")).text).toBe('now.ts is written')
  })

  it('keeps snapshots beside the file that is played, whichever that is', async () => {
    const shelf = (file: string): readonly string[] => [...(at.shelves.get(file)?.keys() ?? [])]
    const names = async (): Promise<unknown> => (await typed('snapshots()')).value
    at.shelves.clear()
    at.shelves.set('other.ts', new Map([['coda', lead], ['verse', lead]])) // prettier-ignore
    at.desk.file = undefined
    for (const name of at.synth.snapshots.keys()) at.synth.forget(name)
    expect((await typed("store('intro')")).text).toBe('intro is stored, for this session')
    expect((await typed("save('new.ts')")).text).toBe(
      "new.ts is written, and its snapshots in new.ts's shelf",
    )
    expect(shelf('new.ts')).toEqual(['intro'])
    expect((await typed("store('verse')")).text).toBe("verse is stored, in new.ts's shelf")
    await typed("load('other.ts')")
    expect(await names()).toEqual(['coda', 'verse'])
    await typed("store('end')")
    await typed("forget('verse')")
    expect([shelf('other.ts'), shelf('new.ts')]).toEqual([['coda', 'end'], ['intro', 'verse']]) // prettier-ignore
    await typed("watch('new.ts')")
    await typed('watch(false)')
    expect(await names()).toEqual(['intro', 'verse'])
    // what had no file goes along, but nothing is lost of what a file has
    at.desk.file = undefined
    at.said = []
    await typed("load('other.ts')")
    expect(await names()).toEqual(['coda', 'end', 'intro', 'verse'])
    at.shelves.set('third.ts', new Map([['end', { ...lead, tempo: 30 }]])) // prettier-ignore
    at.desk.file = undefined
    await typed("load('third.ts')")
    expect(at.synth.snapshots.get('end')?.tempo).toBe(30)
    expect(at.said).toEqual(['end is now the one kept beside third.ts'])
  })

  it('ends the watch of a file when another is loaded, and says so', async () => {
    const { outside } = at.desk
    // more synths than the engine has room for: seen only when it is planned
    const many = Array.from({ length: 200 }, (_, i) => [`osc${i}`, { type: 'oscillator' }] as const)
    const huge: Patch = { voices: 128, devices: Object.fromEntries(many), connections: many.map(([name]) => [name, 'out']) } // prettier-ignore
    const ended: string[] = []
    const end = (file: string) => async () => void (await Promise.resolve(ended.push(file)))
    const watch = async (file: string) => await Promise.resolve({ patch: lead, end: end(file) })
    const openPatch = async (file: string): Promise<Patch> => {
      if (file === 'broken.ts') throw new Error('broken')
      return await Promise.resolve(file === 'huge.ts' ? huge : lead)
    }
    at.desk = { ...at.desk, outside: { ...outside, watch, openPatch } }
    at.said = []
    await typed("watch('a.ts')")
    await typed("load('a.ts')")
    for (const file of ['broken.ts', 'huge.ts'])
      await expect(typed(`load('${file}')`)).rejects.toThrow(/broken|engine-limit/)
    expect([ended, at.said, at.desk.file]).toEqual([[], [], 'a.ts'])
    await typed("load('b.ts')")
    expect([ended, at.said, at.desk.file]).toEqual([['a.ts'], ['a.ts is no longer watched'], 'b.ts'])
    await typed("load('c.ts')")
    expect([ended, at.said.length]).toEqual([['a.ts'], 1])
    at.desk = { ...at.desk, outside }
  })

  it('ends the session', async () => {
    at.exits = 0
    await typed('exit()')
    expect(at.exits).toBe(1)
  })
})

describe('help', () => {
  it('lists every command with what it does, in the width there is', () => {
    const text = helpText(commands, { width: 100, paint: plain })
    for (const { call } of commands) expect(text).toContain(`  ${call} `)
    for (const line of text.split('\n').slice(0, -2)) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('tells all of one command, by its name or by itself', () => {
    const text = helpOf('setKnob', commands, { width: 60, paint: plain })
    expect(text).toMatch(/^setKnob\(name, position, \{ over \}\?\)\n {2}Turns a knob/)
    expect(text).toContain("\n\n  setKnob('cutoff', 0.8)")
    const setKnob = { setKnob: () => undefined }.setKnob
    expect(helpOf(setKnob, commands, { width: 60, paint: plain })).toBe(text)
  })
})
