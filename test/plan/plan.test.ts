import { describe, expect, it } from 'vitest'
import type { ConnectionSpec, DeviceSpec, Patch } from '../../src/patch/index.ts'
import { emptyAllocation, keysAtRest, plan, type Allocation, type Plan } from '../../src/plan/index.ts'
import { ServerModel } from './model.ts'
import { compiled } from './network-of.ts'

/** A model of the server with what is running on it. */
class Server {
  readonly model = new ServerModel()
  allocation: Allocation = emptyAllocation()

  go(patch: Patch | undefined): Plan {
    const planned = plan(this.allocation, patch && compiled(patch).network, { position: () => 0.5 })
    this.model.load(planned.load)
    this.model.run([...planned.transaction, ...planned.start])
    this.allocation = planned.allocation
    return planned
  }

  id(device: string, voice = 0): number | undefined {
    return this.allocation.nodes.get(device)?.instances[voice]?.id
  }
}

const running = (patch: Patch): Server => {
  const server = new Server()
  server.go(patch)
  return server
}
const calls = ({ transaction }: Plan): string[] => transaction.map(({ call }) => call)
/** So many voices and no spare ones. */
const exactly = (count: number) => ({ mode: 'mono', unison: { voices: count, spread: 0 } }) as const
const voices = exactly(2)
const organ = (more: Record<string, DeviceSpec> = {}, connections: ConnectionSpec[] = []): Patch => ({
  voices,
  knobs: { knob: 0.5 },
  devices: { osc: { type: 'oscillator' }, osc2: { type: 'oscillator' }, filter: { type: 'filter' }, ...more },
  connections: [['filter', 'out'], ...connections],
})

describe('the plan of a first start', () => {
  it('fills a paused root: shared devices, a group for each voice, shared devices, and starts it at the end', () => {
    const { transaction, start, allocation } = new Server().go({
      voices,
      devices: { osc: { type: 'oscillator' }, slow: { type: 'lfo', shared: true }, room: { type: 'reverb' } },
      connections: [['slow', 'osc.amplitude'], ['osc', 'room.in'], ['room', 'out']], // prettier-ignore
    })
    const words = transaction.map((command) => {
      if (command.call === '/s_new') return `${command.def.split('-')[0]} ${command.action} ${command.target}`
      return command.call === '/g_new' ? `group ${command.action} ${command.target}` : command.call
    })
    const {
      root,
      before,
      voices: all,
      after,
    } = allocation.groups ?? { root: 0, before: 0, voices: 0, after: 0 }
    const [one, two] = allocation.voices.map(({ group }) => group)
    const room = allocation.nodes.get('room')?.instances[0]?.id
    expect(words).toEqual([
      ...[
        '/c_set',
        'group tail 0',
        '/n_run',
        `group tail ${root}`,
        `group tail ${root}`,
        `group tail ${root}`,
      ],
      // nobody plays: voices are born paused
      ...[`group tail ${all}`, '/n_run', `group tail ${all}`, '/n_run'],
      ...[`lfo head ${before}`, `oscillator head ${one}`],
      ...[`oscillator head ${two}`, `reverb head ${after}`, `out after ${room}`],
    ])
    expect(start).toEqual([{ call: '/n_run', id: root, run: true }])
  })

  it('tells the keys of every voice that is born', () => {
    const { network } = compiled(organ())
    const keys = (voice: number) => ({ ...keysAtRest, pitch: (60 + voice) / 128, gate: 1 })
    const [first] = plan(emptyAllocation(), network, { position: () => 0, keys }).transaction
    expect(first).toMatchObject({ call: '/c_set' })
    if (first?.call !== '/c_set') return
    expect(first.values.map(([, value]) => value)).toEqual([
      // the last of each: it is not choked
      ...[60 / 128, 1, 0, 0, 0, 0.5, 0, 0, 1],
      ...[61 / 128, 1, 0, 0, 0, 0.5, 0, 0, 1],
    ])
  })

  it('of nothing from nothing does nothing', () => {
    const { load, transaction, start, allocation } = new Server().go(undefined)
    expect([load, transaction, start, allocation]).toEqual([[], [], [], emptyAllocation()])
  })

  it('leaves the hardware outputs to out, also where there is only one', () => {
    const { network } = compiled(organ({}, [['osc', 'filter.in']]))
    const { nodes } = plan(emptyAllocation(1), network, { position: () => 0 }).allocation
    const others = [...nodes].flatMap(([name, { instances, mix }]) =>
      name === 'out' ? [] : [mix ?? 2, ...instances.map(({ own }) => own ?? 2)],
    )
    for (const bus of others) expect(bus).toBeGreaterThanOrEqual(2)
  })

  it('gives seeds by name and voice, so that one random device does not change another', () => {
    const seeds = (patch: Patch): unknown[] =>
      running(patch)
        .model.synths()
        .filter(({ def }) => def.startsWith('noise'))
        .map(({ controls }) => controls['-seed'])
    const noise: Patch = { voices, devices: { hiss: { type: 'noise' } }, connections: [['hiss', 'out']] }
    const more: Patch = {
      ...noise,
      devices: { first: { type: 'lfo', waveform: 'random' }, ...noise.devices },
    }
    expect(new Set(seeds(noise)).size).toBe(2)
    expect(seeds(more)).toEqual(seeds(noise))
  })
})

describe('the plan of an edit', () => {
  it('sets a constant on the living synth, and nothing else', () => {
    const cutoff = (hertz: number): Patch =>
      organ({ filter: { type: 'filter', cutoff: hertz } }, [['osc', 'filter.in']])
    const server = running(cutoff(440))
    const planned = server.go(cutoff(880))
    expect(planned.transaction).toEqual(
      [0, 1].map((voice) => ({ call: '/n_set', id: server.id('filter', voice), controls: { cutoff: 81 } })),
    )
    expect(planned.report).toMatchObject({
      set: ['filter'],
      replaced: [],
      added: [],
      removed: [],
      synths: { born: 0, freed: 0 },
    })
  })

  it('maps and unmaps a control cable on the living synth', () => {
    const lfo = { lfo: { type: 'lfo' } }
    // read by the other one all along, so that it keeps its bus
    const steady: ConnectionSpec[] = [['osc', 'filter.in'], ['lfo', 'osc.width']] // prettier-ignore
    const server = running(organ(lfo, steady))
    const plugged = server.go(organ(lfo, [...steady, ['lfo', 'filter.cutoff', 0.5]]))
    expect(new Set(calls(plugged))).toEqual(new Set(['/n_set', '/n_map']))
    const pulled = server.go(organ(lfo, steady))
    expect(calls(pulled)).toEqual(['/n_set', '/n_set'])
    expect(server.model.synth(server.id('filter') ?? 0)?.controls['cutoff.1']).toBe(0)
  })

  it('replaces a synth whose audio source is another one, though its SynthDef stays: it reads the bus at its birth', () => {
    // both are read all along, so that only the reader changes
    const both = { other: { type: 'filter' } }
    const cables = (a: string, b: string): ConnectionSpec[] => [[a, 'filter.in'], [b, 'other.in'], ['other', 'out']] // prettier-ignore
    const server = running(organ(both, cables('osc', 'osc2')))
    const ids = [server.id('filter'), server.id('osc')]
    const planned = server.go(organ(both, cables('osc2', 'osc')))
    expect(planned.report.replaced.toSorted()).toEqual(['filter', 'other'])
    expect(planned.report.kept.toSorted()).toEqual(['osc', 'osc2', 'out'])
    expect(planned.report.set).toEqual([])
    expect(planned.load).toEqual([])
    expect(server.id('filter')).not.toBe(ids[0])
    expect(server.id('osc')).toBe(ids[1])
  })

  it('gives a mixer that becomes audio an audio bus, and its control bus back', () => {
    const devices: Patch['devices'] = {
      ...{ mix: { type: 'mixer', shared: true }, tone: { type: 'oscillator', shared: true } },
      ...{ lfo: { type: 'lfo', shared: true }, amp: { type: 'amplifier', shared: true } },
    }
    const patch = (source: string): Patch => ({ devices, connections: [[source, 'mix.in1'], ['mix', 'amp.in'], ['amp', 'out']] }) // prettier-ignore
    // the numbers of both buses are equal at some of these starts
    for (const shift of [0, 1, 2, 3]) {
      const server = new Server()
      const { audioBuses } = server.allocation
      server.allocation = { ...server.allocation, controlBuses: { next: shift, free: {} }, audioBuses }
      server.go(patch('lfo'))
      server.go(patch('tone'))
      server.go(undefined)
      const { controlBuses, audioBuses: audio } = server.allocation
      const free = (runs: typeof audio.free): number =>
        Object.entries(runs).reduce((sum, [n, list]) => sum + Number(n) * list.length, 0)
      expect([free(controlBuses.free), free(audio.free)]).toEqual([controlBuses.next - shift, audio.next - 2])
    }
  })

  it('silences every control bus that it takes back: of devices, knobs and keys', () => {
    const server = running(organ({}, [['knob', 'filter.cutoff']]))
    expect(server.model.buses.size).toBeGreaterThan(0)
    server.go(undefined)
    expect([...server.model.buses]).toEqual([])
  })

  it('moves a synth whose place changes, and keeps it', () => {
    const names = { a: { type: 'mixer' }, b: { type: 'mixer' } }
    const server = running({ voices: exactly(1), devices: names, connections: [] })
    const before = server.go({ voices: exactly(1), devices: names, connections: [] })
    const after = server.go({
      voices: exactly(1),
      devices: { b: { type: 'mixer' }, a: { type: 'mixer' } },
      connections: [],
    })
    expect(calls(before)).not.toContain('/n_order')
    expect(after.transaction).toMatchObject([{ call: '/n_order', ids: [server.id('b')] }])
    expect(after.report.kept.toSorted()).toEqual(['a', 'b', 'out'])
  })

  it('adds and removes voices at the end, counts their synths, and keeps the others', () => {
    const server = running({ ...organ(), voices: exactly(3) })
    const ids = [0, 1].map((voice) => server.id('osc', voice))
    const fewer = server.go({ ...organ(), voices: exactly(2) })
    expect(fewer.report.synths).toEqual({ born: 0, freed: 3, back: 0 })
    // of a note with fewer voices each is louder
    expect(fewer.transaction.filter(({ call }) => call !== '/n_set')).toMatchObject([
      { call: '/n_free', ids: [expect.any(Number)] },
      { call: '/c_set' },
    ])
    for (const command of fewer.transaction)
      if (command.call === '/n_set') expect(command.controls).toEqual({ '-share': Math.fround(Math.SQRT1_2) })
    const more = server.go({ ...organ(), voices: exactly(4) })
    expect(more.report.synths).toEqual({ born: 6, freed: 0, back: 0 })
    expect([0, 1].map((voice) => server.id('osc', voice))).toEqual(ids)
  })

  it('takes a device that becomes shared for another one', () => {
    const server = running(organ({ osc: { type: 'oscillator', frequency: 100 } }, [['osc', 'filter.in']]))
    const planned = server.go(
      organ({ osc: { type: 'oscillator', frequency: 100, shared: true } }, [['osc', 'filter.in']]),
    )
    expect(planned.report.replaced).toEqual(['osc', 'filter'])
    expect(server.model.synths(server.allocation.groups?.before).map(({ id }) => id)).toEqual([
      server.id('osc'),
    ])
  })

  it('frees SynthDefs that no device uses any more, and loads none twice', () => {
    const server = running(organ())
    const planned = server.go(organ({ hiss: { type: 'noise' } }))
    expect(planned.load.map(({ name }) => name.split('-')[0])).toEqual(['noise'])
    expect(server.go(organ()).transaction.at(-1)).toEqual({ call: '/d_free', names: [planned.load[0]?.name] })
  })
})
