import { Option, type Command } from 'commander'
import { fail } from '../errors/index.ts'
import { createSynth } from '../live/create.ts'
import { feed } from '../live/feed.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { longestPause } from '../live/silence.ts'
import { addAttachFlags, attach, type AttachFlags, type Detach } from './attach.ts'
import { reportFailure } from './failure.ts'
import { bufferFlag, deviceFlag, loopFlag, setFlag, type KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { recordLive, type LiveRecording } from './live-recording.ts'
import { blueprint } from './needs.ts'
import { loadApart } from './load-apart.ts'
import { openPatch, type OpenPatch } from './open.ts'
import { over } from './over.ts'
import { playMap } from './play-map.ts'
import { deviceLine, reload, tellOfTrouble } from './reload.ts'
import { sayWhatWasRecorded, wavPlace } from './render.ts'
import { scoreOf } from './score.ts'
import { missingProgram, openShelf, refillShelf, shelfOf } from './shelf.ts'
import { keyboardFlag, tuningFlag, type TuningFlags } from './tuning.ts'
import { watchFiles } from './watch.ts'

/** What decides how a patch is played. */
export interface PlayFlags extends AttachFlags, TuningFlags {
  readonly map?: string
  readonly notes?: string
  readonly midi?: string
  readonly loop?: true
  readonly device?: string
  readonly buffer?: number
  readonly record?: string
  readonly devices?: string
  readonly set: readonly KnobSetting[]
}

/** Adds `megasynth play`. */
export function addPlay(program: Command, shell: Shell): void {
  const command = program
    .command('play')
    .summary('play a patch, and reload it whenever it is saved')
    .description(
      'Plays a patch on a sound card. Whenever the file, or one that it imports, is saved, the patch goes over to what it says now, while it sounds. Ctrl-C ends it.',
    )
    .argument('[patch]', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option('-n, --notes <text>', 'notes, a beat each: "C4+E4+G4 F4 G4" (+ joins a chord, - rests, _ holds)')
    .addOption(new Option('-m, --midi <file>', 'a standard MIDI file to be played').conflicts('notes'))
    .addOption(
      new Option(
        '--map <file>',
        'JSON: which patch plays which MIDI channel, of the MIDI file and of MIDI ports, instead of <patch>',
      ).conflicts([
        ...['notes', 'set', 'tuning', 'keyboard'],
        ...['midiChannel', 'mpe', 'midiVirtual', 'midiOut', 'recordMidi', 'osc', 'oscAddress', 'oscOut'],
      ]),
    )
    .addOption(loopFlag())
    .addOption(deviceFlag())
    .addOption(bufferFlag())
    .option('--record <file>', 'record what is heard to a WAV file')
    .option('--force', 'replace a recording that is already there')
    .addOption(setFlag())
    .addOption(tuningFlag())
    .addOption(keyboardFlag())
    .option('--devices <file>', 'a file with device types of your own')
  addAttachFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth play drone.ts                              edit and save drone.ts while it plays
  $ megasynth play pad.ts --notes "C4+E4+G4 F4+A4+C5" --loop
  $ megasynth play pad.ts --midi prelude.mid --record take.wav
  $ megasynth play bass.ts --midi-in Keystation --osc 57130
  $ megasynth play --map band.json --midi song.mid --loop
  $ megasynth play bass.ts --device silent               without a sound card`,
    )
    .action(async (file: string | undefined, flags: PlayFlags) => {
      if (flags.map === undefined) await play(shell, file ?? nothing(), flags)
      else await playMap(shell, flags.map, file === undefined ? flags : twice(file, flags.map))
    })
}

const nothing = (): never =>
  fail({
    code: 'invalid-option',
    path: '<patch>',
    message: 'there is nothing to be played',
    expected: 'a patch file, or --map',
    suggestion: 'megasynth help play shows how it is used',
  })

const twice = (file: string, map: string): never =>
  fail({
    code: 'invalid-option',
    path: file,
    message: 'the patches are those of the map',
    expected: `only --map ${map}`,
    suggestion: 'remove it, or --map',
  })

/** Plays a patch until its score is over, or somebody ends it. */
export async function play(shell: Shell, file: string, flags: PlayFlags): Promise<void> {
  const { io, note, print, paint, errorPaint } = shell
  const files = new Set<string>()
  const opened = await openPatch(io.cwd, file, flags, { onFile: (one) => files.add(one) })
  const beside = shelfOf(io.cwd, file)
  const snapshots = openShelf(beside, opened.catalogue, shell)
  const score = await scoreOf(io.cwd, flags, opened, {
    snapshots,
    onMissing: missingProgram(snapshots, note),
  })
  const record = flags.record === undefined ? undefined : wavPlace(io.cwd, '--record', flags.record)
  io.takeStray = (error, own) => {
    if (!own) reportFailure(error, shell)
    return !own
  }
  const starting = createSynth({
    patch: opened.patch,
    catalogue: opened.catalogue,
    snapshots,
    ...(flags.device !== undefined && { device: flags.device }),
    ...(flags.buffer !== undefined && { bufferFrames: flags.buffer }),
  })
  const loader = loadApart()
  // a file that is saved while the engine starts is not missed
  let followed: ReadonlySet<string> = files
  const watch = watchFiles(async (changed) => {
    // one that does not start is told of below
    const synth = await starting.catch(() => undefined)
    if (synth === undefined) return
    if (changed.has(beside.path)) refillShelf(synth, beside, opened.catalogue, shell)
    if (changed.size > (changed.has(beside.path) ? 1 : 0))
      followed = await reload(synth, { ...opened, load: loader.load }, flags, shell, followed)
    watch.follow([...followed, beside.path])
  })
  watch.follow([...followed, beside.path])
  const interrupts = io.catchInterrupts()
  let synth: LiveSynth
  try {
    synth = await starting
  } catch (error) {
    interrupts.release()
    loader.close()
    await watch.close().catch(() => undefined)
    throw error
  }
  tellOfTrouble(synth, shell)
  let recording: LiveRecording | undefined
  let detach: Detach | undefined
  try {
    detach = await attach(synth, flags, shell)
    if (record) recording = await recordLive(synth, record, flags.force === true)
    print(`${paint.green('▶')} ${paint.bold(file)} on ${deviceLine(synth)}`)
    if (synth.notice !== undefined) note(`${errorPaint.yellow('note')}: ${synth.notice}`)
    if (score === undefined && !soundsByItself(opened))
      note(`${file} waits for notes: from MIDI, OSC (--osc), --notes or --midi`)
    note(errorPaint.dim(`save ${file} and it is heard; Ctrl-C ends`))
    const playing =
      score &&
      feed(synth, score, { loop: flags.loop === true, onProblem: (error) => reportFailure(error, shell) })
    const pause = (): number => longestPause({ patch: synth.patch, catalogue: opened.catalogue })
    const ended = await over(synth, playing?.done, interrupts.signal, pause)
    if (ended === 'interrupted') playing?.stop()
  } finally {
    loader.close()
    await watch.close()
    await detach?.()
    await synth.close()
    io.takeStray = undefined
    interrupts.release()
    if (recording && record) {
      const report = await recording.finish()
      sayWhatWasRecorded(record.shown, { ...report, speed: 1 }, shell)
    }
  }
}

/** Whether a patch is heard without a note. */
const soundsByItself = (patch: OpenPatch): boolean =>
  patch.parsed.voices.mode === 'drone' || !blueprint(patch).network.nodes.some(({ part }) => part === 'voice')
