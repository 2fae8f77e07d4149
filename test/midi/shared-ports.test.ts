import { expect, it } from 'vitest'
import { sharedPorts } from '../../src/midi/shared-ports.ts'
import { FakePorts } from './fake-ports.ts'

it('an output is opened once for all who send to it, and closed by the last of them', () => {
  const fake = new FakePorts('box')
  const ports = sharedPorts(fake)
  const [a, b] = [ports.openOutput('box'), ports.openOutput('box')]
  const opened = fake.sent.get('box')
  a.send(Uint8Array.of(1))
  b.send(Uint8Array.of(2))
  a.close()
  // once closed is closed, however often
  a.close()
  a.send(Uint8Array.of(3))
  b.send(Uint8Array.of(4))
  expect(fake.sent.get('box')).toBe(opened)
  expect(opened).toEqual([[1], [2], [4]])
  b.close()
  const again = ports.openOutput('box')
  again.send(Uint8Array.of(5))
  expect(fake.sent.get('box')).toEqual([[5]])
  expect(opened).toHaveLength(3)
})
