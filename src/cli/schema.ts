import type { Command } from 'commander'
import { patchJsonSchema } from '../patch/index.ts'
import { openCatalogue } from './catalogue.ts'
import type { Shell } from './io.ts'

/** Adds `megasynth schema`. */
export function addSchema(program: Command, shell: Shell): void {
  program
    .command('schema')
    .summary('print the JSON Schema of patches')
    .description('Prints the JSON Schema of patches: editors complete and check .json patches by it.')
    .option('--devices <file>', 'a file with device types of your own')
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth schema > patch.schema.json
  $ megasynth schema --devices my-devices.ts > patch.schema.json`,
    )
    .action(async ({ devices }: { readonly devices?: string }) => {
      shell.print(JSON.stringify(patchJsonSchema(await openCatalogue(shell.io.cwd, devices)), undefined, 2))
    })
}
