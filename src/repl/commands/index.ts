import type { Command } from '../command.ts'
import { editCommands } from './edit.ts'
import { fileCommands } from './files.ts'
import { knobCommands } from './knobs.ts'
import { lookCommands } from './look.ts'
import { midiCommands } from './midi.ts'
import { playCommands } from './play.ts'
import { sessionCommands } from './session.ts'
import { snapshotCommands } from './snapshots.ts'

/** All functions of the REPL. Help, completion and docs/repl.md are made from this one table. */
export const commands: readonly Command[] = [
  ...playCommands,
  ...knobCommands,
  ...editCommands,
  ...snapshotCommands,
  ...lookCommands,
  ...fileCommands,
  ...midiCommands,
  ...sessionCommands(() => commands),
]
