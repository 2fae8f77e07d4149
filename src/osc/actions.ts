import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import { noteNumber } from '../patch/notes.ts'
import type { NoteEvent, NoteId } from '../plan/index.ts'
import type { OscArg, OscMessage } from '../scsynth/index.ts'

/** What an OSC message asks for. `channel`, 0..15, is there if the message names one; that of an event is in the event, if it can have one. */
export type OscAction = Channel &
  (
    | {
        readonly kind: 'play'
        readonly event: NoteEvent
        /** How long a note is held that ends by itself. */
        readonly seconds?: number
      }
    /** Position 0..1. */
    | { readonly kind: 'knob'; readonly name: string; readonly position: number }
    | { readonly kind: 'panic' }
    /** `over`: seconds in which the knobs glide; 0 is at once. */
    | { readonly kind: 'recall'; readonly name: string; readonly over: number }
  )

/** The longest note, glide and wait, in seconds: an hour. */
export const longestTime = 3600
/** Of a note for which none is given. */
const usualVelocity = 0.8
const maxName = 64

/** The arguments of one message, taken one after the other. */
class Args {
  readonly #address: string
  readonly #forms: string
  readonly #values: readonly OscArg[]
  #index = 0

  constructor({ address, args }: OscMessage, forms: string) {
    this.#address = address
    this.#forms = forms
    this.#values = args
  }

  get left(): number {
    return this.#values.length - this.#index
  }

  refuse(message: string, found?: unknown): never {
    const expected = this.#forms
    const what = found === undefined ? {} : { found: show(plainly(found)) }
    fail({ code: 'invalid-osc', path: this.#address, message, expected, ...what })
  }

  next(): OscArg {
    if (this.left === 0) this.refuse('there are too few arguments')
    return this.#values[this.#index++] as OscArg
  }

  number(low: number, high: number, what: string): number {
    const given = this.next()
    const value = plainly(given)
    if (typeof value === 'number' && value >= low && value <= high) return value
    return this.refuse(`this is no ${what} ${low}..${high}`, given)
  }

  /** From 0 up; a switch may send false and true for 0 and 1. */
  level(high: number, what: string): number {
    const next = this.#values[this.#index]
    if (typeof next !== 'boolean') return this.number(0, high, what)
    this.next()
    return Number(next)
  }

  note(): number {
    const name = this.#values[this.#index]
    if (typeof name !== 'string') return this.number(0, 127, 'note')
    this.next()
    return noteNumber(name)
  }

  /** 0 and 1 are the ends, whatever their type is; whole numbers above are those of MIDI. */
  velocity(): number {
    const next = this.#values[this.#index]
    const isWhole = Object(next) === next && 'int' in (next as object)
    const value = this.level(isWhole ? 127 : 1, 'velocity')
    return value <= 1 ? value : value / 127
  }

  id(): { readonly id?: NoteId } {
    if (this.left === 0) return {}
    const given = this.next()
    const id = plainly(given)
    if (Number.isFinite(id) || (typeof id === 'string' && id.length <= maxName)) return { id: id as NoteId }
    return this.refuse('this names no note', given)
  }

  text(what: string): string {
    const given = this.next()
    if (typeof given === 'string' && given !== '' && given.length <= maxName) return given
    return this.refuse(`this is no ${what}`, given)
  }
}

/** An argument without its type. */
function plainly(arg: unknown): unknown {
  if (arg === null || typeof arg !== 'object') return arg
  const value = 'int' in arg ? arg.int : 'float' in arg ? arg.float : 'double' in arg ? arg.double : undefined
  if (typeof value === 'number') return value
  if ('long' in arg && typeof arg.long === 'bigint') return Number(arg.long)
  return arg
}

type Channel = { readonly channel?: number }

interface Form {
  /** Its arguments, as they are written in documents and errors. */
  readonly args: string
  readonly read: (args: Args, channel: Channel) => OscAction
}

const play = (event: NoteEvent): OscAction => ({ kind: 'play', event })
const strike = (args: Args, channel: Channel, note: number, velocity: number): OscAction =>
  velocity === 0
    ? play({ kind: 'off', note, ...args.id(), ...channel })
    : play({ kind: 'on', note, velocity, ...args.id(), ...channel })

/** For a button, which sends what it is. */
const pressed = (asks: (channel: Channel) => OscAction): Form => ({
  args: '[anything]',
  read: (args, channel) => {
    if (args.left > 0) args.next()
    return asks(channel)
  },
})

const forms: Readonly<Record<string, Form>> = {
  '/note': {
    args: 'note [velocity [seconds]]',
    read: (args, channel) => {
      const note = args.note()
      const velocity = args.left > 0 ? args.velocity() : usualVelocity
      if (args.left === 0) return strike(args, channel, note, velocity)
      const seconds = args.number(0, longestTime, 'number of seconds')
      if (velocity === 0) return play({ kind: 'off', note, ...channel })
      return { kind: 'play', event: { kind: 'on', note, velocity, ...channel }, seconds }
    },
  },
  '/note/on': {
    args: 'note [velocity [id]]',
    read: (args, channel) =>
      strike(args, channel, args.note(), args.left > 0 ? args.velocity() : usualVelocity),
  },
  '/note/off': {
    args: 'note [id]',
    read: (args, channel) => strike(args, channel, args.note(), 0),
  },
  '/bend': {
    args: 'semitones',
    read: (args, channel) =>
      play({ kind: 'bend', semitones: args.number(-128, 128, 'bend in semitones'), ...channel }),
  },
  '/pressure': {
    args: 'value [note]',
    read: (args, channel) => {
      const value = args.level(1, 'pressure')
      return play({ kind: 'pressure', value, ...channel, ...(args.left > 0 && { note: args.note() }) })
    },
  },
  '/timbre': {
    args: 'value',
    read: (args, channel) => play({ kind: 'timbre', value: args.level(1, 'timbre'), ...channel }),
  },
  '/sustain': {
    args: 'down',
    read: (args, channel) => play({ kind: 'sustain', down: args.level(127, 'pedal') >= 0.5, ...channel }),
  },
  '/sostenuto': {
    args: 'down',
    read: (args, channel) => play({ kind: 'sostenuto', down: args.level(127, 'pedal') >= 0.5, ...channel }),
  },
  '/notes/off': { args: '', read: (_, channel) => play({ kind: 'allOff', ...channel }) },
  '/silence': pressed((channel) => ({ ...play({ kind: 'silence' }), ...channel })),
  '/panic': pressed((channel) => ({ kind: 'panic', ...channel })),
  '/recall': {
    args: 'name [seconds]',
    read: (args, channel) => {
      const name = args.text('name of a snapshot')
      const over = args.left > 0 ? args.number(0, longestTime, 'number of seconds') : 0
      return { kind: 'recall', name, over, ...channel }
    },
  },
}

const knobs = '/knob/'
const channels = /^\/channel\/([1-9]|1[0-6])(?=\/)/

/**
 * What a message asks for. Numbers may be of any OSC type; a note is a MIDI note 0..127 (fractions are microtones) or a
 * text such as `C4`. A velocity is 0..1, and 0 ends the note; an integer above 1 is a MIDI velocity. `/channel/1` … `/channel/16`
 * may come before any address.
 *
 * @throws MegasynthError `invalid-osc`, `invalid-notes`
 * @example
 * readAction({ address: '/note', args: ['C4', float(0.5)] })
 * // { kind: 'play', event: { kind: 'on', note: 60, velocity: 0.5 } }
 */
export function readAction(message: OscMessage): OscAction {
  const { address } = message
  const [prefix = '', number] = channels.exec(address) ?? []
  const channel = number === undefined ? {} : { channel: Number(number) - 1 }
  const name = address.slice(prefix.length)
  if (name.startsWith(knobs)) return turn(message, name.slice(knobs.length), channel)
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined
  if (form === undefined) {
    const known = Object.keys(forms)
    return fail({
      code: 'invalid-osc',
      path: show(address),
      message: 'nobody listens to this address',
      expected: listNames([...known, '/knob/<name>', ...(prefix === '' ? ['/channel/<1..16>/…'] : [])], 20),
      ...(name.length <= maxName && didYouMean(name, known)),
    })
  }
  const args = new Args(message, `${address} ${form.args}`.trimEnd())
  const action = form.read(args, channel)
  if (args.left > 0) args.refuse('there are too many arguments')
  return action
}

function turn(message: OscMessage, name: string, channel: Channel): OscAction {
  const args = new Args(message, '/knob/<name> position')
  if (name === '' || name.length > maxName) args.refuse('this is no name of a knob', name)
  const position = args.level(1, 'position')
  if (args.left > 0) args.refuse('there are too many arguments')
  return { kind: 'knob', name, position, ...channel }
}
