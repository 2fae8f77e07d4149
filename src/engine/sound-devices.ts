import { execFile } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { createRequire } from 'node:module'
import { MegasynthError, didYouMean, listNames, type Problem } from '../errors/index.ts'

/** A device that sound can be sent to. */
export interface SoundDevice {
  readonly id: string
  /** As the system calls it. */
  readonly name: string
}

/** The name of the sink that nobody hears. */
export const silentDevice = 'silent'

/** What is said where the library of the system's sound is not there. */
export function soundLibraryMissing(cause: unknown): Problem {
  const found = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
  return {
    code: 'sound-library-missing',
    path: 'device',
    message: 'sound cannot be sent to a sound card on this system',
    found,
    expected: found.includes('libasound')
      ? 'the ALSA library, libasound.so.2'
      : 'the package node-web-audio-api, and what it needs of the system',
    suggestion: found.includes('libasound')
      ? 'install the package libasound2 (libasound2t64 on newer Debian and Ubuntu, alsa-lib on Fedora and Arch), or use the device "silent"'
      : 'npm install node-web-audio-api, or use the device "silent"',
  }
}

// In a process of its own: the libraries of the system write on stderr what they do not find.
const program = `
const { default: api } = await import(process.argv[1])
const all = await api.mediaDevices.enumerateDevices()
const outputs = all.filter(({ kind }) => kind === 'audiooutput').map(({ deviceId, label }) => ({ id: deviceId, name: label }))
process.stdout.write('\\n' + JSON.stringify({ outputs }) + '\\n', () => process.exit(0))
`

/**
 * Lists the devices that sound can be sent to; none where there is no sound card.
 *
 * @throws MegasynthError `sound-library-missing`
 * @example
 * for (const { name } of await devices()) console.log(name)
 */
export async function devices(): Promise<readonly SoundDevice[]> {
  let api: string
  try {
    const require = createRequire(import.meta.url)
    api = pathToFileURL(require.resolve('node-web-audio-api')).href
  } catch (cause) {
    throw new MegasynthError([soundLibraryMissing(cause)], { cause })
  }
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const args = ['--input-type=module', '-e', program, '--', api]
    execFile(process.execPath, args, { timeout: 10_000 }, (_, out, errors) =>
      resolve({ stdout: out, stderr: errors }),
    )
  })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { outputs } = JSON.parse(last) as { readonly outputs: readonly SoundDevice[] }
    return outputs
  } catch {
    const why =
      stderr.split('\n').find((line) => /error/i.test(line) && !line.includes('libjack')) ?? 'no answer'
    throw new MegasynthError([soundLibraryMissing(new Error(why.trim()))])
  }
}

/**
 * Finds the device that a name means: its id, its whole name, or a part of it that no other has.
 *
 * @returns undefined for the default of the system
 * @throws MegasynthError `no-sound-device`
 */
export function deviceCalled(name: string, devices: readonly SoundDevice[]): SoundDevice {
  const low = name.toLowerCase()
  const exact = devices.filter((one) => one.id === name || one.name.toLowerCase() === low)
  const partial = devices.filter((one) => one.name.toLowerCase().includes(low))
  const found = exact[0] ?? (partial.length === 1 ? partial[0] : undefined)
  if (found) return found
  const names = [...devices.map((one) => one.name), silentDevice]
  throw new MegasynthError([
    {
      code: 'no-sound-device',
      path: 'device',
      message:
        partial.length > 1
          ? `"${name}" means more than one sound device`
          : `there is no sound device "${name}"`,
      found: partial.length > 1 ? listNames(partial.map((one) => one.name)) : name,
      expected: listNames(names),
      ...didYouMean(name, names),
    },
  ])
}
