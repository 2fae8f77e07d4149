import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

/** What decides where a program keeps what it remembers of its user. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * The folder for what is remembered from one session to the next: `XDG_STATE_HOME`, if that is an absolute path, and
 * else the one that is usual on the system.
 *
 * @example
 * stateFolder({ platform: 'linux', env: {}, home: '/home/ada' }) // '/home/ada/.local/state/megasynth'
 */
export function stateFolder({ platform, env, home }: Surroundings): string {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix
  const xdg = env['XDG_STATE_HOME']
  // the standard says that a relative path is to be ignored
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'megasynth')
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'Megasynth', 'State')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Megasynth')
  return join(home, '.local', 'state', 'megasynth')
}

/** {@link stateFolder} of whoever runs this process. */
export const ownStateFolder = (env: Surroundings['env']): string =>
  stateFolder({ platform: process.platform, env, home: homedir() })
