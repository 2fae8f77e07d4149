import { afterEach, describe, expect, it } from 'vitest'
import { defineDevice, standard, type DeviceType } from '../../src/devices/index.ts'
import { signal, value } from '../../src/devices/define.ts'
import type { Patch } from '../../src/patch/index.ts'
import type { OfflineSynth, Trouble } from '../../src/live/index.ts'
import { add, greater, mul, div, type Signal } from '../../src/ugens/index.ts'
import { levelAt, hasNaN, peak, rms } from '../audio/ear.ts'
import { watched, type Watched } from './wrapped.ts'

const ports = {
  in: signal('What goes wrong.'),
  bad: value('Above a half it does.', { min: 0, max: 1, default: 0 }),
}
const custom = (rate: 'audio' | 'control', wrong: (x: Signal, bad: Signal) => Signal): DeviceType =>
  defineDevice({
    title: 'Custom',
    doc: 'It goes wrong.',
    ports,
    output: { rate, polarity: 'bipolar', channels: 1 },
    build: ({ in: [x = 0], bad }) => wrong(x, greater(bad, 0.5)),
  })

const catalogue = {
  ...standard,
  // x · 0/0, x · 10⁹, x · 1/0
  nothing: custom('audio', (x, bad) => mul(x, div(greater(0.5, bad), greater(0.5, bad)))),
  loud: custom('audio', (x, bad) => mul(x, add(1, mul(bad, 1e9)))),
  endless: custom('audio', (x, bad) => mul(x, div(1, greater(0.5, bad)))),
  slow: custom('control', (_, bad) => mul(0.1, div(greater(0.5, bad), greater(0.5, bad)))),
}

const open: Watched[] = []
afterEach(async () => {
  for (const { synth } of open.splice(0)) await synth.close()
})

interface Heard {
  readonly synth: OfflineSynth
  readonly troubles: Trouble[]
  readonly recovered: Trouble[]
  readonly sound: (seconds: number) => Promise<Float32Array>
}
async function start(patch: Patch): Promise<Heard> {
  const one = await watched({ patch, catalogue })
  open.push(one)
  const { synth } = one
  const [troubles, recovered]: [Trouble[], Trouble[]] = [[], []]
  synth.on('trouble', (what) => troubles.push(what))
  synth.on('recovered', (what) => recovered.push(what))
  const sound = async (seconds: number): Promise<Float32Array> => {
    const { channels } = await synth.advance(seconds)
    for (const channel of channels) {
      expect(hasNaN(channel)).toBe(false)
      expect(peak(channel)).toBeLessThanOrEqual(1)
    }
    return channels[0] as Float32Array
  }
  return { synth, troubles, recovered, sound }
}

/** A tone through something that can go wrong, and then through what keeps a state. */
const chain = (type: string, shared: boolean, ...after: readonly string[]): Patch => ({
  voices: 4,
  devices: {
    tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.3, ...(shared && { shared, frequency: 440 }) },
    culprit: { type, ...(shared && { shared }) },
    ...Object.fromEntries(after.map((name) => [name, { type: name, ...(name === 'filter' && { shared }) }])),
  },
  connections: ['tone', 'culprit', ...after].map((name, i): [string, string] => {
    const next = ['culprit', ...after, 'out'][i] ?? ''
    return [name, next === 'out' ? next : `${next}.in`]
  }),
})

describe.each([
  ['nothing', 'nan'],
  ['loud', 'runaway'],
  ['endless', 'runaway'],
] as const)('a device that puts out %s', (type, kind) => {
  it.each([
    ['in a voice', false],
    ['shared', true],
  ])(
    '%s is named once, at once, what hears it is not, and all is well when the cause is gone',
    async (_, shared) => {
      const { synth, troubles, recovered, sound } = await start(chain(type, shared, 'filter', 'delay', 'reverb')) // prettier-ignore
      for (const note of [57, 69]) synth.noteOn(note)
      await sound(0.5)
      const before = rms(await sound(2))
      expect(troubles).toEqual([])
      const bad = synth.set('culprit.bad', 1)
      await bad
      await sound(0.2)
      const named = [...troubles]
      await sound(2)
      expect(troubles).toEqual(named)
      expect(named).toHaveLength(shared ? 1 : 2)
      const expected = { device: 'culprit', kind }
      expect(named).toEqual(shared ? [expected] : [{ ...expected, voice: 1 }, { ...expected, voice: 2 }]) // prettier-ignore
      expect(recovered).toEqual([])
      await synth.set('culprit.bad', 0)
      await sound(6)
      expect(recovered.toSorted((a, b) => (a.voice ?? 0) - (b.voice ?? 0))).toEqual(named)
      expect(troubles).toEqual(named)
      expect(rms(await sound(2)) / before).toBeCloseTo(1, 1)
    },
  )
})

describe('trouble', () => {
  it('is found within 16 blocks and a few', async () => {
    const { synth, troubles } = await start(chain('nothing', true))
    await synth.set('culprit.bad', 1)
    // the constant glides there
    await synth.advance(0.5)
    expect(troubles).toHaveLength(1)
    const again = await start(chain('nothing', true))
    await again.synth.apply({ ...chain('nothing', true), devices: { ...chain('nothing', true).devices, culprit: { type: 'nothing', shared: true, bad: 1 } } }) // prettier-ignore
    for (let blocks = 0; again.troubles.length === 0; blocks++) {
      expect(blocks).toBeLessThan(200)
      await again.synth.advance(128 / 48000)
    }
  })

  it('at control rate is that of the device, not of the filter that it moves', async () => {
    const patch: Patch = {
      voices: 4,
      devices: {
        tone: { type: 'oscillator' },
        culprit: { type: 'slow' },
        low: { type: 'filter' },
      },
      connections: [['tone', 'low.in'], ['culprit', 'low.cutoff'], ['low', 'out']], // prettier-ignore
    }
    const { synth, troubles, recovered, sound } = await start(patch)
    synth.noteOn(60)
    await sound(0.5)
    const before = rms(await sound(1))
    await synth.set('culprit.bad', 1)
    await sound(1)
    expect(troubles).toEqual([{ device: 'culprit', voice: 1, kind: 'nan' }])
    await synth.set('culprit.bad', 0)
    await sound(1)
    expect(recovered).toEqual(troubles)
    expect(rms(await sound(1)) / before).toBeCloseTo(1, 2)
  })

  it('that a knob turned on and off is over by itself, also for a filter that heard it', async () => {
    const patch = chain('nothing', false, 'filter')
    const turned = { ...patch, knobs: { k: 0 }, connections: [...(patch.connections ?? []), ['k', 'culprit.bad']] } as Patch // prettier-ignore
    const { synth, troubles, recovered, sound } = await start(turned)
    synth.noteOn(69)
    await sound(0.5)
    const before = rms(await sound(1))
    synth.setKnob('k', 1)
    await sound(1)
    expect(troubles).toHaveLength(1)
    synth.setKnob('k', 0)
    await sound(2)
    expect(recovered).toEqual(troubles)
    expect(rms(await sound(1)) / before).toBeCloseTo(1, 2)
    // and again
    synth.setKnob('k', 1)
    await sound(1)
    expect(troubles).toHaveLength(2)
  })

  it('that an edit does not mend is not told again, nor said to be over', async () => {
    const { synth, troubles, recovered, sound } = await start(chain('nothing', false, 'filter'))
    synth.noteOn(69)
    await synth.set('culprit.bad', 1)
    await sound(0.5)
    await synth.set('filter.cutoff', 500)
    await sound(1)
    await synth.set('culprit.bad', 0.9)
    await sound(1)
    expect([troubles, recovered]).toEqual([[{ device: 'culprit', voice: 1, kind: 'nan' }], []])
    await synth.removeDevice('culprit')
    await synth.connect('tone', 'filter.in')
    await sound(1)
    expect(recovered).toEqual(troubles)
    expect(rms(await sound(0.5))).toBeGreaterThan(0.01)
  })

  it('is told again by a synth that is rebuilt only if it is another', async () => {
    const one = await watched({ patch: chain('nothing', true), catalogue })
    open.push(one)
    const told: string[] = []
    one.synth.on('trouble', ({ device }) => told.push(device))
    one.synth.on('recovered', ({ device }) => told.push(`${device} is well`))
    await one.synth.set('culprit.bad', 1)
    await one.synth.advance(1)
    one.tamper((engine) => ({ status: () => ({ ...engine.status(), state: 'failed' }) }))
    await one.synth.advance(1)
    expect(one.made()).toBe(2)
    expect(told).toEqual(['culprit'])
  })
})

describe('listeners', () => {
  it('are told until they are removed, each registration by itself, and may throw', async () => {
    const { synth, troubles, sound } = await start(chain('nothing', true))
    const heard: string[] = []
    const listener = ({ device }: Trouble): void => void heard.push(device)
    const stops = [synth.on('trouble', listener), synth.on('trouble', listener)]
    synth.on('trouble', () => {
      throw new Error('a listener breaks')
    })
    const last: string[] = []
    synth.on('trouble', ({ kind }) => void last.push(kind))
    stops[0]?.()
    await synth.set('culprit.bad', 1)
    await sound(1)
    expect([heard, last, troubles.length]).toEqual([['culprit'], ['nan'], 1])
    await synth.set('culprit.bad', 0)
    await sound(1)
    expect(rms(await sound(0.5))).toBeCloseTo(0.3 / Math.SQRT2, 2)
    stops[1]?.()
    await synth.set('culprit.bad', 1)
    await sound(1)
    expect([heard, last]).toEqual([['culprit'], ['nan', 'nan']])
  })
})

describe('what is not in trouble sounds on', () => {
  const two: Patch = {
    voices: 4,
    devices: {
      tone: { type: 'oscillator', waveform: 'sine', amplitude: 0.2 },
      culprit: { type: 'nothing' },
      other: { type: 'oscillator', waveform: 'sine', amplitude: 0.2, frequency: 3000, shared: true },
    },
    connections: [['tone', 'culprit.in'], ['keys.velocity', 'culprit.bad'], ['culprit', 'out'], ['other', 'out']], // prettier-ignore
  }

  // NaN + x is NaN in the sum: a device that is not `bounded` should sanitise what it puts out
  it('another voice', async () => {
    const { synth, troubles, sound } = await start(two)
    synth.noteOn(69, 0.1)
    await sound(0.2)
    synth.noteOn(81, 1)
    await sound(0.5)
    expect(troubles).toEqual([{ device: 'culprit', voice: 2, kind: 'nan' }])
    expect(levelAt(await sound(0.5), 48000, 440)).toBeCloseTo(0.2, 2)
  })

  it('another device', async () => {
    const { synth, sound } = await start(two)
    synth.noteOn(81, 1)
    await sound(0.5)
    expect(levelAt(await sound(0.5), 48000, 3000)).toBeCloseTo(0.2, 2)
  })
})
