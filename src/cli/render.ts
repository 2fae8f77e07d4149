import { basename, extname } from 'node:path'
import { Option, type Command } from 'commander'
import { engineSize, type EngineOptions } from '../engine/index.ts'
import { durationOf, perform, type Length } from '../live/index.ts'
import { fail } from '../errors/index.ts'
import { maxMidiBytes } from '../midi/chunks.ts'
import type { Patch } from '../patch/index.ts'
import { parseNotes } from '../patch/notes.ts'
import { scoreFromNotes, type Score } from '../plan/score.ts'
import { placeOf, readBytes, type Place } from './files.ts'
import { engineFlag, engineHelp, engineOptions, lengthFlag, setFlag, type KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { openMap, performMap, silentChannels } from './map.ts'
import { blueprint, checkRoom, type Blueprint } from './needs.ts'
import { openPatch, type OpenPatch } from './open.ts'
import { record, type Recorded, type Recording } from './record.ts'
import { recordingPlace } from './recording-place.ts'
import { scoreOf, type Programs } from './score.ts'
import { missingProgram, openShelf, shelfOf } from './shelf.ts'
import { keyboardFlag, tuningFlag, type TuningFlags } from './tuning.ts'
import type { WavFormat } from './wav.ts'

interface RenderFlags extends TuningFlags {
  readonly map?: string
  readonly notes?: string
  readonly midi?: string
  readonly seconds?: number
  readonly tail?: number
  readonly output?: string
  readonly format: WavFormat
  readonly dither: boolean
  readonly sampleRate?: number
  readonly force?: true
  readonly devices?: string
  readonly set: readonly KnobSetting[]
  readonly engine: EngineOptions
}

/** How long a patch is heard that sounds by itself. */
const droneSeconds = 10
/** What is played when nobody says what. */
const defaultNotes = 'C4'

/** Adds `megasynth render`. */
export function addRender(program: Command, shell: Shell): void {
  program
    .command('render')
    .summary('render a patch to a WAV file')
    .description(
      'Renders a patch to a WAV file, faster than real time. The same patch and notes give the same bytes every time.',
    )
    .argument('[patch]', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option('-n, --notes <text>', 'notes, a beat each: "C4+E4+G4 F4 G4" (+ joins a chord, - rests, _ holds)')
    .addOption(new Option('-m, --midi <file>', 'a standard MIDI file to be played').conflicts('notes'))
    .addOption(
      new Option(
        '--map <file>',
        'JSON: which patch plays which channel of the MIDI file, instead of <patch>',
      ).conflicts(['notes', 'tuning', 'keyboard']),
    )
    .addOption(
      lengthFlag(
        '-s, --seconds <n>',
        'length of the whole (default: the notes and their tail)',
        Number.MIN_VALUE,
      ),
    )
    .addOption(
      lengthFlag(
        '-t, --tail <n>',
        'seconds after the last note (default: until it is silent, 10 at most)',
        0,
      ).conflicts('seconds'),
    )
    .option('-o, --output <file>', 'the WAV file, *.wav (default: named like the patch, in this folder)')
    .addOption(
      new Option('-f, --format <bits>', '16 or 24 bit integers, or 32 bit floats')
        .choices(['16', '24', '32f'])
        .default('16'),
    )
    .option('--no-dither', 'do not dither 16 bit samples')
    .addOption(new Option('-r, --sample-rate <hz>', 'sample rate (default: 48000)').argParser(Number))
    .option('--force', 'replace a file that is already there')
    .addOption(setFlag())
    .addOption(tuningFlag())
    .addOption(keyboardFlag())
    .option('--devices <file>', 'a file with device types of your own')
    .addOption(engineFlag())
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `${engineHelp}

Examples:
  $ megasynth render tremolo.ts --seconds 10 -o tremolo.wav
  $ megasynth render pad.ts --notes "C4+E4+G4 F4+A4+C5" -o chords.wav
  $ megasynth render pad.ts --midi prelude.mid --format 24
  $ megasynth render tremolo.ts --set rate=0.9 --set depth=1 --force`,
    )
    .action(async (file: string | undefined, flags: RenderFlags) => await render(shell, file, flags))
}

async function render(shell: Shell, file: string | undefined, flags: RenderFlags): Promise<void> {
  const engine = engineOptions(flags.engine, flags.sampleRate)
  const { sampleRate } = engineSize(engine)
  const { output, play, duration, length, says } =
    flags.map === undefined
      ? await onePatch(shell, file, flags, engine)
      : await severalPatches(shell, file, { ...flags, map: flags.map }, engine)
  if (says !== undefined && !shell.json) shell.note(says)
  const recorded = await record(
    {
      output,
      sampleRate,
      play,
      duration,
      length,
      format: flags.format,
      ...(!flags.dither && { dither: false }),
      force: flags.force === true,
    },
    shell,
  )
  if (shell.json)
    shell.print(JSON.stringify(asJson(output.shown, recorded, sampleRate, flags.format), undefined, 2))
  else sayWhatWasRecorded(output.shown, recorded, shell)
}

/** What is recorded where. */
interface Take extends Pick<Recording, 'output' | 'play' | 'duration' | 'length'> {
  /** What the user should know before. */
  readonly says?: string
}

async function onePatch(
  shell: Shell,
  file: string | undefined,
  flags: RenderFlags,
  engine: EngineOptions,
): Promise<Take> {
  if (file === undefined)
    return fail({
      code: 'invalid-option',
      path: '<patch>',
      message: 'there is nothing to be rendered',
      expected: 'a patch file, or --map with --midi',
      suggestion: 'megasynth help render shows how it is used',
    })
  const { cwd } = shell.io
  const output = outputOf(cwd, file, flags.output)
  const patch = await openPatch(cwd, file, flags)
  const plan = blueprint(patch)
  checkRoom(plan, engine, file)
  const snapshots =
    flags.midi === undefined
      ? new Map<string, Patch>()
      : openShelf(shelfOf(cwd, file), patch.catalogue, shell)
  const programs = { snapshots, onMissing: missingProgram(snapshots, shell.note) }
  const { score, length, says } = await whatToPlay(cwd, flags, patch, plan, programs)
  return {
    output,
    play: () =>
      perform({ ...engine, patch: patch.patch, catalogue: patch.catalogue, snapshots }, score, length),
    duration: score.duration,
    length,
    ...(says !== undefined && { says }),
  }
}

async function severalPatches(
  shell: Shell,
  file: string | undefined,
  flags: RenderFlags & { readonly map: string },
  engine: EngineOptions,
): Promise<Take> {
  if (file !== undefined || flags.set.length > 0)
    fail({
      code: 'invalid-option',
      path: file === undefined ? '--set' : file,
      message: 'the patches are those of the map',
      expected: `only --map ${flags.map}`,
      suggestion: file === undefined ? 'set knobs in the patches' : 'remove it, or --map',
    })
  if (flags.midi === undefined)
    return fail({
      code: 'invalid-option',
      path: '--map',
      message: 'says what plays the channels of a MIDI file',
      expected: '--midi <file> beside it',
    })
  const { cwd } = shell.io
  const output = outputOf(cwd, flags.midi, flags.output)
  const place = placeOf(cwd, flags.midi)
  const bytes = readBytes(place, 'a MIDI file', maxMidiBytes)
  const mapped = await openMap(shell, flags.map, { bytes, place }, flags)
  const says = silentChannels(mapped, flags.map, flags.midi)
  const length = lengthOf(flags)
  return {
    output,
    play: () => performMap(mapped, engine, length),
    duration: durationOf(mapped.parts),
    length,
    ...(says !== undefined && { says }),
  }
}

const lengthOf = ({ seconds, tail }: RenderFlags): Length => ({
  ...(seconds !== undefined && { seconds }),
  ...(tail !== undefined && { tail }),
})

/** Where the sound goes. @throws MegasynthError `invalid-option` for a name that no WAV file should have */
function outputOf(cwd: string, patchFile: string, written: string | undefined): Place {
  const name = `${basename(patchFile, extname(patchFile))}.wav`
  return written === undefined ? placeOf(cwd, name) : wavPlace(cwd, '--output', written, name)
}

/**
 * The place of a WAV file that a flag names, or a function of the prompt.
 *
 * @throws MegasynthError `invalid-option` for a name that no WAV file should have
 */
export function wavPlace(cwd: string, asked: string, written: string, name = 'take.wav'): Place {
  return recordingPlace(cwd, asked, written, { kind: 'WAV', types: ['.wav'], name })
}

/** What is played for how long. A patch that sounds by itself needs no notes; any other gets one rather than be silent. */
async function whatToPlay(
  cwd: string,
  flags: RenderFlags,
  patch: OpenPatch,
  { network }: Blueprint,
  programs: Programs,
): Promise<{ readonly score: Score; readonly length: Length; readonly says?: string }> {
  const { seconds, tail } = flags
  const { parsed, file } = patch
  const length = { ...(seconds !== undefined && { seconds }), ...(tail !== undefined && { tail }) }
  const given = await scoreOf(cwd, flags, patch, programs)
  if (given) return { score: given, length }
  const byItself = parsed.voices.mode === 'drone' || !network.nodes.some(({ part }) => part === 'voice')
  if (!byItself)
    return {
      score: scoreFromNotes(parseNotes(defaultNotes), parsed.tempo),
      length,
      says: `${file} waits for notes: playing ${defaultNotes} (--notes and --midi play others)`,
    }
  const score: Score = { events: [], duration: 0 }
  if (seconds !== undefined || tail !== undefined) return { score, length }
  return {
    score,
    length: { seconds: droneSeconds },
    says: `${file} sounds by itself: rendering ${droneSeconds} s (--seconds says otherwise)`,
  }
}

const decibels = (level: number): number => 20 * Math.log10(level)

/** One line on a file that is done, and warnings. */
export function sayWhatWasRecorded(
  file: string,
  recorded: Recorded,
  { print, note, paint, errorPaint }: Shell,
): void {
  const { seconds, peak, speed, clipped, invalid } = recorded
  const level = peak === 0 ? 'silent' : `peak ${decibels(peak).toFixed(1).replace('-', '−')} dBFS`
  print(
    `${paint.green('✓')} ${paint.bold(file)}: ${seconds.toFixed(2)} s, ${level}, ${speed.toFixed(0)}× real time`,
  )
  const warn = (text: string): void => note(`${errorPaint.yellow('warning')}: ${text}`)
  if (peak === 0) warn('nothing is to be heard: megasynth check shows what every port reads')
  if (clipped > 0) warn(`${clipped} samples were beyond full scale and are clipped`)
  if (invalid > 0) warn(`${invalid} samples were no numbers and are written as 0`)
}

function asJson(file: string, recorded: Recorded, sampleRate: number, format: WavFormat): object {
  const { seconds, peak, clipped, invalid, bytes, speed } = recorded
  // JSON has no −∞: the level of silence is null
  return {
    ok: true,
    file,
    seconds,
    sampleRate,
    channels: 2,
    format,
    bytes,
    peak,
    peakDbfs: peak === 0 ? null : decibels(peak),
    clipped,
    invalid,
    speed,
  }
}
