import type { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import { Recoverable, start, type REPLServer } from 'node:repl'
import { types } from 'node:util'
import type { Completion } from './complete.ts'
import { promptCode } from './patch-code.ts'
import { Paste } from './paste.ts'

/** How a prompt reads, evaluates and prints. */
export interface PromptOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  /** What can be called at the prompt. Nothing else can have one of these names. */
  readonly functions: Readonly<Record<string, unknown>>
  /** What is another value every time. */
  readonly live: Readonly<Record<string, () => unknown>>
  /** What else is there; a variable of the user's may have the same name. */
  readonly library: Readonly<Record<string, unknown>>
  readonly completed: (line: string) => Completion | undefined
  /** A file for the lines of earlier sessions. Undefined: they are forgotten. */
  readonly history: string | undefined
  /** A result as text. */
  readonly textOf: (value: unknown) => string
  /** An error as text. */
  readonly mistake: (error: unknown) => string
  /** What is done with what a pasted file exports by default. */
  readonly exported: (value: unknown) => unknown
}

/** A prompt that survives whatever is typed at it. */
export interface Prompt {
  /** Prints lines that nobody asked for, above what is being typed. */
  readonly say: (text: string) => void
  /** Ends it at once, whatever is waited for. */
  readonly close: () => void
  /** When it has been closed and everything that was asked for is done. */
  readonly ended: Promise<void>
}

type Done = (error: Error | null, value?: unknown) => void
type Evaluate = (code: string, context: Record<string, unknown>, file: string, done: Done) => void

/** What of Node's REPL is there, but not in its types: it is what its own source builds on. */
interface Inner {
  eval: Evaluate
  completer: (line: string, done: (error: Error | null, completion?: Completion) => void) => void
  displayPrompt: (preserveCursor?: boolean) => void
  emit: (event: string, ...values: unknown[]) => boolean
  _ttyWrite: (
    text: string | undefined,
    key: { readonly name?: string; readonly sequence?: string; readonly ctrl?: boolean } | undefined,
  ) => void
  /** Rows above the cursor that belong to what is typed. */
  prevRows: number
  /** Node up to 25 lets domains catch what is thrown later. */
  readonly _domain?: EventEmitter
}

/** What is evaluated now. */
interface Turn {
  /** Gives up waiting for its promise. */
  cancel?: () => void
  /** Gives up whatever it does, without a word. */
  readonly drop: () => void
  readonly fail: (error: unknown) => void
}

/**
 * Opens a prompt on Node's REPL. What a line returns is waited for if it is a promise, and so are the lines after it. No
 * error ends it: not what is thrown at once, in a promise or by a timer. What is pasted is taken as a whole.
 */
export function openPrompt(options: PromptOptions): Prompt {
  const { input, output, completed, history, textOf, mistake, exported } = options
  const terminal = output.isTTY === true
  const server: REPLServer = start({
    input,
    output,
    terminal,
    prompt: terminal ? '> ' : '',
    ignoreUndefined: true,
    // what is half typed must not be evaluated: it would sound
    preview: false,
    breakEvalOnSigint: true,
    writer: textOf,
  })
  const inner = server as unknown as Inner
  let running: Turn | undefined
  let closed = false
  /** Lines that came while another was evaluated. */
  const waiting: string[] = []

  const display = inner.displayPrompt.bind(server)
  inner.displayPrompt = (keep) => {
    // what is typed ahead stays, and so does the cursor behind it
    if (terminal && !closed) display(keep === true || server.line !== '')
  }

  function say(text: string): void {
    if (!terminal || closed || running !== undefined) return void output.write(`${text}\n`)
    moveCursor(output, 0, -server.getCursorPos().rows)
    cursorTo(output, 0)
    clearScreenDown(output)
    output.write(`${text}\n`)
    inner.prevRows = 0
    display(true)
  }

  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  function goOn(): void {
    const isFree = (): boolean => running === undefined
    while (waiting.length > 0 && isFree()) emit('line', waiting.shift())
    if (isFree() && closed) end()
  }

  const evaluate = inner.eval
  inner.eval = (written, context, file, done) => {
    let over = false
    let isEvaluating = false
    let outcome: (() => void) | undefined
    /** The turn is over: something is printed, and the next line has its turn. */
    const finish = (print: () => void): void => {
      if (over) return
      // whoever sees the prompt may close the window, which must be heard by then
      if (isEvaluating) return void (outcome ??= print)
      over = true
      running = undefined
      print()
      // not from within: Node's REPL is not done with this line yet
      queueMicrotask(goOn)
    }
    const turn: Turn = {
      drop: () => finish(() => undefined),
      fail: (error) =>
        finish(() => {
          output.write(`${mistake(error)}\n`)
          done(null, undefined)
        }),
    }
    const wait = (promise: Promise<unknown>): void => {
      turn.cancel = () =>
        finish(() => {
          output.write('no longer waited for\n')
          done(null, undefined)
        })
      promise.then(succeed, turn.fail)
    }
    const succeed = (value: unknown): void => {
      if (types.isPromise(value)) wait(value)
      else finish(() => done(null, value))
    }
    running = turn
    const taken = declared(written).find((name) => Object.hasOwn(options.functions, name))
    if (taken !== undefined) return turn.fail(new TypeError(isTaken(taken)))
    const { code, exports } = promptCode(written)
    isEvaluating = true
    try {
      withoutSignals(() =>
        evaluate.call(server, code, context, file, (error, value) => {
          if (error instanceof Recoverable) finish(() => done(error))
          else if (error) turn.fail(error)
          else if (exports === undefined) succeed(value)
          else succeed(exported(context[exports]))
        }),
      )
    } finally {
      isEvaluating = false
      if (outcome !== undefined) finish(outcome)
    }
  }

  const emit = server.emit.bind(server) as Inner['emit']
  inner.emit = (event, ...values) => {
    if (event === 'line' && (running !== undefined || waiting.length > 0))
      return waiting.push(String(values[0])) > 0
    if (event === 'SIGINT' && running?.cancel !== undefined) {
      running.cancel()
      return true
    }
    return emit(event, ...values)
  }

  inner._domain?.removeAllListeners('error')
  inner._domain?.on('error', (error: unknown) => {
    const thrown = Object(error) as { domain?: unknown; domainThrown?: boolean }
    // a timer of an earlier line; what the line of now throws is not marked
    const isStray = thrown.domainThrown === true
    delete thrown.domain
    delete thrown.domainThrown
    if (running === undefined || isStray) say(mistake(error))
    else running.fail(error)
  })

  const ownCompletion = (line: string): Completion | undefined => {
    try {
      return completed(line)
    } catch {
      // what would be named is gone: it is told to whoever enters the line
      return [[], line]
    }
  }
  const javascript = inner.completer.bind(server)
  inner.completer = (line, done) => {
    const own = ownCompletion(line)
    if (own === undefined) javascript(line, done)
    else done(null, own)
  }

  const paste = new Paste(server, (lines) => inner.emit('line', lines))
  const type = inner._ttyWrite.bind(server)
  const tellOfWaiting = (): void => {
    if (running !== undefined) output.write('\nthe line before is waited for: Ctrl-C gives it up\n')
  }
  inner._ttyWrite = (text, key) => {
    const ends = key?.ctrl === true && key.name === 'd' && server.line === ''
    // a promise that was returned is waited for without keys, once the history is written: a Ctrl-C that came before would be read by nobody
    const isDeaf = running?.cancel !== undefined
    if (ends && isDeaf) server.once('close', tellOfWaiting)
    if (!paste.takes(text, key ?? {})) type(text, key)
    if (ends && !isDeaf) tellOfWaiting()
  }

  const define = (): void => {
    Object.assign(server.context, options.library)
    const functions = Object.entries(options.functions).map(([name, value]) => [name, () => value] as const)
    for (const [name, get] of [...functions, ...Object.entries(options.live)])
      Object.defineProperty(server.context, name, {
        get,
        set() {
          refuse(name)
        },
        enumerable: true,
      })
  }
  define()
  server.on('reset', define)
  const onExit = (): void => {
    closed = true
    paste.end()
    goOn()
  }
  server.on('exit', onExit)
  // a terminal that has gone can no longer be read
  input.on('error', close)
  if (terminal && history !== undefined) keepHistory(server, history, say)
  paste.begin()
  return { say, close, ended }

  function close(): void {
    waiting.length = 0
    server.close()
    // while its history is read, or a promise is waited for, Node's REPL says nothing of having been closed
    server.off('exit', onExit)
    onExit()
    running?.drop()
  }
}

/**
 * What the program does at signals is left out while a line is evaluated. Ctrl-C ends that line, which Node's REPL sees to, but only
 * if nobody else listens. A terminal that is closed ends the program at once: nobody could ever be told, if the line does not end.
 */
function withoutSignals(work: () => void): void {
  const all = (['SIGINT', 'SIGHUP', 'SIGTERM'] as const).map(
    (name) => [name, process.rawListeners(name) as NodeJS.SignalsListener[]] as const,
  )
  for (const [name] of all) process.removeAllListeners(name)
  try {
    work()
  } finally {
    for (const [name, listeners] of all) for (const listener of listeners) process.on(name, listener)
  }
}

const isTaken = (name: string): string => `${name} is a name of Megasynth: choose another one`

function refuse(name: string): never {
  throw new TypeError(isTaken(name))
}

/** Names that a line declares, so that they would hide what has them now until the session ends. */
const declared = (code: string): readonly string[] =>
  Array.from(
    code.matchAll(/^[ \t]*(?:const|let|class|function|async function)\s+([\w$]+)/gm),
    ([, name = '']) => name,
  )

function keepHistory(server: REPLServer, file: string, say: (text: string) => void): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    return say(`The lines of this session will be forgotten: ${(error as Error).message}`)
  }
  server.setupHistory(file, () => undefined)
}
