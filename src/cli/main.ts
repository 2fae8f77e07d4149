#!/usr/bin/env node
import { processIo } from './io.ts'
import { run } from './run.ts'

// `megasynth devices | head` ends when head has seen enough
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
process.exitCode = await run(process.argv.slice(2), processIo())
