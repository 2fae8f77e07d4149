import { accessSync, constants } from 'node:fs'
import { fail } from '../errors/index.ts'

/** What ALSA gives MIDI to programs by. */
const device = '/dev/snd/seq'

/**
 * Sees whether programs may reach the MIDI of Linux, before its library tries: that would only say that it failed, and on
 * stderr. Other systems have no such device.
 *
 * @throws MegasynthError `midi-unavailable`
 */
export function checkSequencer(
  platform: NodeJS.Platform,
  access: (path: string, mode: number) => void = accessSync,
): void {
  if (platform !== 'linux') return
  try {
    access(device, constants.R_OK | constants.W_OK)
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EACCES'
    fail(
      {
        code: 'midi-unavailable',
        path: 'MIDI',
        message: isThere ? 'MIDI is there, but not for this user' : 'this system has no MIDI sequencer',
        found: isThere ? `no permission for ${device}` : `there is no ${device}`,
        expected: 'the sequencer device of ALSA, which may be read and written',
        suggestion: isThere
          ? 'sudo usermod -aG audio $USER, and log in again'
          : 'sudo modprobe snd-seq; a container needs the device passed in (--device /dev/snd)',
      },
      { cause },
    )
  }
}
