import { MegasynthError } from '../errors/index.ts'
import type * as WebAudio from 'node-web-audio-api'
import { soundLibraryMissing } from './sound-devices.ts'
import { afterAwake } from './awake.ts'
import type { Sink, SinkOptions } from './sink.ts'

/** Seconds without a question from the device after which it counts as gone. */
const patience = 3

/**
 * A sound card, through the Web Audio API of `node-web-audio-api`. A ScriptProcessorNode asks for the sound: an
 * AudioWorklet of that package keeps a core busy.
 *
 * @param id of the device, as `devices` has it; absent: the system's default
 * @throws MegasynthError `sound-library-missing`, `no-sound-device`
 */
export async function openCardSink(
  { channels, sampleRate, bufferFrames }: SinkOptions,
  id: string | undefined,
): Promise<Sink> {
  let api: typeof WebAudio
  try {
    api = await import('node-web-audio-api')
  } catch (cause) {
    throw new MegasynthError([soundLibraryMissing(cause)], { cause })
  }
  let context: WebAudio.AudioContext
  try {
    context = new api.AudioContext({
      latencyHint: 'interactive',
      ...(id !== undefined && { sinkId: id }),
      ...(sampleRate !== undefined && { sampleRate }),
    })
  } catch (cause) {
    throw new MegasynthError(
      [
        {
          code: 'no-sound-device',
          path: id === undefined ? 'device' : `device ${id}`,
          message: 'the sound device cannot be opened',
          found: cause instanceof Error ? cause.message : String(cause),
          expected: 'a device that no other program has for itself, at a rate that it can',
          suggestion: 'megasynth doctor shows what there is',
        },
      ],
      { cause },
    )
  }
  const source = context.createScriptProcessor(bufferFrames, 0, channels)
  const buffers = Array.from({ length: channels }, () => new Float32Array(bufferFrames))
  let unwatch = (): void => undefined
  return {
    kind: 'card',
    sampleRate: context.sampleRate,
    bufferFrames,
    get latency() {
      // a buffer is computed while the one before is played
      return (2 * bufferFrames) / context.sampleRate + context.baseLatency + context.outputLatency
    },
    start(pull, lost) {
      let [expected, silent] = [-1, 0]
      source.onaudioprocess = ({ playbackTime, outputBuffer }) => {
        silent = 0
        const frame = Math.round(playbackTime * context.sampleRate)
        if (expected >= 0 && frame > expected) lost(frame - expected)
        expected = frame + bufferFrames
        pull(buffers)
        for (const [index, channel] of buffers.entries()) outputBuffer.copyToChannel(channel, index)
      }
      source.connect(context.destination)
      const watch = (): void => {
        unwatch = afterAwake(1, () => {
          if (++silent > patience)
            throw new MegasynthError([{ code: 'engine-failed', path: 'device', message: 'the sound device does not ask for sound any more' }]) // prettier-ignore
          watch()
        })
      }
      watch()
    },
    async close() {
      unwatch()
      source.onaudioprocess = null
      source.disconnect()
      await context.close()
    },
  }
}
