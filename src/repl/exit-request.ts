/** Somebody at the prompt, or a module that was loaded there, calls `process.exit`. */
export interface ExitRequest {
  /** Aborted by it; the reason is the code. */
  readonly signal: AbortSignal
  /** `process.exit` ends the process again. */
  readonly release: () => void
}

/** From now on `process.exit` asks for the session's end: the sound fades out, and what is recorded is kept. */
export function catchExit(): ExitRequest {
  const controller = new AbortController()
  const { exit } = process
  process.exit = (code: number | string | null = process.exitCode ?? 0) => {
    controller.abort(Number(code))
    // whoever calls it does not expect to go on
    throw new Error(`the session ends with ${code}`)
  }
  return {
    signal: controller.signal,
    release: () => {
      process.exit = exit
    },
  }
}
