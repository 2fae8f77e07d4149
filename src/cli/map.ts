import { dirname, relative, resolve } from 'node:path'
import { MegasynthError, didYouMean, listNames, show, type Problem } from '../errors/index.ts'
import { performTogether, type Chunk, type EnsembleOptions, type Length, type Part } from '../live/index.ts'
import type { Patch } from '../patch/index.ts'
import type { Score } from '../plan/score.ts'
import { readMidiFile, type MidiFile } from '../midi/file.ts'
import { scoreFromMidi } from '../midi/score.ts'
import { PatchProblems, SeveralFailures, failureOf } from './failure.ts'
import { placeOf, readText, type Place } from './files.ts'
import { parseJson } from './json.ts'
import { openCatalogue, type DeviceTypes } from './catalogue.ts'
import type { Shell } from './io.ts'
import { readPatch, type OpenPatch } from './open.ts'
import { missingProgram, openShelf, shelfOf } from './shelf.ts'
import { count } from './text.ts'

/** Far more than sixteen entries need. */
const maxMapBytes = 2 ** 16
const keys = ['patch', 'gain', 'transpose']
const limits = { gain: [0, 8], transpose: [-127, 127] } as const

/** What plays a channel, as the map has it. */
interface Entry {
  /** 1..16. */
  readonly channel: number
  /** As it stands in the map: seen from the map's folder. */
  readonly patch: string
  readonly gain?: number
  readonly transpose?: number
}

/** A patch that plays a channel. */
export interface MappedPart extends Entry {
  readonly open: OpenPatch
  readonly snapshots: ReadonlyMap<string, Patch>
  /** Empty without a MIDI file. */
  readonly score: Score
  /** What its patch is made of. */
  readonly files: ReadonlySet<string>
}

/** A MIDI file on several patches. */
export interface Mapped {
  readonly parts: readonly MappedPart[]
  /** Channels 1..16 that have notes and no patch. */
  readonly silent: readonly number[]
}

/** The entries of a map, and what is wrong with it. */
function entriesOf(map: unknown): {
  readonly entries: readonly Entry[]
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const entries: Entry[] = []
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0)
    return {
      entries,
      problems: [
        {
          code: 'invalid-value',
          path: '',
          message: 'is no map of channels',
          found: show(map),
          expected: '{ "1": "pad.ts", "2": { "patch": "bass.ts", "gain": 0.8, "transpose": -12 } }',
        },
      ],
    }
  for (const [name, value] of Object.entries(map as Record<string, unknown>)) {
    if (!/^(?:[1-9]|1[0-6])$/.test(name)) {
      problems.push({
        code: 'unknown-key',
        path: name,
        message: 'is no MIDI channel',
        found: show(name),
        expected: '1..16',
      })
      continue
    }
    const entry = typeof value === 'string' ? { patch: value } : value
    const wrong = wrongIn(entry, name)
    problems.push(...wrong)
    if (wrong.length === 0) entries.push({ ...(entry as Omit<Entry, 'channel'>), channel: Number(name) })
  }
  return { entries, problems }
}

function wrongIn(entry: unknown, channel: string): Problem[] {
  const expected = 'a patch file, or { patch, gain?, transpose? }'
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return [
      { code: 'invalid-value', path: channel, message: 'is no patch file', found: show(entry), expected },
    ]
  const given = entry as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).filter((key) => !keys.includes(key))
  const { patch } = given
  return [
    ...unknown.map((key): Problem => ({
      code: 'unknown-key',
      path: `${channel}.${key}`,
      message: 'is not a key of this object',
      found: show(key),
      expected: keys.join(', '),
      ...didYouMean(key, keys),
    })),
    // a misspelt key is one mistake, not an unknown key and a missing one
    ...((typeof patch === 'string' && patch !== '') || (patch === undefined && unknown.length > 0)
      ? []
      : [
          {
            code: patch === undefined ? ('missing-key' as const) : ('invalid-value' as const),
            path: `${channel}.patch`,
            message: patch === undefined ? 'is missing' : 'is no patch file',
            ...(patch !== undefined && { found: show(patch) }),
            expected: 'the name of a patch file',
          },
        ]),
    ...Object.entries(limits).flatMap(([key, [low, high]]): Problem[] => {
      const value = given[key]
      if (value === undefined || (typeof value === 'number' && value >= low && value <= high)) return []
      return [
        {
          code: 'out-of-range',
          path: `${channel}.${key}`,
          message: `is no ${key === 'gain' ? 'gain' : 'number of semitones'}`,
          found: show(value),
          expected: `a number ${low}..${high}`,
        },
      ]
    }),
  ]
}

/**
 * Opens a map: a JSON file that says which patch plays which MIDI channel. Paths in it are seen from its folder.
 *
 * @param midi the bytes of a MIDI file, if one is played
 * @param onDevicesFile is told of every file that the device types are made of
 * @throws MegasynthError with all problems of the map and of all its patches, or of the MIDI file
 */
export async function openMap(
  shell: Shell,
  file: string,
  midi: { readonly bytes: Uint8Array; readonly place: Place } | undefined,
  flags: { readonly devices?: string },
  onDevicesFile?: (file: string) => void,
): Promise<Mapped> {
  const { cwd } = shell.io
  const place = placeOf(cwd, file)
  const { entries, problems } = entriesOf(
    parseJson(readText(place, 'a map of channels', maxMapBytes), place.shown),
  )
  const failures: MegasynthError[] = problems.length > 0 ? [new PatchProblems(file, problems)] : []
  const catalogue = await openCatalogue(cwd, flags.devices, onDevicesFile)
  const song = midi ? readMidiFile(midi.bytes, midi.place.shown) : noSong
  const parts: MappedPart[] = []
  const wrong = new Set<string>()
  /** A patch that plays several channels is read once. */
  const read = new Map<string, Pick<MappedPart, 'open' | 'snapshots' | 'files'>>()
  for (const entry of entries) {
    const { channel, transpose = 0 } = entry
    const shown = relative(cwd, resolve(dirname(place.path), entry.patch))
    if (wrong.has(shown)) continue
    const failure = await failureOf(async () => {
      const own = read.get(shown) ?? (await readPart(shell, shown, catalogue))
      read.set(shown, own)
      const { open, snapshots } = own
      const { knobs = {} } = open.patch
      const onMissing = missingProgram(snapshots, (line) => shell.note(`${shown}: ${line}`))
      const score = scoreFromMidi(song, { channel, transpose, knobs, snapshots, onMissing })
      parts.push({ ...entry, ...own, score })
    })
    if (failure === undefined) continue
    wrong.add(shown)
    failures.push(failure)
  }
  if (failures.length > 0) throw new SeveralFailures(failures)
  const mapped = new Set(parts.map(({ channel }) => channel - 1))
  const played = song.messages.flatMap(({ message: { kind, channel } }) =>
    kind === 'noteOn' ? [channel] : [],
  )
  const silent = [...new Set(played)].filter((channel) => !mapped.has(channel))
  return { parts, silent: silent.map((channel) => channel + 1).toSorted((a, b) => a - b) }
}

async function readPart(
  shell: Shell,
  file: string,
  catalogue: DeviceTypes,
): Promise<Pick<MappedPart, 'open' | 'snapshots' | 'files'>> {
  const { cwd } = shell.io
  const files = new Set<string>()
  const open = await readPatch(cwd, file, catalogue, { onFile: (one) => files.add(one) })
  return { open, files, snapshots: openShelf(shelfOf(cwd, file), catalogue, shell) }
}

const noSong: MidiFile = { tempos: [], messages: [], duration: 0 }

/** A part as an ensemble takes it. */
export const ensemblePart = ({
  open: { patch, catalogue },
  snapshots,
  gain,
}: Pick<MappedPart, 'open' | 'snapshots' | 'gain'>): Part => ({
  patch,
  catalogue,
  snapshots,
  ...(gain !== undefined && { gain }),
})

/** What an ensemble complains about, named by the files of the patches. */
export function inFiles(error: unknown, parts: readonly Pick<MappedPart, 'open'>[]): unknown {
  if (!(error instanceof MegasynthError)) return error
  return new MegasynthError(
    error.problems.map((problem) => ({
      ...problem,
      path: problem.path.replace(/^parts\[(\d+)\]\.patch\.?(.*)$/, (_, part: string, rest: string) => {
        const { file = '' } = parts[Number(part)]?.open ?? {}
        return rest === '' ? file : `${file}: ${rest}`
      }),
    })),
    { cause: error },
  )
}

/** Plays a map. Problems are named by the file of the patch. */
export async function* performMap(
  mapped: Mapped,
  options: Omit<EnsembleOptions, 'parts'>,
  length: Length,
): AsyncGenerator<Chunk, void> {
  const { parts } = mapped
  try {
    yield* performTogether(
      { ...options, parts: parts.map((part) => ({ ...ensemblePart(part), score: part.score })) },
      length,
    )
  } catch (error) {
    throw inFiles(error, parts)
  }
}

/** Says which channels of a MIDI file nothing plays; undefined if there are none. */
export function silentChannels({ silent }: Mapped, map: string, midi: string): string | undefined {
  if (silent.length === 0) return undefined
  const channels = `${count(silent.length, 'channel')} of ${midi}: ${listNames(silent.map(String), 16)}`
  return `${map} has no patch for ${channels}`
}
