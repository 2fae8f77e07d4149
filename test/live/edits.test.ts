import { afterEach, describe, expect, it } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import { createOffline } from '../../src/live/index.ts'
import { formatReport } from '../../src/plan/index.ts'
import type { Patch } from '../../src/patch/index.ts'
import { peak, rms } from '../audio/ear.ts'
import { errorOf } from '../engine/helpers.ts'
import { watched, type Watched } from './wrapped.ts'

const open: Watched[] = []
const start = async (patch: Patch): Promise<Watched> => {
  const one = await watched({ patch })
  open.push(one)
  one.calls.length = 0
  return one
}
afterEach(async () => {
  for (const { synth } of open.splice(0)) await synth.close()
})

const patch: Patch = {
  voices: 4,
  knobs: { level: 0.5 },
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3 },
    low: { type: 'filter', cutoff: 2000 },
  },
  connections: [['tone', 'low.in'], ['low', 'out'], ['level', 'out.level']], // prettier-ignore
}

describe('small edits', () => {
  it('change the patch, which is always the one that sounds, and say what they did', async () => {
    const { synth } = await start(patch)
    synth.noteOn(69)
    expect(await synth.set('low.cutoff', 500)).toMatchObject({ set: ['low'], synths: { born: 0, freed: 0 } })
    expect(synth.patch.devices['low']).toEqual({ type: 'filter', cutoff: 500 })
    expect(await synth.addDevice('wah', { type: 'lfo' })).toMatchObject({ added: ['wah'] })
    await synth.connect('wah', 'low.cutoff', 0.2)
    expect(synth.patch.connections).toContainEqual(['wah', 'low.cutoff', 0.2])
    await synth.connect('wah', 'low.cutoff', 0.1)
    expect(synth.patch.connections).toContainEqual(['wah', 'low.cutoff', 0.1])
    expect(await synth.renameDevice('wah', 'wobble')).toMatchObject({
      renamed: [{ from: 'wah', to: 'wobble' }],
      synths: { born: 0, freed: 0 },
    })
    expect(await synth.disconnect('wobble', 'low.cutoff')).toMatchObject({ kept: ['tone', 'out'] })
    expect(synth.patch.connections).toEqual(patch.connections)
    expect(await synth.removeDevice('wobble')).toMatchObject({ removed: ['wobble'] })
    await synth.set('low.cutoff')
    expect(synth.patch.devices['low']).toEqual({ type: 'filter' })
    await synth.setVoices(2)
    expect(synth.patch.voices).toBe(2)
    await synth.edit({ type: 'set', place: 'level', value: 0.25 })
    expect(synth.knob('level')).toBe(0.25)
    await synth.advance(0.6)
    expect(rms((await synth.advance(0.2)).channels[0]!) * Math.SQRT2).toBeCloseTo(0.3 * 0.25, 2)
  })

  it('asked for at once are one plan, in their order; one that is wrong fails alone', async () => {
    const one = await start(patch)
    const { synth } = one
    const results = await Promise.allSettled([
      synth.addDevice('amp', { type: 'amplifier' }),
      synth.connect('low', 'amp.inn'),
      synth.connect('low', 'amp.in'),
      synth.removeDevice('nothing'),
      synth.connect('amp', 'out'),
      synth.disconnect('low', 'out'),
      synth.set('amp.gain', 0.5),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected'],
      ...['fulfilled', 'fulfilled', 'fulfilled'],
    ])
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'unknown-port' })
    // the graph, and the fades
    expect(one.calls.filter(({ kind }) => kind === 'transact')).toHaveLength(2)
    const reports = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(new Set(reports).size).toBe(1)
    expect(synth.patch.connections).toEqual([['tone', 'low.in'], ['level', 'out.level'], ['low', 'amp.in'], ['amp', 'out']]) // prettier-ignore
    // each of them is a step
    for (let i = 0; i < 5; i++) expect(await synth.undo()).toBeDefined()
    expect(synth.patch).toEqual(patch)
  })

  it('before and after a stretch of time are two plans', async () => {
    const one = await start({ ...patch, voices: { mode: 'drone' }, connections: [['tone', 'out']] })
    const { synth } = one
    const [, sound] = await Promise.all([
      synth.set('tone.amplitude', 0.1),
      synth.advance(1),
      synth.set('tone.amplitude', 0.2),
      synth.set('tone.amplitude', 0.25),
    ])
    expect(rms(sound.channels[0]!.subarray(-9600)) * Math.SQRT2).toBeCloseTo(0.1, 2)
    expect(one.calls.filter(({ kind }) => kind === 'transact')).toHaveLength(2)
    await synth.advance(0.6)
    expect(peak((await synth.advance(0.2)).channels[0]!)).toBeCloseTo(0.25, 2)
  })

  it('of labels, names and the layout send nothing at all', async () => {
    const one = await start(patch)
    const { synth } = one
    const report = await synth.set('tone.label', 'The tone')
    await synth.apply({ ...synth.patch, name: 'another', layout: { tone: { x: 1, y: 2 } } })
    expect(one.calls).toEqual([])
    expect(formatReport(report)).toMatch(/^labels {3}tone\nkept +3 devices untouched\nsynths {3}0 born/)
  })
})

describe('what a synth was given', () => {
  it('is its own: what its giver does with it later changes nothing', async () => {
    const mine = structuredClone(patch) as { devices: Record<string, { type: string }> }
    const synth = await createOffline({ patch: mine })
    mine.devices['more'] = { type: 'lfo' }
    expect(synth.patch).toEqual(patch)
    await synth.apply(mine)
    expect(synth.patch.devices).toHaveProperty('more')
    expect(await synth.undo()).toBeDefined()
    expect(synth.patch).toEqual(patch)
    await synth.close()
  })

  it('must be names where names are wanted', async () => {
    const synth = await createOffline({ patch })
    const nothing = undefined as unknown as string
    for (const wrong of [
      () => synth.removeDevice(nothing),
      () => synth.renameDevice('osc', nothing),
      () => synth.set(nothing, 3),
      () => synth.disconnect('osc', 3 as unknown as string),
    ])
      await expect(wrong()).rejects.toThrow(MegasynthError)
    expect(synth.patch).toEqual(patch)
    await synth.close()
  })
})

describe('undo and redo', () => {
  it('go back and on through edits, and end', async () => {
    const { synth } = await start(patch)
    expect([await synth.undo(), await synth.redo()]).toEqual([undefined, undefined])
    await synth.set('low.cutoff', 500)
    await synth.addDevice('wah', { type: 'lfo' })
    const last = synth.patch
    await synth.undo()
    expect(Object.keys(synth.patch.devices)).toEqual(['tone', 'low'])
    expect(await synth.undo()).toMatchObject({ set: ['low'] })
    expect(synth.patch).toEqual(patch)
    expect(await synth.undo()).toBeUndefined()
    await synth.redo()
    await synth.redo()
    expect(synth.patch).toEqual(last)
    expect(await synth.redo()).toBeUndefined()
    // another edit forgets what was undone
    await synth.undo()
    await synth.set('low.cutoff', 600)
    expect(await synth.redo()).toBeUndefined()
  })

  it('leave knobs where they are, and turning one is no step', async () => {
    const { synth } = await start(patch)
    await synth.set('low.cutoff', 500)
    synth.setKnob('level', 0.9)
    await synth.advance(0.1)
    await synth.undo()
    expect(synth.patch).toEqual(patch)
    expect(synth.knob('level')).toBe(0.9)
    expect(await synth.undo()).toBeUndefined()
  })

  it('remember 200 steps', async () => {
    const { synth } = await start(patch)
    await Promise.all(Array.from({ length: 210 }, (_, i) => synth.set('low.cutoff', 100 + i)))
    let steps = 0
    while ((await synth.undo()) !== undefined) steps++
    expect(steps).toBe(200)
    expect(synth.patch.devices['low']).toMatchObject({ cutoff: 109 })
  })

  it('are not moved by an edit that fails', async () => {
    const { synth } = await start(patch)
    await synth.set('low.cutoff', 500)
    await errorOf(() => synth.set('low.cutof', 1))
    await errorOf(() => synth.connect('tone', 'low.nothing'))
    await synth.undo()
    expect(synth.patch).toEqual(patch)
  })
})

describe('a dry run', () => {
  it('sends nothing, and is what is done then', async () => {
    const one = await start(patch)
    const { synth } = one
    synth.noteOn(60)
    await synth.advance(0.1)
    const tree = await one.tree()
    one.calls.length = 0
    const next: Patch = {
      ...patch,
      devices: { ...patch.devices, low: { type: 'filter', slope: 24 }, echo: { type: 'delay' } },
      connections: [['tone', 'low.in'], ['low', 'echo.in'], ['echo', 'out']], // prettier-ignore
    }
    const { report, load, transaction, start: begin } = synth.plan(next)
    expect(one.calls).toEqual([])
    expect(await one.tree()).toEqual(tree)
    const done = await synth.apply(next)
    expect({ ...done, milliseconds: 0 }).toEqual(report)
    expect(done.milliseconds).toBeGreaterThan(0)
    const sent = (kind: string) => one.calls.filter((call) => call.kind === kind).flatMap(({ commands }) => commands) // prettier-ignore
    expect(sent('load').map((command) => 'name' in command && command.name)).toEqual(load)
    expect(sent('transact')).toEqual([...transaction, ...begin])
    expect(sent('send')).toEqual([])
    expect(load.length * transaction.length * begin.length).toBeGreaterThan(0)
  })

  it('of a wrong patch is an error', async () => {
    const { synth } = await start(patch)
    expect((await errorOf(() => synth.plan({ ...patch, voices: -1 }))).code).toBe('out-of-range')
  })
})

describe('a report', () => {
  it('reads well: a line for each kind of thing that happened, none is empty', async () => {
    const { synth } = await start(patch)
    synth.noteOn(60)
    await synth.advance(0.1)
    const kinds = new Set<string>()
    const read = (report: Parameters<typeof formatReport>[0] | undefined): string => {
      const text = formatReport(report!)
      for (const line of text.split('\n')) {
        expect(line).toMatch(/^\w+ +\S.*$/)
        kinds.add(line.split(' ')[0]!)
      }
      return text
    }
    expect(read(await synth.addDevice('wah', { type: 'lfo' }))).toMatch(/^added +wah\nkept +3 devices untouched\nsynths +8 born, 0 freed; buses: 0 taken, 0 freed\ntook +[\d.]+ ms$/) // prettier-ignore
    read(await synth.renameDevice('wah', 'wobble'))
    read(await synth.set('low.cutoff', 700))
    read(await synth.set('low.slope', 24))
    expect(read(await synth.undo())).toMatch(/called back/)
    read(await synth.connect('level', 'tone.amplitude'))
    read(await synth.set('tone.amplitude'))
    read(await synth.removeDevice('wobble'))
    // what is read already must now run before another of its readers
    const wired = (...more: [string, string][]): Patch => ({
      ...patch,
      devices: { ...patch.devices, amp: { type: 'amplifier' }, wah: { type: 'lfo' } },
      connections: [['tone', 'low.in'], ['low', 'amp.in'], ['wah', 'amp.gain'], ['amp', 'out'], ...more], // prettier-ignore
    })
    await synth.apply(wired())
    expect(read(await synth.apply(wired(['wah', 'low.cutoff'])))).toMatch(/^moved +wah$/m)
    read(await synth.apply(synth.patch))
    expect([...kinds].toSorted()).toEqual([
      ...['added', 'glides', 'kept', 'moved', 'nothing'],
      ...['removed', 'renamed', 'replaced', 'set', 'synths', 'took'],
    ])
  })
})
