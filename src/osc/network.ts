import { fail, show, type Problem } from '../errors/index.ts'

/** What the system's words for a failure mean, and what can be done. */
const known: Readonly<Record<string, Pick<Problem, 'found' | 'suggestion'>>> = {
  EADDRINUSE: {
    found: 'another program uses the port',
    suggestion: 'choose another port, or end that program',
  },
  EACCES: { found: 'the system does not allow it', suggestion: 'choose a port from 1024 up' },
  EADDRNOTAVAIL: {
    found: 'this machine has no such address',
    suggestion: 'leave the address out for 127.0.0.1, or take 0.0.0.0 for all of this machine',
  },
  ENOTFOUND: { found: 'there is no such host', suggestion: 'give its IP address' },
}

/** A failure of the network as a problem. */
export function networkFailed(path: string, message: string, error: unknown): Problem {
  const { code } = Object(error) as { readonly code?: unknown }
  const reason = typeof code === 'string' ? known[code] : undefined
  return { code: 'network-failed', path, message, ...(reason ?? { found: String(error) }) }
}

/** @throws MegasynthError `out-of-range` */
export function checkPort(port: number, lowest: 0 | 1): void {
  if (Number.isInteger(port) && port >= lowest && port <= 65_535) return
  const expected = `a whole number ${lowest}..65535`
  fail({ code: 'out-of-range', path: 'port', message: 'there is no such port', found: show(port), expected })
}
