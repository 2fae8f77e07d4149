/** The engine tried to leave: what `proc_exit` throws through it. */
class EngineExit extends Error {
  constructor(code: number) {
    super(`the engine ended itself with exit code ${code}`)
    this.name = 'EngineExit'
  }
}

/** The time that the engine believes in. */
export interface VirtualClock {
  /** Nanoseconds since 1970. */
  now(): bigint
}

const nothing = (): number => 0

/**
 * What the engine asks of its surroundings: a memory, a clock, and stubs for threads and files that it links but
 * does not need. All effects end here: no real clock, no files, no environment.
 *
 * `print` gets what the engine writes to its standard output and error.
 */
export function engineImports(
  memory: WebAssembly.Memory,
  clock: VirtualClock,
  print: (text: string) => void,
): WebAssembly.Imports {
  const words = new DataView(memory.buffer)
  const bytes = new Uint8Array(memory.buffer)
  return {
    env: {
      memory,
      emscripten_asm_const_double: () => Number(clock.now() / 1000n),
      emscripten_check_blocking_allowed: nothing,
      emscripten_exit_with_live_runtime: nothing,
      emscripten_num_logical_cores: () => 1,
      _emscripten_init_main_thread_js: nothing,
      _emscripten_notify_mailbox_postmessage: nothing,
      _emscripten_receive_on_main_thread_js: nothing,
      _emscripten_thread_cleanup: nothing,
      _emscripten_thread_mailbox_await: nothing,
      _emscripten_thread_set_strongref: nothing,
      __syscall_getdents64: nothing,
      __syscall_unlinkat: nothing,
    },
    wasi_snapshot_preview1: {
      clock_time_get: (_clock: number, _precision: unknown, result: number): number => {
        words.setBigUint64(result, clock.now(), true)
        return 0
      },
      environ_sizes_get: (count: number, size: number): number => {
        words.setUint32(count, 0, true)
        words.setUint32(size, 0, true)
        return 0
      },
      environ_get: nothing,
      fd_close: nothing,
      fd_read: (_file: number, _vectors: number, _count: number, done: number): number => {
        words.setUint32(done, 0, true)
        return 0
      },
      fd_seek: (_file: number, _offset: unknown, _whence: number, position: number): number => {
        words.setBigUint64(position, 0n, true)
        return 0
      },
      // All must be reported as written: the C library repeats what is left until nothing is.
      fd_write: (_file: number, vectors: number, count: number, done: number): number => {
        let total = 0
        let text = ''
        for (let i = 0; i < count; i++) {
          const start = words.getUint32(vectors + 8 * i, true)
          const length = words.getUint32(vectors + 8 * i + 4, true)
          text += new TextDecoder().decode(bytes.slice(start, start + length))
          total += length
        }
        words.setUint32(done, total, true)
        if (text !== '') print(text)
        return 0
      },
      proc_exit: (code: number): never => {
        throw new EngineExit(code)
      },
    },
  }
}
