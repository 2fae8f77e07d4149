import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { createSynth } from '../live/create.ts'
import type { Patch } from '../patch/index.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import type { Outside } from '../repl/desk.ts'
import { catchExit } from '../repl/exit-request.ts'
import { replSession } from '../repl/session.ts'
import { ownStateFolder } from '../repl/state-folder.ts'
import { steadyWrites } from '../repl/steady-output.ts'
import { openCatalogue } from './catalogue.ts'
import { Ended, signals, type Signal } from './exit.ts'
import { named, placeOf } from './files.ts'
import { bufferFlag, deviceFlag, setFlag, type KnobSetting } from './flags.ts'
import type { Shell, Sink } from './io.ts'
import { recordLive } from './live-recording.ts'
import { ownModule, patchTypes } from './load.ts'
import { midiLine, midiPlace, recordMidi } from './midi-recording.ts'
import { starter } from './new.ts'
import { loadApart, type ApartLoader } from './load-apart.ts'
import { openPatch } from './open.ts'
import { watchPrompt, type PromptWatch } from './prompt-watch.ts'
import { deviceLine, tellOfTrouble } from './reload.ts'
import { sayWhatWasRecorded, wavPlace } from './render.ts'
import { openShelf, shelfOf } from './shelf.ts'
import { ShelfKeeper } from './shelf-keeper.ts'
import { openSystemPorts } from './system-ports.ts'
import { writeWhole } from './whole-file.ts'

interface ReplFlags {
  readonly device?: string
  readonly buffer?: number
  readonly devices?: string
  readonly set: readonly KnobSetting[]
}

/** Adds `megasynth repl`. */
export function addRepl(program: Command, shell: Shell): void {
  program
    .command('repl')
    .summary('play and change a patch at a prompt')
    .description(
      'Plays a patch on a sound card, and opens a prompt at which it is played, turned, rewired, looked at, recorded and saved, in JavaScript. The file of --devices is gone over to whenever it is saved. Ctrl-D ends it.',
    )
    .argument('[patch]', 'a patch file: .ts, .mts, .js, .mjs or .json (default: the patch of megasynth new)')
    .addOption(deviceFlag())
    .addOption(bufferFlag())
    .addOption(setFlag())
    .option('--devices <file>', 'a file with device types of your own')
    .addHelpText(
      'after',
      `
At the prompt:
  > help()                                 all functions; help('setKnob') tells more
  > chord('C4+E4+G4')
  > connect('lfo0', 'filter0.cutoff', 0.1)
  > knobs()

Examples:
  $ megasynth repl lead.ts
  $ megasynth repl --device silent         without a sound card`,
    )
    .action(async (file: string | undefined, flags: ReplFlags) => await repl(shell, file, flags))
}

async function repl(shell: Shell, file: string | undefined, flags: ReplFlags): Promise<void> {
  const { io, paint, print } = shell
  const devices = new Set<string>()
  const catalogue = await openCatalogue(io.cwd, flags.devices, (one) => devices.add(one))
  const { patch } = await openPatch(io.cwd, file ?? starter, flags, { catalogue })
  const library = await ownModule('index')
  const beside = file === undefined ? undefined : shelfOf(io.cwd, file)
  const snapshots = beside === undefined ? new Map<string, Patch>() : openShelf(beside, catalogue, shell)
  const synth = await createSynth({
    patch,
    catalogue,
    snapshots,
    ...(flags.device !== undefined && { device: flags.device }),
    ...(flags.buffer !== undefined && { bufferFrames: flags.buffer }),
  })
  const interrupts = io.catchInterrupts()
  const exit = catchExit()
  const loader = loadApart()
  let keeper: ShelfKeeper | undefined
  let watch: PromptWatch | undefined
  const restore =
    io.stdout === process.stdout && process.stdout.isTTY ? steadyWrites(process.stdout) : undefined
  try {
    print(`${paint.green('▶')} ${paint.bold(file ?? 'the patch of megasynth new')} on ${deviceLine(synth)}`)
    if (synth.notice !== undefined) print(`${paint.yellow('note')}: ${synth.notice}`)
    print(paint.dim('help() lists what can be done; Tab completes; Ctrl-D ends'))
    await replSession({
      synth,
      catalogue: () => watch?.catalogue() ?? catalogue,
      file,
      library: library as Readonly<Record<string, unknown>>,
      paint,
      input: io.stdin,
      output: writable(io.stdout),
      history: join(ownStateFolder(io.env), 'repl-history'),
      outside: (say) => {
        const above = { ...shell, print: say, note: say, errorPaint: paint }
        watch = watchPrompt(synth, flags.devices, { files: devices, catalogue }, loader, above)
        keeper = new ShelfKeeper(synth, watch.catalogue, above, beside && { place: beside, snapshots })
        return outsideOf(above, synth, watch, loader, keeper)
      },
      catchStrays: (listener) => {
        io.takeStray = (error) => {
          listener(error)
          return true
        }
        return () => (io.takeStray = undefined)
      },
      signal: AbortSignal.any([interrupts.signal, exit.signal]),
    })
  } finally {
    loader.close()
    await watch?.close()
    await keeper?.close()
    await synth.close()
    restore?.()
    exit.release()
    interrupts.release()
  }
  if (exit.signal.aborted) throw new Ended(exit.signal.reason as number)
  if (interrupts.signal.aborted) throw new Ended(128 + signals[interrupts.signal.reason as Signal])
}

/** Files and ports, for the commands. What happens by itself is said above what is being typed. */
function outsideOf(
  shell: Shell,
  synth: LiveSynth,
  watch: PromptWatch,
  { load, close }: ApartLoader,
  keeper: ShelfKeeper,
): Outside {
  const { cwd } = shell.io
  tellOfTrouble(synth, shell)
  return {
    async openPatch(file) {
      return (await openPatch(cwd, file, { set: [] }, { catalogue: watch.types(), load })).patch
    },
    play: watch.play,
    write(file, text, options) {
      const place = placeOf(cwd, file)
      try {
        writeWhole(place.path, text, options)
      } catch (error) {
        throw named(error, place)
      }
    },
    watch: watch.patch,
    async record(file, { force }) {
      const place = wavPlace(cwd, 'record', file)
      const recording = await recordLive(synth, place, force)
      return {
        async stop() {
          const lines: string[] = []
          const say = (line: string): void => void lines.push(line)
          const report = await recording.finish().catch((error: unknown) => {
            throw named(error, place)
          })
          sayWhatWasRecorded(place.shown, { ...report, speed: 1 }, { ...shell, print: say, note: say })
          return lines.join('\n')
        },
      }
    },
    async recordMidi(file, { force }) {
      const place = midiPlace(cwd, 'recordMidi', file)
      const recording = recordMidi([{ synth }], place, force)
      return { stop: async () => midiLine(place.shown, recording.finish(), shell) }
    },
    readSnapshots: (file) => keeper.open(shelfOf(cwd, file)),
    keepSnapshots(file) {
      const beside = shelfOf(cwd, file)
      keeper.save(beside)
      return beside.shown
    },
    openMidi: openSystemPorts,
    endLoading: close,
    filesLike: (text, types) => filesLike(cwd, text, types),
  }
}

/** Folders and files of some types that begin with a text, as they are written after it. */
function filesLike(cwd: string, text: string, types: readonly string[] = patchTypes): readonly string[] {
  const folder = /^(.*[\\/])?/.exec(text)?.[0] ?? ''
  const begin = basename(text.slice(folder.length))
  try {
    return readdirSync(placeOf(cwd, folder === '' ? '.' : folder).path, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begin) && (begin !== '' || !name.startsWith('.')))
      .flatMap((entry) =>
        entry.isDirectory()
          ? [`${folder}${entry.name}/`]
          : types.some((type) => entry.name.endsWith(type))
            ? [`${folder}${entry.name}`]
            : [],
      )
  } catch {
    return []
  }
}

/** The output as Node's REPL wants it. */
function writable(sink: Sink): NodeJS.WritableStream {
  if (sink instanceof Writable) return sink
  return new Writable({
    decodeStrings: false,
    write(text: string | Buffer, _, done) {
      sink.write(text.toString())
      done()
    },
  })
}
