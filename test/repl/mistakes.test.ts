import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MegasynthError, plain } from '../../src/errors/index.ts'
import { mistakeText } from '../../src/repl/mistake.ts'
import { scratch } from '../cli/helpers.ts'
import { lead, sitDown, type Sitting } from './sitting.ts'
import { until } from '../until.ts'

const folder = scratch()
let at: Sitting
const typed: Sitting['typed'] = async (line) => await at.typed(line)
beforeAll(async () => void (at = await sitDown(folder.path)))
afterAll(async () => await at.synth.close())

describe('a mistake at the prompt', () => {
  it.each([
    ['chord()', /^chord: is called without its argument notes/],
    ["renameDevice('lfo0')", /^renameDevice: is called without its argument to/],
    ["note('')", /^note: is not a note .*\n {2}found: {4}""\n {2}expected: a note such as C4.*$/],
    ["note('H4')", /did you mean "B4"\?$/],
    ['note(60, true)', /^seconds: a note cannot last so long .*\n {2}found: {4}true\n/],
    ['note(60, 10n)', /^seconds: .*\n {2}found: {4}10n\n/],
    ['note(60, Symbol())', /^seconds: .*\n {2}found: {4}a symbol\n/],
    ['note(60, 1e300)', /^seconds: .*\n {2}found: {4}1e\+300\n {2}expected: seconds, above 0, up to 86400/],
    ["knob('')", /^"": the patch has no such knob/],
    ['setKnob(Symbol(), 1)', /^a symbol: the patch has no such knob/],
    ["probe('')", /^"": there is no such device to listen to/],
    [
      "probe('cutoff')",
      /^cutoff: is a knob: .*\n {2}expected: a device, or 'out'\n {2}knob\('cutoff'\) tells/,
    ],
    ["save('x.ts', { force: 'no' })", /^force: neither replaces a file nor keeps it .*\n {2}found: {4}"no"/],
    ["record('x.wav', { force: 1 })", /^force: /],
    [
      "probe('filter0', { voice: 1.5 })",
      /^voice: there is no such voice .*\n {2}found: {4}1\.5\n {2}expected: 1\.\.\d+$/,
    ],
    ["probe('filter0', { voice: [1] })", /^voice: there is no such voice/],
    ["probe('filter0', { voice: 10n })", /^voice: there is no such voice/],
    ["probe('filter0', { seconds: 0 })", /expected: 0\.003\.\.10$/],
    ['setVoices(1e300)', /^voices: must be a whole number 1\.\.128 [^]*128$/],
    ['help(null)', /help\(\) lists them all$/],
  ])('is told where it is, and only once: %s', async (line, says) => {
    const error: unknown = await typed(line).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MegasynthError)
    expect((error as MegasynthError).problems).toHaveLength(1)
    expect((error as MegasynthError).message).toMatch(says)
  })

  it('is told of a device that is bypassed, which is there and puts out nothing', async () => {
    await typed("set('filter0.bypass', true)")
    await expect(typed("probe('filter0')")).rejects.toThrow("set('filter0.bypass', false)")
    await typed('undo()')
    await expect(typed("probe('filter0')")).resolves.toBeDefined()
  })

  it('strikes no note that would never end', async () => {
    await expect(typed("chord('C4+E4', 1e300)")).rejects.toThrow('a note cannot last so long')
    await typed('note(62, 60)')
    await until(() => at.synth.stats().voices.held > 0)
    expect(at.synth.stats().voices.held).toBe(1)
    await typed('panic()')
  })

  it.each([
    "recall('verse', { at: 'noon' })",
    "recall('vers', { at: 'bar' })",
    "recall('verse', { at: 'bar', over: NaN })",
  ])('makes nothing come: %s', async (line) => {
    await typed("store('verse')")
    at.said = []
    await expect(typed(line)).rejects.toThrow(MegasynthError)
    await new Promise(setImmediate)
    expect(at.said).toEqual([])
  })

  it('leaves a patch that can be changed further, though what was given looks different each time', async () => {
    const voices = new Proxy({ count: 3 }, {})
    await at.synth.setVoices(voices)
    voices.count = 100
    expect(structuredClone(at.synth.patch).voices).toEqual({ count: 3 })
    await at.synth.apply(lead)
  })

  it('is told by its name also where it comes from the platform', () => {
    const error = new DOMException('it could not be cloned', 'DataCloneError')
    expect(mistakeText(error, plain)).toBe('✗ DataCloneError: it could not be cloned')
    expect(mistakeText({ name: 'x' }, plain)).toBe('✗ an object was thrown')
  })

  it('has the file in quotes as JavaScript wants them, or no fix', async () => {
    await typed('recordMidi("it\'s.mid")')
    await typed('stop()')
    await expect(typed('recordMidi("it\'s.mid")')).rejects.toThrow(
      String.raw`recordMidi('it\'s.mid', { force: true })`,
    )
    await expect(typed("save('lead')")).rejects.toThrow("save('lead.ts')")
    for (const file of ['.ts', 'sub/', 'sub/.json']) {
      const error: unknown = await typed(`save('${file}')`).catch((thrown: unknown) => thrown)
      expect((error as MegasynthError).problems[0]?.suggestion).toBeUndefined()
    }
  })
})
