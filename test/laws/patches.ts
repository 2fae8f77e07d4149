import fc from 'fast-check'
import { standard } from '../../src/devices/index.ts'
import type { ConnectionSpec, DeviceInfo, KnobSpec, Patch, VoicePolicy } from '../../src/patch/index.ts'
import { clockNames, keyNames, portOf } from '../../src/patch/ports.ts'
import { denormalise } from '../../src/plan/index.ts'

/**
 * Runs of each law: `MEGASYNTH_RUNS=10` runs ten times as many. The same patches are tried each time, so that a change is
 * judged by what it changed; `MEGASYNTH_SEED=random` looks for new ones, and prints the seed for coming back to it.
 */
const factor = Number(process.env['MEGASYNTH_RUNS'] ?? 1)
const chosen = process.env['MEGASYNTH_SEED'] ?? '20261122'
const seed = chosen === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(chosen)
console.log(`laws: MEGASYNTH_SEED=${seed} MEGASYNTH_RUNS=${factor}`)

/** Parameters of fast-check for a law that is tried so many times by default. */
export const runs = (count: number): { numRuns: number; seed: number } => ({
  numRuns: Math.max(1, Math.round(count * factor)),
  seed,
})

const types = Object.keys(standard) as (keyof typeof standard)[]
const catalogue: Readonly<Record<string, DeviceInfo>> = standard

/** Where a cable comes from; numbers choose among what is there. */
interface InputGene {
  readonly kind: 'device' | 'knob' | 'keys' | 'clock' | 'feedback'
  readonly source: number
  readonly port: number
  readonly amount: number | undefined
}

interface DeviceGene {
  readonly type: (typeof types)[number]
  readonly place: 'before' | 'voice' | 'after'
  /** Devices with a lower rank may be read by those with a higher one. */
  readonly rank: number
  /** Where it stands in the text of the patch. */
  readonly declared: number
  readonly bypass: boolean
  readonly toOut: boolean
  /** Port or option by its number, and the place of its constant between its ends. */
  readonly constants: readonly (readonly [port: number, at: number])[]
  readonly inputs: readonly InputGene[]
}

/** What a random patch grows from: shrinking it shrinks the patch. */
export interface Genes {
  readonly voices: VoicePolicy
  readonly knobs: readonly KnobSpec[]
  readonly out: readonly InputGene[]
  readonly devices: readonly DeviceGene[]
}

const position = fc.integer({ min: 0, max: 64 }).map((n) => n / 64)
const small = fc.nat({ max: 63 })

const knobArbitrary: fc.Arbitrary<KnobSpec> = fc.oneof(
  { weight: 3, arbitrary: position },
  fc.record({ value: position }),
  fc
    .tuple(
      position,
      fc.constantFrom<[number, number]>([0.1, 0.9], [100, 4000], [4000, 200], [0.5, 30]),
      fc.constantFrom('linear', 'exponential', 'pitch', undefined),
    )
    .map(([value, range, scale]) => ({ value, range, ...(scale && { scale }) })),
  fc
    .tuple(position, fc.constantFrom<[number, number]>([-1, 1], [1, -1], [0, 1], [-24, 3]))
    .map(([value, range]) => ({ value, range, scale: 'linear' as const })),
)

const amountArbitrary = fc.option(
  fc.oneof(
    fc.constantFrom(1, -1, 0.5, 1 / 128),
    fc.integer({ min: -32, max: 32 }).map((n) => n / 8),
  ),
  { nil: undefined, freq: 2 },
)

const inputArbitrary: fc.Arbitrary<InputGene> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('device' as const) },
    { weight: 2, arbitrary: fc.constantFrom('knob' as const, 'keys' as const) },
    { weight: 1, arbitrary: fc.constantFrom('feedback' as const, 'clock' as const) },
  ),
  source: small,
  port: small,
  amount: amountArbitrary,
})

const deviceArbitrary: fc.Arbitrary<DeviceGene> = fc.record({
  type: fc.constantFrom(...types),
  place: fc.oneof(
    { weight: 4, arbitrary: fc.constant('voice' as const) },
    { weight: 1, arbitrary: fc.constantFrom('before' as const, 'after' as const) },
  ),
  rank: fc.nat({ max: 7 }),
  declared: fc.nat({ max: 7 }),
  bypass: fc.nat({ max: 7 }).map((n) => n === 7),
  toOut: fc.boolean(),
  constants: fc.array(fc.tuple(small, position), { maxLength: 4 }),
  inputs: fc.array(inputArbitrary, { maxLength: 4 }),
})

/** How voices are given to notes; a note takes no more of them than there are. */
const voicesArbitrary: fc.Arbitrary<VoicePolicy> = fc
  .record({
    count: fc.integer({ min: 1, max: 8 }),
    mode: fc.constantFrom('poly', 'mono', 'legato', 'drone'),
    unison: fc.oneof(
      { weight: 2, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
      {
        weight: 1,
        arbitrary: fc.record({
          voices: fc.integer({ min: 1, max: 3 }),
          detune: fc.constantFrom(0, 12),
          spread: fc.constantFrom(0, 0.7, 1),
        }),
      },
    ),
    glide: fc.constantFrom(0, 0.1, { time: 0.2, per: 'octave', when: 'legato' } as const),
  })
  .map((policy) => {
    const { voices } = typeof policy.unison === 'number' ? { voices: policy.unison } : policy.unison
    return { ...policy, count: Math.max(policy.count, voices) }
  })

/** Genes of a patch with so many devices at most. */
const genesArbitrary = (maxDevices = 9): fc.Arbitrary<Genes> =>
  fc.record({
    voices: voicesArbitrary,
    knobs: fc.array(knobArbitrary, { maxLength: 3 }),
    out: fc.array(inputArbitrary, { maxLength: 2 }),
    devices: fc.array(deviceArbitrary, { maxLength: maxDevices }),
  })

const spelled = (port: string): string[] =>
  port.endsWith('#') ? ['1', '2', '5', '64'].map((n) => port.replace('#', n)) : [port]
const portsOf = (info: DeviceInfo): string[] => Object.keys(info.ports).flatMap(spelled)

function constantsOf({ type, constants }: DeviceGene): Record<string, string | number | boolean> {
  const info = catalogue[type] as DeviceInfo
  const names = [
    ...portsOf(info).filter((port) => portOf(info, port)?.kind !== 'signal'),
    ...Object.keys(info.options ?? {}),
  ]
  return Object.fromEntries(
    constants.flatMap(([n, at]) => {
      const name = names[n % names.length]
      return name === undefined ? [] : [[name, constantOf(info, name, at)] as const]
    }),
  )
}

function constantOf(info: DeviceInfo, name: string, at: number): string | number | boolean {
  const port = portOf(info, name)
  const pick = <T>(list: readonly T[]): T =>
    list[Math.min(list.length - 1, Math.floor(at * list.length))] as T
  if (port === undefined) return pick(info.options?.[name]?.values ?? [])
  if (port.kind === 'choice') return pick(port.choices)
  if (port.kind !== 'value') return at > 0.5 ? 1 : 0
  const { min, max, scale } = port
  // the ends of a pitch are not at 0 and 1
  const value = denormalise({ min, max, scale: scale === 'pitch' ? 'exponential' : scale }, at)
  return Math.min(max, Math.max(min, value))
}

/** The patch that grows from genes. It is always valid: what would not be is left out. */
function patchOf({ voices, knobs, out, devices }: Genes): Patch {
  const placeRank = { before: 0, voice: 1, after: 2 }
  const named = devices.map((gene, i) => ({ ...gene, name: `d${i}` }))
  const order = named.toSorted((a, b) => placeRank[a.place] - placeRank[b.place] || a.rank - b.rank)
  const knobNames = knobs.map((_, i) => `k${i}`)
  const seen = new Set<string>()
  const cables = (
    to: string,
    place: DeviceGene['place'],
    ports: readonly string[],
    inputs: readonly InputGene[],
    earlier: readonly string[],
  ): ConnectionSpec[] =>
    inputs.flatMap(({ kind, source, port, amount }): ConnectionSpec[] => {
      const sources = {
        device: earlier,
        knob: knobNames,
        keys: place === 'voice' ? keyNames.map((key) => `keys.${key}`) : [],
        clock: clockNames.map((output) => `clock.${output}`),
        feedback: named.map(({ name }) => name).filter((name) => name !== to),
      }[kind]
      const [from, target] = [sources[source % sources.length], ports[port % ports.length]]
      const pair = `${from} ${to}.${target}`
      if (from === undefined || seen.has(pair)) return []
      seen.add(pair)
      const end = to === 'out' && target === 'in' ? 'out' : `${to}.${target}`
      if (kind === 'feedback')
        return [{ from, to: end, feedback: true, ...(amount !== undefined && { amount }) }]
      return [amount === undefined ? ([from, end] as const) : ([from, end, amount] as const)]
    })
  const connections = [
    ...order.flatMap((gene, i) =>
      cables(
        gene.name,
        gene.place,
        portsOf(catalogue[gene.type] as DeviceInfo),
        gene.inputs,
        order.slice(0, i).map(({ name }) => name),
      ),
    ),
    ...order.filter(({ toOut }) => toOut).map(({ name }) => [name, 'out'] as const),
    // level of out: a second port, for knobs and devices alike
    ...cables(
      'out',
      'after',
      ['level'],
      out,
      order.map(({ name }) => name),
    ),
  ]
  return {
    voices,
    knobs: Object.fromEntries(knobs.map((knob, i) => [`k${i}`, knob])),
    devices: Object.fromEntries(
      named
        .toSorted((a, b) => a.declared - b.declared)
        .map((gene) => [
          gene.name,
          {
            type: gene.type,
            shared: gene.place !== 'voice',
            ...(gene.bypass && { bypass: true }),
            ...constantsOf(gene),
          },
        ]),
    ),
    connections,
  }
}

export const patchArbitrary = (maxDevices?: number): fc.Arbitrary<Patch> =>
  genesArbitrary(maxDevices).map(patchOf)

interface Edit {
  readonly other: Genes
  readonly changed: number
  readonly voices: boolean
  readonly reordered: boolean
}

const editArbitrary = (maxDevices: number): fc.Arbitrary<Edit> =>
  fc.record({
    other: genesArbitrary(maxDevices),
    changed: small,
    voices: fc.boolean(),
    reordered: fc.boolean(),
  })

/** A patch and what it is edited to, again and again: each has much of the one before. */
export const sequenceArbitrary = (length: number, maxDevices = 7): fc.Arbitrary<Patch[]> =>
  fc
    .tuple(
      genesArbitrary(maxDevices),
      fc.array(editArbitrary(maxDevices), { minLength: length - 1, maxLength: length - 1 }),
    )
    .map(([first, edits]) =>
      edits.reduce<Genes[]>((all, edit) => [...all, edited(all.at(-1) as Genes, edit)], [first]),
    )
    .map((all) => all.map(patchOf))

/** Takes the devices whose bits are set from other genes; declares all in another order, if asked to. */
function edited(genes: Genes, { other, changed, voices, reordered }: Edit): Genes {
  const bit = (i: number): boolean => ((changed >> (i % 6)) & 1) === 1
  const length = bit(5) ? other.devices.length : genes.devices.length
  const devices = Array.from(
    { length },
    (_, i) => (bit(i) ? other.devices[i] : genes.devices[i]) ?? genes.devices[i] ?? other.devices[i],
  )
  return {
    voices: voices ? other.voices : genes.voices,
    knobs: bit(0) ? other.knobs : genes.knobs,
    out: bit(1) ? other.out : genes.out,
    devices: devices
      .filter((device) => device !== undefined)
      .map((device) => (reordered ? { ...device, declared: 7 - device.declared } : device)),
  }
}

/** What happens to a patch that is played: an edit, and what comes after it. Numbers choose among what is there. */
export interface Moment {
  /** Which of a few patches: so some come back. */
  readonly patch: number
  /** Voices that sound at their birth, one a bit. */
  readonly born: number
  /** Voices that begin to sound after the edit, and that are paused. */
  readonly struck: number
  readonly silenced: number
  /** What rings comes to silence. */
  readonly hush: boolean
  /** Blocks until the next moment; a fade takes some 160. */
  readonly blocks: number
}

const bits = fc.nat({ max: 255 })

/** One of the eight bits of a moment, for a voice. */
export const bit = (all: number, voice: number): number => (all >> (voice % 8)) & 1

/** A few patches, each an edit of the one before, and a way to and fro among them. */
export const reloadArbitrary = (
  moments: number,
  maxDevices = 6,
): fc.Arbitrary<{ patches: Patch[]; moments: Moment[] }> =>
  fc.record({
    patches: sequenceArbitrary(3, maxDevices),
    moments: fc.array(
      fc.record({
        patch: fc.nat({ max: 2 }),
        born: fc.oneof(bits, fc.constant(255)),
        struck: fc.oneof(bits, fc.constant(0)),
        silenced: fc.oneof({ weight: 1, arbitrary: bits }, { weight: 3, arbitrary: fc.constant(0) }),
        hush: fc.nat({ max: 7 }).map((n) => n === 7),
        blocks: fc.oneof(fc.constant(0), fc.nat({ max: 60 }), fc.integer({ min: 100, max: 200 })),
      }),
      { minLength: 2, maxLength: moments },
    ),
  })

/** The same patch with another name for one of its devices. */
export function withName(patch: Patch, name: string, to: string): Patch {
  const moved = (end: string): string => (end.split('.')[0] === name ? to + end.slice(name.length) : end)
  return {
    ...patch,
    devices: Object.fromEntries(
      Object.entries(patch.devices).map(([key, device]) => [key === name ? to : key, device]),
    ),
    connections: (patch.connections ?? []).map((cable) =>
      'from' in cable
        ? { ...cable, from: moved(cable.from), to: moved(cable.to) }
        : ([moved(cable[0]), moved(cable[1]), ...cable.slice(2)] as unknown as ConnectionSpec),
    ),
  }
}
