import { Option, type Command } from 'commander'
import { MegasynthError } from '../errors/index.ts'
import { createSynth } from '../live/create.ts'
import { feed, type Feed } from '../live/feed.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { reportLine } from '../plan/index.ts'
import { addAttachFlags, attach, type AttachFlags, type Detach } from './attach.ts'
import { reportFailure } from './failure.ts'
import { bufferFlag, deviceFlag, loopFlag, setFlag, type KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { recordLive, type LiveRecording } from './live-recording.ts'
import { blueprint } from './needs.ts'
import { loadApart } from './load-apart.ts'
import { openPatch, type OpenPatch, type Reading } from './open.ts'
import { sayWhatWasRecorded, wavPlace } from './render.ts'
import { scoreOf } from './score.ts'
import { missingProgram, openShelf, refillShelf, shelfOf } from './shelf.ts'
import { keyboardFlag, tuningFlag, type TuningFlags } from './tuning.ts'
import { watchFiles } from './watch.ts'

/** What decides how a patch is played. */
export interface PlayFlags extends AttachFlags, TuningFlags {
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
    .argument('<patch>', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option('-n, --notes <text>', 'notes, a beat each: "C4+E4+G4 F4 G4" (+ joins a chord, - rests, _ holds)')
    .addOption(new Option('-m, --midi <file>', 'a standard MIDI file to be played').conflicts('notes'))
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
  $ megasynth play bass.ts --device silent               without a sound card`,
    )
    .action(async (file: string, flags: PlayFlags) => await play(shell, file, flags))
}

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
    const synth = await starting
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
    const ended = await over(synth, playing, interrupts.signal)
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

/** On what a synth is heard. */
export const deviceLine = (synth: LiveSynth): string => {
  const { device, sampleRate, bufferFrames, latency } = synth.stats()
  const name = device === 'silent' ? 'no sound device (silent)' : `"${device}"`
  return `${name}: ${sampleRate} Hz, buffers of ${bufferFrames}, latency ${(latency * 1000).toFixed(0)} ms`
}

/** Whether a patch is heard without a note. */
const soundsByItself = (patch: OpenPatch): boolean =>
  patch.parsed.voices.mode === 'drone' || !blueprint(patch).network.nodes.some(({ part }) => part === 'voice')

/**
 * Goes over to what the files say now. If that is wrong, the old patch plays on.
 *
 * @param before the files of which the patch was made
 * @returns the files to be watched from now on
 */
export async function reload(
  synth: LiveSynth,
  { file, catalogue, load }: Pick<OpenPatch, 'file' | 'catalogue'> & Required<Pick<Reading, 'load'>>,
  flags: Pick<PlayFlags, 'set'>,
  shell: Shell,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { io, print, note, paint, errorPaint } = shell
  const files = new Set<string>()
  const begin = performance.now()
  try {
    const { patch } = await openPatch(io.cwd, file, flags, {
      catalogue,
      load,
      onFile: (one) => files.add(one),
    })
    const report = await synth.apply(patch)
    const milliseconds = performance.now() - begin
    print(`${paint.cyan('↻')} ${file}: ${reportLine({ ...report, milliseconds })}`)
    return files
  } catch (error) {
    reportFailure(error, shell)
    note(errorPaint.dim('the patch before plays on'))
    // what broke it may be any of these
    return new Set([...before, ...files])
  }
}

/** Says in a line each what goes wrong by itself. */
export function tellOfTrouble(synth: LiveSynth, { note, errorPaint }: Shell): void {
  const where = (voice: number | undefined): string => (voice === undefined ? '' : `, voice ${voice}`)
  const warn = (text: string): void => note(`${errorPaint.yellow('warning')}: ${text}`)
  synth.on('trouble', ({ device, voice, kind }) =>
    warn(
      `${device}${where(voice)} puts out ${kind === 'nan' ? 'what is no number' : 'far too loud a signal'}: it is muted`,
    ),
  )
  synth.on('recovered', ({ device, voice }) => note(`${device}${where(voice)} is well again`))
  synth.on('restarted', ({ cause }) => {
    const why = cause.problems[0]
    warn(`the engine had died (${why?.found ?? why?.message ?? 'nobody knows why'}) and plays on`)
  })
  synth.on('problem', (problem) => warn(new MegasynthError([problem]).message))
}

/** Seconds of silence after which a tail has died away, and for which it is waited for at the most. */
const silence = { level: 1e-4, seconds: 0.5, most: 10 }

/** Waits until it is over: the score and its tail, or somebody ends it. */
async function over(
  synth: LiveSynth,
  playing: Feed | undefined,
  interrupt: AbortSignal,
): Promise<'over' | 'interrupted'> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (interrupt.aborted) resolve('interrupted')
    interrupt.addEventListener('abort', () => resolve('interrupted'), { once: true })
  })
  if (playing === undefined) return await interrupted
  const first = await Promise.race([interrupted, playing.done.then(() => 'over' as const)])
  if (first === 'interrupted') return first
  return await Promise.race([interrupted, silent(synth)])
}

/** Resolves when nothing has been heard for a while. */
async function silent(synth: LiveSynth): Promise<'over'> {
  return await new Promise((resolve) => {
    let [quiet, waited] = [0, 0]
    const stop = synth.listen(({ sampleRate, channels }) => {
      const length = (channels[0]?.length ?? 0) / sampleRate
      const loud = channels.some((channel) => channel.some((sample) => Math.abs(sample) > silence.level))
      quiet = loud ? 0 : quiet + length
      waited += length
      if (quiet < silence.seconds && waited < silence.most) return
      stop()
      resolve('over')
    })
  })
}
