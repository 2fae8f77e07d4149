import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Patch } from '../../src/patch/index.ts'
import { clockNames, keyNames, portOf, type DeviceInfo } from '../../src/patch/ports.ts'
import { chokeBus } from '../../src/plan/choke.ts'
import { plan, voicesOf, type NetworkNode } from '../../src/plan/index.ts'
import { knobBusValue } from '../../src/plan/knobs.ts'
import { out, standard } from '../../src/devices/index.ts'
import type { ModelSynth } from '../plan/model.ts'
import { patchArbitrary, runs } from './patches.ts'
import { position, start, type Started } from './start.ts'

const catalogue: Readonly<Record<string, DeviceInfo>> = { ...standard, out }

/** Every synth with the device and the voice that it stands for; −1 for what is shared. */
function placed({ planned, model }: Started): { device: string; voice: number; synth: ModelSynth }[] {
  const byId = new Map(
    [...planned.allocation.nodes].flatMap(([device, { node, instances }]) =>
      instances.map(({ id }, voice) => [id, { device, voice: node.part === 'voice' ? voice : -1 }] as const),
    ),
  )
  return model.synths().map((synth) => {
    const found = byId.get(synth.id)
    if (found === undefined) throw new Error(`nobody knows synth ${synth.id}`)
    return { ...found, synth }
  })
}

const generators = new Set(['oscillator', 'noise'])

/** Cables as they are after bypassed devices are taken out: `from → to.port · amount`, feedback marked. */
function cablesOf(
  patch: Started['parsed'],
): { from: string; to: string; port: string; amount: number; feedback: boolean; kind: string }[] {
  const bypassed = (name: string): boolean => patch.devices[name]?.bypass === true
  const shared = (name: string): boolean => name === 'out' || patch.devices[name]?.shared === true
  type Found = { from: string; amount: number; feedback: boolean; kind: string }
  const sources = (cable: (typeof patch.connections)[number], way: readonly string[]): Found[] => {
    const { from, amount = 1, feedback } = cable
    if (from.kind === 'clock') return [{ from: `clock.${from.output}`, amount, feedback, kind: 'clock' }]
    if (from.kind === 'keys') return [{ from: `keys.${from.key}`, amount, feedback, kind: 'keys' }]
    if (from.kind === 'knob' || !bypassed(from.name))
      return [{ from: from.name, amount, feedback, kind: from.kind }]
    const type = patch.devices[from.name]?.type ?? ''
    // what sounds by itself lets nothing through: it is silent
    if (way.includes(from.name) || generators.has(type)) return []
    return patch.connections
      .filter(({ to, port }) => to === from.name && isFirstSignal(type, port))
      .flatMap((inner) =>
        sources(inner, [...way, from.name]).map((found) => ({
          ...found,
          amount: found.amount * amount,
          feedback: found.feedback || feedback,
        })),
      )
  }
  return patch.connections
    .filter(({ to }) => !bypassed(to))
    .flatMap((cable) => sources(cable, []).map((found) => ({ ...found, to: cable.to, port: cable.port })))
    .filter(({ kind, to }) => kind !== 'keys' || !shared(to))
}

function isFirstSignal(type: string, port: string): boolean {
  const info = catalogue[type]
  const first = Object.entries(info?.ports ?? {}).find(([, { kind }]) => kind === 'signal')?.[0]
  return port === first || (first?.endsWith('#') === true && port.replace(/\d+$/, '#') === first)
}

/** What stands for 1 in the unit in which a port adds up: the port's own, notes, or a logarithm. */
function spanOf(type: string, port: string): number {
  const declaration = portOf(catalogue[type] as DeviceInfo, port)
  if (declaration?.kind !== 'value') return 1
  if (declaration.scale === 'pitch') return 128
  return declaration.scale === 'linear'
    ? declaration.max - declaration.min
    : Math.log(declaration.max / declaration.min)
}

/** Tries something with random patches. */
const everyPatch = (check: (patch: Patch) => void): void =>
  fc.assert(fc.property(patchArbitrary(), check), runs(80))

describe('a first start of any patch', () => {
  it('has one synth for every device and voice, none for bypassed ones, and no other but out and a clock that is read', () =>
    everyPatch((patch) => {
      const started = start(patch)
      const { devices, voices } = started.parsed
      const expected = Object.entries(devices)
        .filter(([, { bypass }]) => !bypass)
        .flatMap(([name, { shared }]) =>
          shared ? [`${name} -1`] : Array.from({ length: voicesOf(voices) }, (_, v) => `${name} ${v}`),
        )
      const isRead = cablesOf(started.parsed).some(({ kind }) => kind === 'clock')
      if (isRead) expected.push('clock -1')
      const found = placed(started).map(({ device, voice }) => `${device} ${voice}`)
      expect(found.toSorted()).toEqual([...expected, 'out -1'].toSorted())
      if (isRead) expect(found[0]).toBe('clock -1')
      expect(found.at(-1)).toBe('out -1')
      for (const { synth, device } of placed(started))
        expect(synth.def).toMatch(new RegExp(`^${devices[device]?.type ?? device}-[0-9a-f]{16}$`))
    }))

  it('runs writers before readers, in every voice', () =>
    everyPatch((patch) => {
      const started = start(patch)
      const order = placed(started)
      const at = (device: string, voice: number): number[] =>
        order.flatMap((synth, i) =>
          synth.device === device && (synth.voice === voice || synth.voice === -1 || voice === -1) ? [i] : [],
        )
      const voices = [...new Set(order.map(({ voice }) => voice))]
      for (const { from, to, feedback, kind } of cablesOf(started.parsed)) {
        if (kind !== 'device' || feedback) continue
        for (const voice of voices.filter((v) =>
          order.some((synth) => synth.device === to && synth.voice === v),
        ))
          expect(Math.max(...at(from, voice))).toBeLessThan(Math.min(...at(to, voice)))
      }
    }))

  it('gives every output a bus of its own, and the sum of all voices one', () =>
    everyPatch((patch) => {
      const started = start(patch)
      const owners = new Map<string, string>()
      const claim = (rate: string, bus: number, owner: string): void => {
        expect(owners.get(`${rate} ${bus}`) ?? owner).toBe(owner)
        owners.set(`${rate} ${bus}`, owner)
      }
      const { allocation } = started.planned
      for (const [voice, { keys }] of allocation.voices.entries())
        for (const [k, key] of [...keyNames, 'choke'].entries())
          claim('control', keys + k, `keys.${key} ${voice}`)
      for (const [key, bus] of allocation.knobBuses) claim('control', bus, key)
      for (const { device, voice, synth } of placed(started)) {
        const node = started.network.nodes.find(({ name }) => name === device) as NetworkNode
        const { rate, channels, further = 0 } = node
        for (const [control, owner] of [
          ['-own', `${device} ${voice}`],
          ['-mix', `${device} mix`],
        ] as const) {
          const bus = synth.given[control]
          if (bus === undefined) continue
          expect(synth.writes).toBe(rate)
          const width = channels + (control === '-own' ? further : 0)
          for (let c = 0; c < width; c++) claim(rate, Number(bus) + c, owner)
        }
      }
      // hardware outputs belong to out alone
      expect([owners.get('audio 0'), owners.get('audio 1')]).toEqual(['out -1', 'out -1'])
    }))

  it('reads at every port what the patch connects to it, with its amount', () =>
    everyPatch((patch) => {
      const started = start(patch)
      const { allocation } = started.planned
      const synths = placed(started)
      const writers = new Map<string, string[]>()
      const add = (key: string, owner: string): void =>
        void writers.set(key, [...(writers.get(key) ?? []), owner])
      for (const { device, voice, synth } of synths)
        if (device === 'clock')
          for (const [i, output] of clockNames.entries())
            add(`control ${Number(synth.given['-own']) + i}`, `clock.${output} -1`)
        else
          for (const side of ['-own', '-mix'])
            if (synth.given[side] !== undefined)
              add(
                `${synth.writes} ${Number(synth.given[side])}`,
                `${device} ${side === '-mix' ? 'mix' : voice}`,
              )
      for (const [voice, { keys }] of allocation.voices.entries())
        for (const [k, key] of keyNames.entries()) add(`control ${keys + k}`, `keys.${key} ${voice}`)
      const cables = cablesOf(started.parsed)
      const isVoice = (name: string): boolean => started.parsed.devices[name]?.shared === false

      for (const { device, voice, synth } of synths) {
        if (device === 'clock') continue
        const type = device === 'out' ? 'out' : (started.parsed.devices[device]?.type ?? '')
        const found: string[] = []
        for (const [name, value] of Object.entries(synth.given)) {
          const [, port, index, bus] = /^(.+)\.(\d+)(\.bus)?$/.exec(name) ?? []
          if (port === undefined) continue
          const key =
            bus === undefined
              ? typeof value === 'number'
                ? undefined
                : `control ${'controlBus' in value ? value.controlBus : -1}`
              : `audio ${Number(value)}`
          if (key === undefined) {
            expect(value).toBe(0)
            continue
          }
          const amount = synth.given[`${port}.${index}.amount`] ?? 1
          const [owner = 'nobody'] = writers.get(key) ?? []
          const readers = new Set(writers.get(key))
          expect(readers.size).toBe(1)
          const [source, side] = owner.split(' ')
          if (side === 'mix') {
            expect(voice).toBe(-1)
            expect(writers.get(key)).toHaveLength(voicesOf(started.parsed.voices))
          } else if (source !== undefined && !isVoice(source) && !source.startsWith('keys.'))
            expect(side).toBe('-1')
          else expect(side).toBe(String(voice))
          found.push(`${source} → ${port} · ${Number(amount)}`)
        }
        const wanted = cables.filter(({ to, kind }) => to === device && kind !== 'knob')
        const expected = wanted.map(
          ({ from, port, amount }) => `${from} → ${port} · ${Math.fround(amount * spanOf(type, port))}`,
        )
        // besides its cables a port of a voice may read its normal
        const normals = found.filter((text) => !expected.includes(text))
        for (const text of normals) {
          const [source = '', port = ''] = text.split(/ → | · /)
          const declaration = portOf(catalogue[type] as DeviceInfo, port)
          expect(declaration && 'normal' in declaration ? declaration.normal : 'nothing').toBe(source)
        }
        expect(found.filter((text) => !normals.includes(text)).toSorted()).toEqual(expected.toSorted())
      }
    }))

  it('gives every port that knobs reach their sum, on a bus', () =>
    everyPatch((patch) => {
      const started = start(patch)
      const { allocation } = started.planned
      const mappingOf = new Map(
        [...allocation.knobBuses].map(([key, bus]) => [bus, started.network.knobs.get(key)]),
      )
      const cables = cablesOf(started.parsed).filter(({ kind }) => kind === 'knob')
      for (const { device, synth } of placed(started)) {
        const ports = new Set(cables.filter(({ to }) => to === device).map(({ port }) => port))
        for (const port of ports) {
          const value = synth.given[port]
          const bus = typeof value === 'object' && 'controlBus' in value ? value.controlBus : -1
          const mapping = mappingOf.get(bus)
          const expected = cables.filter((cable) => cable.to === device && cable.port === port)
          expect(mapping?.terms.map(({ name, amount }) => `${name} · ${amount}`).toSorted()).toEqual(
            expected.map(({ from, amount }) => `${from} · ${amount}`).toSorted(),
          )
          if (mapping)
            expect(started.model.buses.get(bus) ?? 0).toBe(Math.fround(knobBusValue(mapping, position)))
        }
        // and no other port is mapped to a bus of knobs
        for (const [port, value] of Object.entries(synth.given))
          if (typeof value === 'object' && 'controlBus' in value && mappingOf.has(value.controlBus))
            expect(device === 'clock' ? ['rate', 'fine'] : [...ports]).toContain(port)
      }
    }))

  it('gives controls only to ports and duties of the device, and every control of its SynthDef but those of fades', () =>
    everyPatch((patch) => {
      const started = start(patch)
      for (const { device, voice, synth } of placed(started)) {
        if (device === 'clock') continue
        const choke = synth.given['-choke']
        const own = started.planned.allocation.voices[voice]
        expect(choke !== undefined).toBe(voice >= 0 && synth.given['-mix'] !== undefined)
        if (choke && own) {
          expect(choke).toEqual({ controlBus: chokeBus(own) })
          expect(started.model.buses.get(chokeBus(own))).toBe(1)
        }
        const info = catalogue[started.parsed.devices[device]?.type ?? 'out'] as DeviceInfo
        for (const name of Object.keys(synth.given))
          if (
            !['-own', '-mix', '-choke', '-gate', '-forget', '-share', '-place', '-random', '-seed'].includes(
              name,
            )
          )
            expect(portOf(info, name.replace(/\.\d+(\.bus|\.amount)?$/, ''))).toBeDefined()
        const missing = Object.keys(synth.controls).filter((name) => !Object.hasOwn(synth.given, name))
        expect(missing.filter((name) => !/^-(fade|mixFade|onset|resume|pulse)$/.test(name))).toEqual([])
      }
    }))

  it('has its own random generator and seed for each synth that draws random numbers', () =>
    everyPatch((patch) => {
      const random = placed(start(patch)).filter(({ synth }) => '-random' in synth.controls)
      expect(new Set(random.map(({ synth }) => synth.controls['-random'])).size).toBe(random.length)
      expect(new Set(random.map(({ synth }) => synth.controls['-seed'])).size).toBe(random.length)
    }))

  it('is paused until it starts, and needs nothing to stay as it is', () =>
    everyPatch((patch) => {
      const { planned, network, model } = start(patch)
      expect(planned.report.added.toSorted()).toEqual(network.nodes.map(({ name }) => name).toSorted())
      expect(planned.report.synths).toEqual({ born: model.synths().length, freed: 0, back: 0 })
      expect(model.group(planned.allocation.groups?.root ?? -1)?.paused).toBe(false)
      expect(planned.start).toHaveLength(1)
      const again = plan(planned.allocation, network, { position })
      expect([again.load, again.transaction, again.start]).toEqual([[], [], []])
      expect(again.allocation).toEqual(planned.allocation)
      expect(again.report).toMatchObject({
        added: [],
        removed: [],
        replaced: [],
        set: [],
        synths: { born: 0, freed: 0, back: 0 },
      })
      expect(again.report.kept).toHaveLength(network.nodes.length)
    }))
})
