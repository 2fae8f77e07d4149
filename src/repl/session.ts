import { inspect } from 'node:util'
import type { Paint } from '../errors/index.ts'
import type { DeviceType } from '../devices/index.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import type { Patch } from '../patch/index.ts'
import { callCommand } from './call.ts'
import type { Command } from './command.ts'
import { commands } from './commands/index.ts'
import { completed, type Names } from './complete.ts'
import { nothingDone, type Desk, type Outside } from './desk.ts'
import { helpOf, helpText } from './help.ts'
import { mistakeText, type Meant } from './mistake.ts'
import { openPrompt, type PromptOptions } from './prompt.ts'
import { endTakes } from './takes.ts'

/** What a session at the prompt is made from. */
export interface SessionOptions extends Pick<PromptOptions, 'input' | 'output' | 'history'> {
  readonly synth: LiveSynth
  /** The device types of what plays, now. */
  readonly catalogue: () => Readonly<Record<string, DeviceType>>
  /** @param say prints lines above what is being typed */
  readonly outside: (say: (text: string) => void) => Outside
  readonly paint: Paint
  /** The file that is played, as it was written. */
  readonly file: string | undefined
  /** What can be named besides the commands: what `megasynth` exports. */
  readonly library: Readonly<Record<string, unknown>>
  /** Takes what nobody catches, until its result is called. */
  readonly catchStrays: (listener: (error: unknown) => void) => () => void
  /** Ends the session from outside. */
  readonly signal: AbortSignal
}

/** Where nobody knows how wide the output is. */
const widthOfFiles = 100

/** A session at the prompt: it is over when the user ends it, and everything it began is ended then. */
export async function replSession(options: SessionOptions): Promise<void> {
  const { synth, catalogue, paint, output, library, signal } = options
  const say = (text: string): void => prompt.say(text)
  const outside = options.outside(say)
  const desk: Desk = {
    synth,
    get catalogue() {
      return catalogue()
    },
    outside,
    paint,
    // a terminal that does not know says 0
    width: () => output.columns || widthOfFiles,
    say,
    exit: () => prompt.close(),
    file: options.file,
    ...nothingDone(),
  }
  const draft = draftOf(synth)
  const functions = Object.fromEntries(
    commands.map((command) => {
      const { name, chapter } = command
      const call = (...values: unknown[]): unknown => {
        if (chapter === 'edit' || chapter === 'snapshots') draft()
        return callCommand(command, desk, values)
      }
      Object.defineProperty(call, 'name', { value: name })
      // whoever types a name alone wants to know what it does
      Object.defineProperty(call, inspect.custom, { value: () => aboutCommand(command, desk) })
      return [name, call]
    }),
  )
  const names = (): Names => ({
    commands,
    patch: synth.patch,
    catalogue: catalogue(),
    filesLike: outside.filesLike,
    ports: {
      inputs: (desk.midi?.ports.inputs ?? []).map(({ name }) => name),
      outputs: (desk.midi?.ports.outputs ?? []).map(({ name }) => name),
    },
    snapshots: [...synth.snapshots.keys()],
  })
  const meant: Meant = {
    names: [...commands.map(({ name }) => name), ...Object.keys(library)],
    isText: (name) => isNamed(name, synth),
  }
  const prompt = openPrompt({
    input: options.input,
    output,
    history: options.history,
    functions,
    live: {
      synth: () => {
        draft()
        return synth
      },
      patch: draft,
    },
    library,
    completed: (line) => completed(line, names()),
    textOf: (value) => textOf(value, desk),
    mistake: (error) => mistakeText(error, paint, meant),
    exported: (patch) => functions['apply']?.(patch),
  })
  const release = options.catchStrays((error) => prompt.say(mistakeText(error, paint, meant)))
  const onAbort = (): void => prompt.close()
  signal.addEventListener('abort', onAbort)
  try {
    await prompt.ended
  } finally {
    signal.removeEventListener('abort', onAbort)
    await leave(desk).finally(release)
  }
}

/**
 * The patch that sounds, as a copy of the user's own: another one as soon as another patch sounds, the same one until then.
 * It is to be looked at before anything that may bring an earlier patch back: that one is the very same value again.
 */
function draftOf(synth: LiveSynth): () => Patch {
  let [sounding, draft] = [synth.patch, structuredClone(synth.patch)]
  return () => {
    if (synth.patch !== sounding) [sounding, draft] = [synth.patch, structuredClone(synth.patch)]
    return draft
  }
}

/** All that is said of a command; of `help`, what there is. */
function aboutCommand({ name }: Command, { width, paint }: Desk): string {
  const options = { width: width(), paint }
  return name === 'help' ? helpText(commands, options) : helpOf(name, commands, options)
}

/** Whether something is called so in the patch, among the snapshots, or on a keyboard: what stands in quotes. */
function isNamed(name: string, synth: LiveSynth): boolean {
  if (/^[A-G]b?\d$/i.test(name)) return true
  try {
    const { knobs = {}, devices } = synth.patch
    return Object.hasOwn(knobs, name) || Object.hasOwn(devices, name) || synth.snapshots.has(name)
  } catch {
    // it has been closed
    return false
  }
}

/** A result, short. */
function textOf(value: unknown, { width, paint }: Desk): string {
  try {
    const kind = kindOf(value)
    if (kind !== undefined) return `[${kind}]`
    return inspect(value, {
      depth: 4,
      maxArrayLength: 24,
      maxStringLength: 2000,
      breakLength: Math.max(40, width()),
      compact: true,
      colors: paint.bold('') !== '',
    })
  } catch (error) {
    // a getter of the user's
    return mistakeText(error, paint)
  }
}

/** What a value is called that is not looked into: a timer, or the synth. Undefined for what is data. */
function kindOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, inspect.custom)) return undefined
  // what was made at the prompt has another realm's prototype: only its name is the same
  const { constructor } = value as { readonly constructor?: unknown }
  if (typeof constructor !== 'function' || dataTypes.test(constructor.name)) return undefined
  return constructor.name
}

const dataTypes = /^(Object|Array|Map|Set|Date|RegExp|Promise|\w*Error|\w+Array)$/

/** Ends what the session has begun: whatever fails of it, the rest is ended too. @throws what failed first */
async function leave(desk: Desk): Promise<void> {
  const { outside, midi, say, paint } = desk
  const failures: unknown[] = []
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await work()
    } catch (error) {
      failures.push(error)
    }
  }
  // first: a file that is watched may have been saved with a loop that never ends
  await attempt(() => outside.endLoading())
  await attempt(() => desk.unwatch?.())
  // what is held on its keys is let go of, which belongs to what is recorded
  await attempt(() => midi?.connection?.close())
  await attempt(async () => {
    const { told, failed } = await endTakes(desk)
    for (const line of told) say(line)
    failures.push(...failed)
  })
  await attempt(() => midi?.sending?.close())
  await attempt(() => midi?.ports.close())
  for (const error of failures.slice(1)) say(mistakeText(error, paint))
  if (failures.length > 0) throw failures[0]
}
