import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeSynthDefs } from '../../src/scsynth/index.ts'
import {
  add,
  compileSynthDef,
  makeUGen,
  mul,
  sub,
  ugens,
  ugenTable,
  unaryOp,
  type Signal,
  type UGenInfo,
  type UGenName,
} from '../../src/ugens/index.ts'
import { isRefused } from '../scsynth/problem-of.ts'
import { observe, play, valuesOf } from './play.ts'
import { proofs } from './proofs.ts'
import { rig, type Proof } from './rig.ts'

const table = Object.entries(ugenTable) as [UGenName, UGenInfo][]
const rateNames = { audio: 'ar', control: 'kr', scalar: 'ir' } as const

describe('every UGen of the table', () => {
  const rows = table.flatMap(([name, { rates }]) => rates.map((rate) => ({ name, rate })))

  it.each(rows)('$name at $rate does what its inputs say', async ({ name, rate }) => {
    expect.hasAssertions()
    const proof = (proofs[name] as Partial<Record<typeof rate, Proof>>)[rate]
    expect(proof).toBeTypeOf('function')
    await proof?.(rig(rate))
  })

  it('has the inputs and outputs that it has in the files of sclang', () => {
    const folders = ['test/golden', 'node_modules/supersonic-scsynth-synthdefs/synthdefs']
    const files = folders.flatMap((folder) =>
      readdirSync(folder).flatMap((name) => (name.endsWith('.scsyndef') ? [`${folder}/${name}`] : [])),
    )
    const found = new Set<string>()
    const wrong: string[] = []
    for (const file of files)
      for (const ugen of decodeSynthDefs(new Uint8Array(readFileSync(file)))[0]?.ugens ?? []) {
        const info = (ugenTable as Readonly<Record<string, UGenInfo>>)[ugen.name]
        if (info === undefined || ugen.rate === 'demand') continue
        found.add(ugen.name)
        // Overtone, which wrote some of the files, adds its `mul` and `add` to the inputs; the server ignores them.
        const extra = ugen.inputs.length - info.inputs.length
        const fits =
          info.rest === undefined ? extra === 0 || (extra === 2 && !file.startsWith('test/')) : extra >= 0
        if (
          !fits ||
          !info.rates.includes(rateNames[ugen.rate]) ||
          ![ugen.outputs.length, 'n'].includes(info.outputs)
        )
          wrong.push(`${ugen.name} in ${file}`)
      }
    expect(wrong).toEqual([])
    expect(found.size).toBeGreaterThan(40)
  })
})

describe('the constructors', () => {
  const { EnvGen, FreeSelf, In, LPF, Out, Pan2, Saw, SinOsc } = ugens

  it('take defaults for what is not given', () => {
    expect(SinOsc.ar()).toEqual(SinOsc.ar(440, 0))
    expect(SinOsc.ar(100)).toEqual(SinOsc.ar(100, 0))
  })

  it('have as many outputs as they say', () => {
    expect(Pan2.ar(Saw.ar())).toHaveLength(2)
    expect(In.ar(5, 3)).toHaveLength(5)
  })

  it('refuse too many and missing inputs, and a number of channels that is none', () => {
    expect(isRefused('invalid-device-type', () => Saw.ar(440, 0))).toBe(true)
    // @ts-expect-error: what is filtered has no default
    expect(isRefused('invalid-device-type', () => LPF.ar())).toBe(true)
    for (const channels of [0, 1.5, -1])
      expect(isRefused('invalid-device-type', () => In.ar(channels, 0))).toBe(true)
    // @ts-expect-error: the number of channels is known when a SynthDef is made
    expect(isRefused('invalid-device-type', () => In.ar(SinOsc.kr(1), 0))).toBe(true)
    expect(isRefused('invalid-device-type', () => SinOsc.ar(NaN))).toBe(true)
  })

  it('know the rates that there are', () => {
    // @ts-expect-error: FreeSelf is at control rate
    expect(FreeSelf.ar).toBe(undefined)
  })

  it('make audio signals of slower ones where the server reads samples', async () => {
    const slow = SinOsc.kr(1, Math.PI / 2)
    const [filtered = new Float32Array()] = await valuesOf([LPF.ar(slow, 5000)], 4096)
    expect(filtered[4000]).toBeCloseTo(Math.cos((2 * Math.PI * 4000) / 48000), 1)
    const { channels } = await play([{ def: compileSynthDef('', [Out.ar(0, 0.25, slow)]) }], 2)
    expect(channels[0]?.every((x) => x === 0.25)).toBe(true)
  })

  it('leave no UGen without an output to be read', () => {
    expect(isRefused('invalid-device-type', () => compileSynthDef('', [Out.ar(0, FreeSelf.kr(1))]))).toBe(
      true,
    )
  })

  it('take the segments of EnvGen after its inputs', () => {
    const made = EnvGen.kr(1, 1, 0, 1, 2, 0, 1, -99, -99, 1, 0.5, 1, 0)
    expect(made).toMatchObject({ ugen: { inputs: { length: 13 }, rate: 'control' } })
  })
})

/**
 * Inputs that are heard at audio rate. The others of UGens at audio rate are read once a block: a wave that is zero
 * there changes nothing.
 */
const heard = {
  SinOsc: 'freq phase',
  Saw: '',
  Pulse: '',
  LFTri: 'freq',
  LFSaw: 'freq',
  LFPulse: 'freq',
  VarSaw: 'freq',
  Impulse: 'freq phase',
  LPF: 'in',
  HPF: 'in',
  BPF: 'in',
  BRF: 'in',
  RLPF: 'in',
  RHPF: 'in',
  MoogFF: 'in',
  OnePole: 'in coef',
  OneZero: 'in',
  LeakDC: 'in',
  Lag: 'in',
  DelayN: 'in delayTime',
  DelayL: 'in delayTime',
  DelayC: 'in delayTime',
  CombN: 'in delayTime',
  CombL: 'in delayTime',
  CombC: 'in delayTime',
  AllpassN: 'in delayTime',
  AllpassL: 'in delayTime',
  AllpassC: 'in delayTime',
  FreeVerb: 'in',
  FreeVerb2: 'in in2',
  Pan2: 'in pos',
  Balance2: 'left right pos',
} as const satisfies Partial<Record<UGenName, string>>

describe('audio-rate modulation', () => {
  it.each(Object.entries(heard))('of %s is heard at: %s', async (name, expected) => {
    const info: UGenInfo = ugenTable[name as keyof typeof heard]
    // Zero whenever a block begins.
    const wave = ugens.SinOsc.ar(375)
    const nominal = info.inputs.map(([input, value], i): Signal => {
      if (input.endsWith('~')) return ugens.SinOsc.ar(700 + 100 * i)
      return ugens.DC.ar(input === 'freq' ? 900 : input === 'delayTime' ? 0.01 : (value ?? 0))
    })
    const outputs = info.outputs as number
    const make = (inputs: readonly Signal[]): Signal[] => makeUGen(name, 'audio', inputs, { outputs })
    const render = async (inputs: readonly Signal[]) =>
      (await play([{ def: compileSynthDef('', observe(make(inputs))) }], 20)).channels.slice(0, outputs)
    const plain = await render(nominal)
    const follows: string[] = []
    for (const [i, [input]] of info.inputs.entries()) {
      const depth = input === 'freq' ? 300 : input === 'delayTime' ? 0.001 : 0.1
      const moved = nominal.with(i, add(nominal[i] ?? 0, mul(wave, depth)))
      if (JSON.stringify(await render(moved)) !== JSON.stringify(plain)) follows.push(input.replace('~', ''))
    }
    expect(follows.join(' ')).toBe(expected)
  })
})

describe('what UGens do that one does not expect', () => {
  const { EnvGen, HPZ1, Latch, VarLag } = ugens

  it('EnvGen.ar stops one value before its last level; a further step of no length mends that', async () => {
    const { fs, step } = rig('ar')
    const release = (...last: Signal[]): Signal =>
      EnvGen.ar(sub(1, step(1000)), 1, 0, 1, 0, 1, 1 + last.length / 4, 0, -99, 0, 480 / fs, 1, 0, ...last)
    const [short = [], mended = []] = await valuesOf([release(), release(0, 0, 0, 0)], 4000)
    expect(short[3999]).toBeGreaterThan(0.001)
    expect(mended[3999]).toBe(0)
  })

  it('VarLag overshoots if its time falls on the way; held since the target changed, it does not', async () => {
    const { fs, step } = rig('kr')
    const target = add(step(5), step(25))
    const time = add(20 / fs, mul(step(10), -19 / fs))
    const held = Latch.kr(time, unaryOp('abs', HPZ1.kr(target)))
    const [wild = [], tame = []] = await valuesOf(
      [VarLag.kr(target, time, 0), VarLag.kr(target, held, 0)],
      40,
    )
    expect(Math.max(...wild.slice(0, 25))).toBeGreaterThan(1.2)
    for (const [i, x] of tame.entries())
      expect(x).toBeCloseTo(i <= 25 ? Math.max(0, Math.min(1, (i - 5) / 20)) : Math.min(2, 1 + (i - 25)), 5)
  })
})
