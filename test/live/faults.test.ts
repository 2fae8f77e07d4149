import { afterEach, describe, expect, it } from 'vitest'
import { fail, MegasynthError, type ProblemCode } from '../../src/errors/index.ts'
import type { OfflineEngine } from '../../src/engine/index.ts'
import type { Command } from '../../src/scsynth/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { peak, rms } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { after, before, left, toneOf } from './held.ts'
import { watched, type Overrides, type Watched } from './wrapped.ts'

const open: Watched[] = []
const start = async (patch: Patch): Promise<Watched> => {
  const one = await watched({ patch, timeout: 0.2 })
  open.push(one)
  return one
}
afterEach(async () => {
  for (const { synth, tamper } of open.splice(0)) {
    tamper()
    await synth.close()
  }
})

const never = <T>(): Promise<T> => new Promise<T>(() => undefined)
/** Does something else at the n-th call only. */
const onCall =
  <A extends unknown[], R>(n: number, usual: (...args: A) => R, instead: (...args: A) => R) =>
  (...args: A): R =>
    n-- === 1 ? instead(...args) : usual(...args)
/** The engine is no more. */
const dead = (engine: OfflineEngine): Partial<OfflineEngine> => {
  const gone = (): never => fail({ code: 'engine-failed', path: 'engine', message: 'it is gone' })
  return {
    ...{ load: gone, transact: gone, send: gone, counts: gone, queryTree: gone, advance: gone },
    status: () => ({ ...engine.status(), state: 'failed' }),
  }
}

/** Plays a note, turns a knob, fails to change the patch, and looks whether all is as it was. */
async function expectSurvival(
  overrides: (one: Watched) => Overrides,
  code: ProblemCode,
  words: RegExp,
  { always = false }: { readonly always?: boolean } = {},
): Promise<Watched> {
  const one = await start(before)
  const { synth } = one
  synth.noteOn(69)
  synth.setKnob('level', 0.8)
  const old = await toneOf(one)
  expect(old.level).toBeCloseTo(0.3 * 0.8, 3)
  const { time } = synth
  one.tamper(overrides(one), always)
  const error = await errorOf(() => synth.apply(after))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(words)
  expect(synth.patch).toEqual(before)
  expect(synth.time).toBeCloseTo(time, 9)
  expect(synth.knob('level')).toBe(0.8)
  const still = await toneOf(one)
  expect(synth.time).toBeCloseTo(time + 1.1, 1)
  expect(still.pitch).toBeCloseTo(old.pitch, 1)
  expect(still.level).toBeCloseTo(old.level, 3)
  synth.setKnob('level', 0.4)
  expect((await toneOf(one)).level).toBeCloseTo(0.3 * 0.4, 3)
  // a later change succeeds, and the key still ends the note
  one.tamper()
  await synth.apply(after)
  expect(synth.patch).toEqual(after)
  expect((await toneOf(one)).level).toBeGreaterThan(0.02)
  await synth.apply(before)
  // the echoes end
  await synth.advance(8)
  expect((await toneOf(one)).level).toBeCloseTo(0.3 * 0.4, 3)
  expect(await synth.undo()).toBeDefined()
  expect(synth.patch).toEqual(after)
  await synth.apply(before)
  synth.noteOff(69)
  await synth.advance(8)
  expect(peak(await left(one, 0.1))).toBe(0)
  return one
}

describe('a change that fails before its transaction', () => {
  /** Nothing reached the tree, and the sound is that of a synth that was never asked. */
  async function expectNoTrace(overrides: Overrides, code: ProblemCode, words: RegExp): Promise<void> {
    const [one, other] = [await start(before), await start(before)]
    for (const { synth } of [one, other]) {
      synth.noteOn(69)
      await synth.advance(0.3)
    }
    const tree = await one.tree()
    await other.tree()
    one.calls.length = 0
    one.tamper(overrides)
    const error = await errorOf(() => one.synth.apply(after))
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)])
    expect(one.synth.patch).toEqual(before)
    expect(one.calls.map(({ kind }) => kind)).toEqual(['load'])
    one.tamper()
    expect(await one.tree()).toEqual(tree)
    expect(await left(one, 1)).toEqual(await left(other, 1))
    expect(one.made()).toBe(1)
  }

  it('since a SynthDef is refused names the device', () =>
    expectNoTrace(
      (engine) => ({
        // the engine cannot read one of them
        load: (defs) =>
          engine.load(defs.map((def) => (def.label?.startsWith('lfo') ? { ...def, bytes: def.bytes.slice(0, -9) } : def))), // prettier-ignore
      }),
      'invalid-synthdef',
      /lfo \(wah\)/,
    ))

  it('since the engine does not answer says when', () =>
    expectNoTrace(
      () => ({ load: never }),
      'engine-timeout',
      /load the SynthDefs of .*filter \(low\).*0\.2 s/s,
    ))

  it('since the engine breaks in a way of its own', () =>
    expectNoTrace(
      () => ({
        load: () => {
          throw new RangeError('oops')
        },
      }),
      'engine-failed',
      /load the SynthDefs of .*RangeError: oops/s,
    ))

  it('leaves no SynthDefs behind', async () => {
    const one = await start(before)
    const count = async (): Promise<number> => (await one.engine().counts()).synthDefs
    await one.synth.advance(0.1)
    const defs = await count()
    one.tamper((engine) => ({
      load: async (all) => {
        await engine.load(all.slice(1))
        fail({ code: 'engine-failed', path: 'engine', message: 'refused' })
      },
    }))
    await errorOf(() => one.synth.apply(after))
    await one.synth.advance(0.1)
    expect(await count()).toBe(defs)
  })

  it('survives', () => expectSurvival(() => () => ({ load: never }), 'engine-timeout', /load/))
})

describe('a transaction that fails is undone by a rebuild', () => {
  it('since the engine does not answer', async () => {
    const one = await expectSurvival(
      () => (engine) => ({ transact: onCall(1, engine.transact, () => never<number>()) }),
      'engine-timeout',
      /change the graph/,
    )
    expect(one.made()).toBe(1)
  })

  it('since the engine never answers again: another one takes over', async () => {
    const one = await expectSurvival(() => () => ({ transact: never }), 'engine-timeout', /change the graph/)
    expect(one.made()).toBe(2)
  })

  it('after half of it ran', () =>
    expectSurvival(
      () => (engine) => ({
        transact: onCall(1, engine.transact, async (commands, describe) => {
          await engine.transact(commands.slice(0, commands.length / 2), describe)
          return fail({ code: 'engine-failed', path: 'device low', message: 'no room' })
        }),
      }),
      'engine-failed',
      /device low: no room/,
    ))

  it('since the engine refuses a command, which is named with its device and voice', () =>
    expectSurvival(
      () => (engine) => ({
        transact: onCall(1, engine.transact, async (commands, describe) => {
          const index = commands.findIndex((one) => one.call === '/s_new' && one.def.startsWith('filter'))
          const wrong = { ...(commands[index] as Command & { call: '/s_new' }), target: 77 }
          return await engine.transact(commands.with(index, wrong), (command) => (describe ?? String)(command === wrong ? (commands[index] as Command) : command)) // prettier-ignore
        }),
      }),
      'engine-failed',
      /device low, voice 1/,
    ))

  it.each(['/s_new', '/n_free'] as const)('since the engine skipped a %s without a word', async (call) => {
    await expectSurvival(
      (one) => (engine) => ({
        transact: onCall(1, engine.transact, (commands, describe) => {
          const index = commands.findIndex((command) => command.call === call)
          expect([call, index >= 0, one.made()]).toEqual([call, true, 1])
          return engine.transact(commands.toSpliced(index, 1), describe)
        }),
      }),
      'engine-failed',
      /not done all that was sent|\/n_free|Node/,
    )
  })

  it('since a whole piece of it was dropped', () =>
    expectSurvival(
      () => (engine) => ({ transact: onCall(1, engine.transact, async () => 0) }),
      'engine-failed',
      /not done all that was sent.*no answer/s,
    ))

  it('since the engine counts wrong, once or always', async () => {
    const wrong = { ugens: 0, synths: 3, groups: 1, synthDefs: 1 }
    const lying = async () => await Promise.resolve(wrong)
    await expectSurvival(() => (engine) => ({ counts: onCall(1, engine.counts, lying) }), 'engine-failed', /3 synths in 1 groups/) // prettier-ignore
    await expectSurvival(() => () => ({ counts: lying }), 'engine-failed', /3 synths/, { always: true })
  })

  it('since what follows it cannot be sent', () =>
    expectSurvival(
      () => (engine) => ({
        transact: onCall(2, engine.transact, async () => fail({ code: 'engine-limit', path: 'engine', message: 'full' })), // prettier-ignore
      }),
      'engine-limit',
      /full/,
    ))
})

describe('an engine that is gone is replaced, with everything on it', () => {
  it('between loading and the transaction', async () => {
    const one = await expectSurvival(
      (all) => (engine) => ({
        load: async (defs) => {
          await engine.load(defs)
          all.tamper(dead)
        },
      }),
      'engine-failed',
      /it is gone/,
    )
    expect(one.made()).toBe(2)
  })

  it('in the transaction', async () => {
    const one = await expectSurvival(
      (all) => (engine) => ({
        transact: async (commands) => {
          await engine.transact(commands.slice(0, 3))
          all.tamper(dead)
          fail({ code: 'engine-failed', path: 'engine', message: 'it is gone' })
        },
      }),
      'engine-failed',
      /it is gone/,
    )
    expect(one.made()).toBe(2)
  })

  it('between two calls: time, knobs and held notes go on, and what was planned comes at its time', async () => {
    const one = await start(before)
    const { synth } = one
    synth.noteOn(69)
    synth.noteOff(69, { at: 3.5 })
    synth.setKnob('level', 0.2, { at: 2.5 })
    const old = await toneOf(one)
    const { time } = synth
    // it dies as it sounds: that sound is lost
    one.tamper(() => ({
      advance: () => {
        one.tamper(dead)
        return fail({ code: 'engine-failed', path: 'engine', message: 'it is gone' })
      },
    }))
    expect((await errorOf(() => synth.advance(0.1))).code).toBe('engine-failed')
    expect(one.made()).toBe(1)
    expect(synth.time).toBeCloseTo(time, 9)
    // while another one takes over, the time stands
    const [first, times]: [OfflineEngine, number[]] = [one.engine(), []]
    const look: Overrides = (engine) => ({
      load: (defs) => {
        times.push(synth.time, synth.beat / 2)
        return engine.load(defs)
      },
    })
    one.tamper((engine) => (engine === first ? dead(engine) : look(engine)), true)
    const again = await toneOf(one)
    expect(times).toEqual([expect.closeTo(time, 9), expect.closeTo(time, 9)])
    one.tamper()
    expect([again.pitch, again.level]).toEqual([expect.closeTo(old.pitch, 1), expect.closeTo(old.level, 3)])
    expect(one.made()).toBe(2)
    const sound = await left(one, 3.7 - synth.time)
    const at = (seconds: number): number => Math.round((seconds - 3.7) * 48000) + sound.length
    expect(rms(sound.subarray(at(3.0), at(3.4))) * Math.SQRT2).toBeCloseTo(0.3 * 0.2, 3)
    expect(peak(sound.subarray(at(3.6)))).toBe(0)
  })

  it('when a patch is applied, which is then taken', async () => {
    const one = await start(before)
    one.synth.noteOn(69)
    await one.synth.advance(0.2)
    one.tamper(dead)
    await one.synth.apply(after)
    expect(one.synth.patch).toEqual(after)
    expect((await toneOf(one)).level).toBeGreaterThan(0.02)
  })

  it('and if there is no other one, the next call tries again', async () => {
    const one = await start(before)
    one.synth.noteOn(69)
    const { level } = await toneOf(one)
    one.tamper(dead, true)
    await errorOf(() => one.synth.advance(0.1))
    expect((await errorOf(() => one.synth.apply(after))).message).toMatch(/it is gone/)
    expect(one.synth.patch).toEqual(before)
    one.tamper()
    expect((await toneOf(one)).level).toBeCloseTo(level, 3)
  })

  it('but not by a synth that was closed meanwhile', async () => {
    const one = await start(before)
    one.tamper((engine) => ({
      transact: async () => {
        await one.synth.close()
        return await engine.transact([{ call: '/n_free', ids: [1] }])
      },
    }))
    expect(await errorOf(() => one.synth.apply(after))).toBeInstanceOf(MegasynthError)
    expect(one.made()).toBe(1)
  })
})

describe('what cannot be sent now', () => {
  it('is sent with the next block: no note is stuck', async () => {
    const one = await start(before)
    const { synth } = one
    for (const note of [57, 69]) synth.noteOn(note)
    await synth.advance(0.3)
    const full = (): never => fail({ code: 'engine-limit', path: 'engine', message: 'full' })
    one.tamper((engine) => ({ send: onCall(1, engine.send, full) }))
    synth.noteOff(57)
    synth.setKnob('level', 0.8)
    expect((await errorOf(() => synth.advance(0.1))).code).toBe('engine-limit')
    const sound = await toneOf(one)
    expect([sound.pitch, sound.level]).toEqual([expect.closeTo(440, 1), expect.closeTo(0.24, 3)])
    synth.noteOff(69)
    await synth.advance(0.1)
    one.tamper((engine) => ({ send: onCall(1, engine.send, full) }))
    // a voice falls asleep
    expect((await errorOf(() => synth.advance(1))).code).toBe('engine-limit')
    await synth.advance(1)
    synth.noteOn(69)
    expect((await toneOf(one)).level).toBeCloseTo(0.24, 3)
  })
})
