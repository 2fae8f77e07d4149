import { describe, expect, it } from 'vitest'
import { migrate, type Migration } from '../../src/patch/migrate.ts'

/** Two later formats that never were: `devices` became `modules`, then `boxes`. */
const steps: readonly Migration[] = [
  ({ devices, ...rest }) => ({ ...rest, format: 2, modules: devices }),
  ({ modules, ...rest }) => ({ ...rest, format: 3, boxes: modules }),
]

describe('migrate', () => {
  it('takes a patch through every format up to the newest', () => {
    expect(migrate({ format: 1, devices: 'x' }, steps)).toEqual({ patch: { format: 3, boxes: 'x' } })
    expect(migrate({ format: 2, modules: 'x' }, steps)).toEqual({ patch: { format: 3, boxes: 'x' } })
    expect(migrate({ format: 3, boxes: 'x' }, steps)).toEqual({ patch: { format: 3, boxes: 'x' } })
  })

  it('takes a patch without a format for one of format 1', () => {
    expect(migrate({ devices: 'x' }, steps)).toEqual({ patch: { format: 3, boxes: 'x' } })
  })

  it('refuses a format of the future and says which are known', () => {
    expect(migrate({ format: 4 }, steps)).toEqual({
      problem: expect.objectContaining({
        code: 'unsupported-format',
        found: '4',
        expected: '1..3',
      }) as object,
    })
    expect(migrate({ format: 2 })).toEqual({ problem: expect.objectContaining({ expected: '1' }) as object })
  })

  it('leaves what is no format to the schema', () => {
    expect(migrate({ format: 'one' }, steps)).toEqual({ patch: { format: 'one' } })
    expect(migrate({ format: 1.5 }, steps)).toEqual({ patch: { format: 1.5 } })
  })
})
