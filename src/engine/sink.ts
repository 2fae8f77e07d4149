/** Where a live engine's sound goes, and what sets its pace. */
export interface Sink {
  readonly kind: 'card' | 'silent'
  /** Hz. */
  readonly sampleRate: number
  /** Frames that are asked for at a time: a multiple of 128. */
  readonly bufferFrames: number
  /** Seconds from what is computed to what is heard, as far as the device tells. */
  readonly latency: number
  /**
   * Asks for sound from now on, a buffer at a time.
   *
   * @param pull fills the channels, each of `bufferFrames` samples
   * @param lost is told of frames that the device played without having got them in time
   */
  start(pull: (channels: readonly Float32Array[]) => void, lost: (frames: number) => void): void
  close(): Promise<void>
}

/** What is asked of a sink. */
export interface SinkOptions {
  readonly channels: number
  /** Hz; absent: what the device likes best, else 48000. */
  readonly sampleRate?: number
  /** 256, 512, 1024 or 2048. */
  readonly bufferFrames: number
}
