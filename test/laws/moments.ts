import { expect } from 'vitest'
import { busesPerVoice } from '../../src/plan/choke.ts'
import { emptyAllocation, type Allocation } from '../../src/plan/index.ts'
import type { Leaving, Pool } from '../../src/plan/allocation.ts'
import type { NetworkNode } from '../../src/plan/network.ts'
import { ownChannels } from '../../src/plan/resources.ts'
import { canonical, type ModelSynth } from '../plan/model.ts'
import { fresh, type Session } from './start.ts'

/** How many numbers of a pool are in use. */
const used = (pool: Pool, first: number): number =>
  pool.next -
  first -
  Object.entries(pool.free).reduce((sum, [length, free]) => sum + Number(length) * free.length, 0)

export const usage = ({ nodeIds, audioBuses, controlBuses, randomIds }: Allocation): number[] => {
  const empty = emptyAllocation()
  return [
    used(nodeIds, empty.nodeIds.next),
    used(audioBuses, empty.audioBuses.next),
    used(controlBuses, empty.controlBuses.next),
    used(randomIds, empty.randomIds.next),
  ]
}

const sorted = (values: Iterable<number>): number[] => [...values].toSorted((a, b) => a - b)
const rootOf = ({ allocation }: Session): number => allocation.groups?.root ?? -1

/** A session at rest is as if its patch had been started just now. */
export function expectLikeFresh(session: Session): void {
  const other = fresh(session)
  expect(canonical(session.model, rootOf(session))).toEqual(canonical(other.model, rootOf(other)))
  expect([...session.model.defs.keys()].toSorted()).toEqual([...other.model.defs.keys()].toSorted())
  expect([...session.allocation.synthDefs].toSorted()).toEqual([...session.model.defs.keys()].toSorted())
  expect(sorted(session.model.buses.values())).toEqual(sorted(other.model.buses.values()))
  expect(session.model.nodes.size).toBe(other.model.nodes.size)
  expect(usage(session.allocation)).toEqual(usage(other.allocation))
  const { leaving, unplugging, lingering, silence } = session.allocation
  expect([leaving, unplugging, lingering, silence]).toEqual([[], [], [], undefined])
}

export function expectNothingLeft({ model, allocation }: Session): void {
  expect([...model.nodes.keys()]).toEqual([0])
  expect(model.group(0)?.children).toEqual([])
  expect([[...model.buses], [...model.defs]]).toEqual([[], []])
  expect(usage(allocation)).toEqual([0, 0, 0, 0])
}

/** A synth on the model with all that is known of it. */
interface Present {
  readonly synth: ModelSynth
  readonly name: string
  readonly node: NetworkNode
  readonly group: number
  readonly leaving?: Leaving
  readonly reads: readonly string[]
  readonly own: readonly string[]
  readonly mix: readonly string[]
}

/** All synths in the order in which they run; fails if one is not known, or not where it should be, or not there. */
function present({ model, allocation }: Session): Present[] {
  const { nodes, leaving, voices, groups, unplugging } = allocation
  const known = new Map<number, Pick<Present, 'name' | 'node' | 'group' | 'leaving'>>()
  const know = (id: number, what: Pick<Present, 'name' | 'node' | 'group' | 'leaving'>): void => {
    expect(known.has(id)).toBe(false)
    known.set(id, what)
  }
  for (const [name, { node, instances }] of nodes) {
    expect(instances.length).toBe(node.part === 'voice' ? voices.length : 1)
    for (const [voice, { id }] of instances.entries())
      know(id, {
        name,
        node,
        group: (node.part === 'voice' ? voices[voice]?.group : groups?.[node.part]) ?? -1,
      })
  }
  for (const one of leaving) know(one.id, { name: one.name, node: one.node, group: one.group, leaving: one })
  const pending = new Set(unplugging.map(({ id, control }) => `${id} ${control}`))
  const synths = model.synths()
  expect(sorted(synths.map(({ id }) => id))).toEqual(sorted(known.keys()))
  return synths.map((synth) => {
    const what = known.get(synth.id) as Present
    expect(synth.parent).toBe(what.group)
    expect(synth.def).toBe(what.node.def)
    const { node } = what
    const span = (first: unknown, width: number): string[] =>
      typeof first === 'number' ? Array.from({ length: width }, (_, i) => `${node.rate[0]}${first + i}`) : []
    return {
      ...what,
      synth,
      own: span(synth.controls['-own'], ownChannels(node)),
      mix: span(synth.controls['-mix'], node.sum),
      reads: Object.entries(synth.controls).flatMap(([control, value]) => {
        if (typeof value === 'object')
          return 'controlBus' in value && !pending.has(`${synth.id} ${control}`) && !isLate(node, control)
            ? [`c${value.controlBus}`]
            : []
        return control.endsWith('.bus') && !synth.late.has(control) ? [`a${value}`] : []
      }),
    }
  })
}

/** A control signal is mapped either way: a feedback cable only lets its source run later. */
const isLate = ({ controls }: NetworkNode, control: string): boolean => {
  const source = controls[control]
  return source !== undefined && 'late' in source && (source.late ?? false)
}

/** All that must be true at every moment, also in the middle of a fade. */
export function expectSound(session: Session, before: readonly number[]): void {
  const { allocation, model } = session
  const all = present(session)
  const place = new Map(all.map((one, i) => [one, i]))
  const at = (one: Present): number => place.get(one) as number
  const writers = new Map<string, Present[]>()
  for (const one of all)
    for (const bus of [...one.own, ...one.mix]) writers.set(bus, [...(writers.get(bus) ?? []), one])
  const old = new Map(before.map((id, i) => [id, i]))
  for (const reader of all)
    for (const bus of reader.reads)
      for (const writer of writers.get(bus) ?? []) {
        if (writer === reader) continue
        const follows = at(writer) < at(reader)
        const says = `${writer.name} ${writer.synth.id} writes ${bus} before ${reader.name} ${reader.synth.id} reads it`
        const [w, r] = [old.get(writer.synth.id), old.get(reader.synth.id)]
        const wasBefore = w !== undefined && r !== undefined && w < r
        if (writer.leaving === undefined && reader.leaving === undefined) expect(follows, says).toBe(true)
        else if (writer.leaving === undefined) {
          // where a cable was turned round, what leaves does without what is new and reads it
          const held = all.some((other) => at(other) > at(reader) && at(other) <= at(writer) && other.reads.some((bus) => [...reader.own, ...reader.mix].includes(bus))) // prettier-ignore
          if (wasBefore || !held) expect(follows, says).toBe(true)
        } else if (reader.leaving === undefined) {
          // it can stand before its reader unless it reads itself what stands behind it
          const held = all.some((other) => at(other) >= at(reader) && at(other) < at(writer) && [...other.own, ...other.mix].some((written) => writer.reads.includes(written))) // prettier-ignore
          if (!held) expect(follows, says).toBe(true)
        } else {
          if (wasBefore) expect(follows, says).toBe(true)
        }
      }
  // a bus belongs to one device: to a synth and those that it follows on, or to the sum over all voices
  for (const [bus, list] of writers) {
    const [first] = list
    expect(new Set(list.map(({ name }) => name)), bus).toEqual(new Set([first?.name]))
    const onOwn = list.filter(({ own }) => own.includes(bus))
    if (onOwn.length > 0) {
      expect(onOwn.length, bus).toBe(list.length)
      expect(new Set(list.map(({ group }) => group)).size, bus).toBe(1)
      expect(list.filter(({ leaving }) => leaving === undefined).length, bus).toBeLessThan(2)
    }
  }
  const reserved = [
    ...allocation.voices.flatMap(({ keys }) =>
      Array.from({ length: busesPerVoice }, (_, i) => `c${keys + i}`),
    ),
    ...[...allocation.knobBuses.values()].map((bus) => `c${bus}`),
    ...(allocation.silence === undefined ? [] : [0, 1].map((i) => `a${(allocation.silence ?? 0) + i}`)),
  ]
  expect(new Set(reserved).size).toBe(reserved.length)
  for (const bus of reserved) expect(writers.has(bus), bus).toBe(false)
  expectFades(session, all)
  // what rings out is not heard twice, as itself and as its own tail
  const ringing = new Set(all.flatMap(({ leaving }) => leaving?.tail ?? []))
  const paused = allocation.voices.every((voice) => voice.paused)
  for (const { name, part } of session.network?.tails ?? [])
    if (part !== 'voice' || !paused) expect([...ringing]).toContain(name)
  // what is in use is what is held
  const audio = [...writers.keys()].filter((bus) => bus.startsWith('a') && bus !== 'a0' && bus !== 'a1')
  expect(usage(allocation)[0]).toBe(model.nodes.size - 1)
  const lingering = allocation.lingering.filter(({ pool }) => pool === 'audio')
  expect(usage(allocation)[1]).toBe(
    audio.length +
      (allocation.silence === undefined ? 0 : 2) +
      lingering.reduce((sum, { length }) => sum + length, 0),
  )
  // nobody is given a bus to which a synth still refers
  for (const { first, pool } of allocation.lingering) expect(writers.has(`${pool[0]}${first}`)).toBe(false)
  const free = new Set(
    (['audioBuses', 'controlBuses'] as const).flatMap((kind) =>
      Object.entries(allocation[kind].free).flatMap(([length, runs]) =>
        runs.flatMap((run) => Array.from({ length: Number(length) }, (_, i) => `${kind[0]}${run + i}`)),
      ),
    ),
  )
  for (const { name, reads } of all)
    for (const bus of reads) expect(free.has(bus), `${name} ${bus}`).toBe(false)
  expect(usage(allocation)[3]).toBe(new Set(all.flatMap(({ synth }) => synth.controls['-random'] ?? [])).size)
  const kept = allocation.lingering.map(({ first }) => `c${first}`)
  for (const bus of model.buses.keys()) expect([...reserved, ...kept]).toContain(`c${bus}`)
  for (const { id, control } of allocation.unplugging)
    expect(model.synth(id)?.controls[`${control}.amount`] ?? 0).toBe(0)
}

/** In the end what is wanted is heard alone on its buses, without a jump on the way. */
function expectFades({ model }: Session, all: readonly Present[]): void {
  for (const [i, { leaving, synth, node, group, name, own, mix }] of all.entries()) {
    if (model.group(group)?.paused) continue
    const {
      '-fade': fade,
      '-mixFade': mixFade,
      '-onset': onset,
      '-resume': resume,
      '-pulse': pulse,
    } = synth.controls
    if (leaving === undefined) {
      expect([fade ?? 1, mixFade ?? 1, onset ?? 1, resume ?? 0, pulse ?? 0], name).toEqual([1, 1, 1, 0, 0])
      continue
    }
    if (node.rings) expect(fade ?? 0, name).toBe(0)
    const wanted = all.findIndex((other) => other.name === name && other.group === group && !other.leaving)
    const successor = all[wanted]
    if (successor === undefined || node.rings || successor.node.rings) continue
    if (own[0] !== undefined && own[0] === successor.own[0] && wanted < i) expect(fade ?? 0, name).toBe(0)
    if (mix[0] !== undefined && mix[0] === successor.mix[0]) expect(mixFade ?? 0, name).toBe(0)
  }
}
