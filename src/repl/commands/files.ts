import { extname } from 'node:path'
import { MegasynthError, didYouMean, fail, listNames, show } from '../../errors/index.ts'
import { out } from '../../devices/index.ts'
import { parsePatch, patchToJson, patchToTypeScript, withPositions, type Patch } from '../../patch/index.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'
import { mistakeText } from '../mistake.ts'
import { quoted } from '../quoted.ts'
import { keepSnapshots, playFile } from '../shelf.ts'
import { said } from '../shown.ts'
import { endTakes } from '../takes.ts'
import { reported } from './edit.ts'

/** How a patch is written, by the ending of its file. */
const writers: Readonly<Record<string, (patch: Patch) => string>> = {
  '.json': patchToJson,
  '.ts': patchToTypeScript,
  '.mts': patchToTypeScript,
  // it has no types in it: it is JavaScript as well
  '.js': patchToTypeScript,
  '.mjs': patchToTypeScript,
}

/** The patch with its knobs and its tempo as they are now: a valid one. @throws MegasynthError with all problems */
function asPlayed({ synth, catalogue }: Desk): Patch {
  const patch = withPositions(synth.patch, (knob) => synth.knob(knob), synth.tempo)
  parsePatch(patch, catalogue, out)
  return patch
}

/** A file is named by a text. @throws MegasynthError `invalid-value` */
function checkName(file: unknown): void {
  if (typeof file !== 'string' || file === '')
    fail({
      code: 'invalid-value',
      path: 'file',
      message: 'this names no file',
      found: show(file),
      expected: 'text',
    })
}

/** The name that was probably meant by one without a type: not where it ends before the name does, as in `.ts`. */
const withType = (file: string): { readonly suggestion?: string } =>
  /(^|[\\/])[^\\/.][^\\/]*$/.test(file) ? { suggestion: `save(${quoted(`${file}.ts`)})` } : {}

/** Here there are no flags: what is said of `--force` is said of the option. */
async function withForce<T>(call: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof MegasynthError)) throw error
    throw new MegasynthError(
      error.problems.map((problem) =>
        problem.code === 'file-exists'
          ? { ...problem, suggestion: `choose another name, or replace it: ${call}` }
          : problem,
      ),
      { cause: error },
    )
  }
}

async function unwatch(desk: Desk): Promise<void> {
  const end = desk.unwatch
  desk.unwatch = undefined
  await end?.()
}

interface Force {
  readonly force?: boolean
}

/** What replaces a file must be meant. @throws MegasynthError `invalid-value` */
function checkForce(force: unknown): void {
  if (typeof force !== 'boolean')
    fail({
      code: 'invalid-value',
      path: 'force',
      message: 'neither replaces a file nor keeps it',
      found: show(force),
      expected: 'true or false',
    })
}

/** Begins to record: of each kind one at a time. */
async function record(
  desk: Desk,
  kind: 'record' | 'recordMidi',
  file: string,
  { force = false }: Force = {},
): Promise<object> {
  checkName(file)
  checkForce(force)
  if (desk.takes.has(kind))
    fail({
      code: 'invalid-value',
      path: kind,
      message: 'something is being recorded already',
      suggestion: 'stop() ends it',
    })
  const take = withForce(`${kind}(${quoted(file)}, { force: true })`, () =>
    desk.outside[kind](file, { force }),
  )
  // at once: another line may ask for it before this one has begun
  desk.takes.set(kind, take)
  try {
    await take
  } catch (error) {
    desk.takes.delete(kind)
    throw error
  }
  return said(`recording ${file}: stop() ends it`)
}

/** Files. */
export const fileCommands: readonly Command[] = [
  {
    name: 'load',
    chapter: 'files',
    call: 'load(file)',
    doc: 'Goes over to the patch of a file while it sounds. From then on the snapshots are those beside it, and another file that was watched is watched no more. A file with problems changes nothing.',
    completes: ['file'],
    examples: ["load('lead.ts')"],
    run: async (desk, file: string) => {
      checkName(file)
      const patch = await desk.outside.openPatch(file)
      const { file: watched } = desk
      if (desk.unwatch !== undefined && file !== watched) {
        // what the engine has no room for changes nothing, either
        desk.synth.plan(patch)
        // before: a save of it must not come after this
        await unwatch(desk)
        desk.say(`${watched} is no longer watched`)
      }
      const report = reported(desk, await desk.outside.play(patch))
      playFile(desk, file)
      return report
    },
  },
  {
    name: 'save',
    chapter: 'files',
    call: 'save(file, { force }?)',
    doc: 'Writes the patch to a file, all of it or nothing, with its knobs and its tempo as they are now: TypeScript (.ts, .js) or JSON (.json). A file that is there already is replaced only if this session has written it, or with { force: true }. If no file has been played yet, it is this one from then on, with the snapshots beside it.',
    completes: ['file'],
    examples: ["save('take.json')", "save('lead.ts', { force: true })"],
    run: async (desk, file: string, { force = false }: Force = {}) => {
      checkName(file)
      checkForce(force)
      const type = extname(file)
      const write = writers[type]
      if (write === undefined)
        return fail({
          code: 'unknown-file-type',
          path: file,
          message: 'is of a type that no patch is written in',
          found: type === '' ? 'no file type' : type,
          expected: `a file that ends in ${listNames(Object.keys(writers))}`,
          ...(type === '' ? withType(file) : didYouMean(type, Object.keys(writers))),
        })
      const text = write(asPlayed(desk))
      await withForce(`save(${quoted(file)}, { force: true })`, () =>
        desk.outside.write(file, text, { force: force || desk.written.has(file) }),
      )
      desk.written.add(file)
      if (desk.file !== undefined) return said(`${file} is written`)
      playFile(desk, file)
      const beside = desk.synth.snapshots.size > 0 ? keepSnapshots(desk) : undefined
      return said(`${file} is written${beside === undefined ? '' : `, and its snapshots in ${beside}`}`)
    },
  },
  {
    name: 'watch',
    chapter: 'files',
    call: 'watch(file?)',
    doc: 'Plays a file from now on, and again each time that it is saved, in any editor. Without a name it is the file that was loaded; watch(false) ends it.',
    completes: ['file'],
    examples: ["watch('lead.ts')", 'watch(false)'],
    run: async (desk, file: string | false | undefined = desk.file) => {
      if (file === false) {
        await unwatch(desk)
        return said('nothing is watched')
      }
      if (file === undefined)
        fail({
          code: 'invalid-value',
          path: 'file',
          message: 'no file has been loaded that could be watched',
          expected: "its name: watch('lead.ts')",
        })
      checkName(file)
      const { patch, end } = await desk.outside.watch(file)
      await unwatch(desk)
      desk.unwatch = end
      await desk.outside.play(patch)
      playFile(desk, file)
      return said(`${file} is played each time that it is saved`)
    },
  },
  {
    name: 'record',
    chapter: 'files',
    call: 'record(file, { force }?)',
    doc: 'Records all that is heard from now on, to a WAV file, until stop().',
    completes: ['wav'],
    examples: ["record('take.wav')"],
    run: async (desk, file: string, options?: Force) => await record(desk, 'record', file, options),
  },
  {
    name: 'recordMidi',
    chapter: 'files',
    call: 'recordMidi(file, { force }?)',
    doc: 'Records all that is played from now on, to a MIDI file, until stop(): notes from wherever they come, the knobs that have a MIDI control, and tempos. record may run at once.',
    completes: ['mid'],
    examples: ["recordMidi('take.mid')"],
    run: async (desk, file: string, options?: Force) => await record(desk, 'recordMidi', file, options),
  },
  {
    name: 'stop',
    chapter: 'files',
    call: 'stop()',
    doc: 'Ends what is being recorded, sound and MIDI: the files are then there, whole.',
    examples: ['stop()'],
    run: async (desk) => {
      if (desk.takes.size === 0) return said('nothing is being recorded')
      const { told, failed } = await endTakes(desk)
      if (failed.length === 0) return said(told.join('\n'))
      for (const line of told) desk.say(line)
      for (const error of failed.slice(1)) desk.say(mistakeText(error, desk.paint))
      throw failed[0]
    },
  },
]
