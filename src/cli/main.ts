#!/usr/bin/env node
import { guardProcess } from './guard.ts'
import { createShell, processIo } from './io.ts'
import { run } from './run.ts'

const argv = process.argv.slice(2)
const io = processIo()
const end = guardProcess(argv, createShell(argv, io))
end(await run(argv, io))
