import { MegasynthError, show, type Problem } from '../errors/index.ts'
import { readConnections, type Cable } from './connections.ts'
import { cycleProblems } from './cycles.ts'
import { structureProblems } from './issues.ts'
import { knobProblems } from './knobs.ts'
import { midiProblems } from './knob-midi.ts'
import { limits } from './limits.ts'
import { migrate } from './migrate.ts'
import { duplicateNames, nameProblems, suggester } from './names.ts'
import { partProblems } from './parts.ts'
import { isPlainObject, plainCopy, type PlainObject } from './plain.ts'
import { portOf, type Catalogue, type DeviceInfo } from './ports.ts'
import { keyPitches, tuningProblems, type Tuning } from './tuning.ts'
import type { Device, Knob, ParsedPatch, Patch } from './types.ts'
import { parsedVoices, voiceProblems } from './voice-policy.ts'

const defaultTempo = 120
const none: PlainObject = {}

/**
 * Checks anything that claims to be a patch. Never throws; runs no code of the value (no getters). All problems are
 * found at once, one for each mistake; `patch` is there exactly if there is none.
 *
 * @param catalogue the device types that the patch may use
 * @param out the final stage
 * @example
 * const { patch, problems } = checkPatch(JSON.parse(text), standard, out)
 */
export function checkPatch(
  data: unknown,
  catalogue: Catalogue,
  out: DeviceInfo,
): { readonly patch?: ParsedPatch; readonly problems: readonly Problem[] } {
  const { copy, problems: unreadable } = plainCopy(data)
  if (unreadable.some(({ path }) => path === '')) return { problems: unreadable }
  if (!isPlainObject(copy)) return { problems: [notAPatch(data)] }
  const migrated = migrate(copy)
  if ('problem' in migrated) return { problems: [migrated.problem] }
  const { patch } = migrated
  const tooLarge = sizeProblems(patch)
  if (tooLarge.length > 0) return { problems: tooLarge }

  const suggest = suggester()
  const knobs = namesIn(patch['knobs'] ?? none)
  const devices = namesIn(patch['devices'])
  const infos =
    devices && new Map(Object.keys(devices).map((name) => [name, infoOf(devices[name], catalogue)]))
  const { cables, problems: cableProblems } = readConnections(listIn(patch['connections']), {
    knobs: knobs && new Set(Object.keys(knobs)),
    devices: infos,
    out,
    suggest,
  })
  const structure = structureProblems({
    patch,
    catalogue,
    suggest,
    done: new Set(unreadable.map(({ path }) => path)),
  })
  const tuning = patch['tuning'] as Tuning | undefined
  const isTuningRead = ![...unreadable, ...structure].some(({ path }) => /^tuning\b/.test(path))
  const problems = [
    ...unreadable,
    ...structure,
    ...(tuning !== undefined && isTuningRead ? tuningProblems(tuning) : []),
    ...nameProblems('knobs', knobs ?? none),
    ...nameProblems('devices', devices ?? none),
    ...duplicateNames(knobs ?? none, devices ?? none),
    ...voiceProblems(patch['voices']),
    ...cableProblems,
    ...midiProblems(knobs ?? none),
    ...knobProblems(knobs ?? none, cables, (device) => (device === 'out' ? out : infos?.get(device))),
    ...cycleProblems(cables),
    ...partProblems(sharing(devices ?? none, catalogue), cables),
  ]
  if (problems.length > 0) return { problems }
  return { patch: normalForm(patch as unknown as Patch, cables, catalogue), problems: [] }
}

/**
 * A valid patch in its normal form: defaults filled in, cables resolved.
 *
 * @param catalogue the device types that the patch may use
 * @param out the final stage
 * @throws MegasynthError with every problem of the patch; see {@link checkPatch}
 * @example
 * parsePatch({ devices: { osc: { type: 'oscillator' } }, connections: [['osc', 'out']] }, standard, out).voices.count // 8
 */
export function parsePatch(data: unknown, catalogue: Catalogue, out: DeviceInfo): ParsedPatch {
  const { patch, problems } = checkPatch(data, catalogue, out)
  if (patch === undefined) throw new MegasynthError(problems)
  return patch
}

function notAPatch(data: unknown): Problem {
  return {
    code: 'not-a-patch',
    path: '',
    message: 'is not a patch',
    found: show(data),
    expected: 'an object with knobs, devices and connections',
  }
}

function namesIn(value: unknown): PlainObject | undefined {
  return isPlainObject(value) ? value : undefined
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** What is too large is not looked at any further: that could take minutes. */
function sizeProblems(patch: PlainObject): Problem[] {
  return (['knobs', 'devices', 'connections'] as const).flatMap((place): Problem[] => {
    const value = patch[place]
    const size = Array.isArray(value) ? value.length : Object.keys(namesIn(value) ?? none).length
    if (size <= limits[place]) return []
    return [
      {
        code: 'too-large',
        path: place,
        message: `the patch has too many ${place}`,
        found: `${size} ${place}`,
        expected: `at most ${limits[place]}`,
      },
    ]
  })
}

function infoOf(device: unknown, catalogue: Catalogue): DeviceInfo | undefined {
  const type = isPlainObject(device) ? device['type'] : undefined
  return typeof type === 'string' && Object.hasOwn(catalogue, type) ? catalogue[type] : undefined
}

/** Which devices are shared; only those whose type is known. */
function sharing(devices: PlainObject, catalogue: Catalogue): Record<string, { readonly shared: boolean }> {
  return Object.fromEntries(
    Object.entries(devices).flatMap(([name, device]) => {
      const info = infoOf(device, catalogue)
      if (info === undefined || !isPlainObject(device)) return []
      return [
        [name, { shared: typeof device['shared'] === 'boolean' ? device['shared'] : info.shared === true }],
      ]
    }),
  )
}

function normalForm(patch: Patch, cables: readonly Cable[], catalogue: Catalogue): ParsedPatch {
  return {
    name: patch.name ?? '',
    voices: parsedVoices(patch.voices),
    tempo: patch.tempo ?? defaultTempo,
    ...(patch.tuning !== undefined && { tuning: keyPitches(patch.tuning) }),
    knobs: mapValues(patch.knobs ?? {}, (knob): Knob => {
      if (typeof knob === 'number') return { value: knob }
      const { midi: _, ...rest } = knob
      return { ...rest }
    }),
    devices: mapValues(patch.devices, ({ type, shared, bypass = false, label, ...rest }): Device => {
      const info = catalogue[type]
      const written = Object.entries(rest)
      const constants = written.filter(([name]) => info !== undefined && portOf(info, name) !== undefined)
      return {
        type,
        shared: shared ?? info?.shared === true,
        bypass,
        ...(label === undefined ? {} : { label }),
        constants: Object.fromEntries(
          constants.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        ),
        choices: Object.fromEntries(
          constants.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
        ),
        options: mapValues(info?.options ?? {}, (option, name) => rest[name] ?? option.default),
      }
    }),
    connections: cables.map(({ connection }) => connection),
  }
}

function mapValues<V, W>(
  record: Readonly<Record<string, V>>,
  map: (value: V, name: string) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]))
}
