import type { Place, Remark } from '../dump';
import type { LogicalLine } from './logical-lines';

/** What stands around a dump and tells how the entry went (SDM 3C 27.8, APM 2 15.5.1). */

/** Not a member of a union's variants loses its other fields. */
type Said = Remark extends infer R ? (R extends Remark ? Omit<R, 'place'> : never) : never;

type Reader = readonly [RegExp, (...groups: string[]) => Said];

const hex = (text: string): bigint => BigInt(`0x${text.replace(/^0x/i, '')}`);

const READERS: readonly Reader[] = [
  // QEMU, whose numbers are VM-instruction errors or exit reasons.
  [
    /entry failed, hardware error 0x([0-9a-f]{1,16})/i,
    (error = '0') => ({ kind: 'hardware-error', error: hex(error) }),
  ],
  [
    /VM(?:LAUNCH|RESUME) error: 0x([0-9a-f]{1,8})/,
    (error = '0') => ({ kind: 'vmfail', error: Number(hex(error)) }),
  ],
  // Xen from 4.8, and before.
  [
    /vmentry failure \(reason 0x([0-9a-f]{8})\)/,
    (reason = '0') => ({ kind: 'hardware-error', error: hex(reason) }),
  ],
  [
    /Failed vm entry \(exit reason 0x([0-9a-f]{8})\)/,
    (reason = '0') => ({ kind: 'hardware-error', error: hex(reason) }),
  ],
  [
    /[Ii]nvalid guest state \((\d)\)/,
    (qualification = '0') => ({ kind: 'qualification', value: BigInt(qualification) }),
  ],
  // Xen prints an entry's number from 0.
  [
    /MSR (?:loading|entry loading) \((?:entry )?(\d{1,9})\)/,
    (entry = '0') => ({ kind: 'qualification', value: BigInt(entry) + 1n }),
  ],
  [
    /msr ([0-9a-f]{8}) val ([0-9a-f]{1,16}) \(mbz (?:0x)?([0-9a-f]{1,8})\)/,
    (index = '0', value = '0', mustBe0 = '0') => ({
      kind: 'refused-msr',
      index: Number(hex(index)),
      value: hex(value),
      mustBe0: hex(mustBe0),
    }),
  ],
  [/unexpected exit reason 0x[0-9a-f]+/, () => ({ kind: 'unexpected-exit' })],
  [/\*+ VMCS Areas \*+|>>> Domain \d+ <<<|state at key_handler/, () => ({ kind: 'alive' })],
  [/invalid VMCB state/, () => ({ kind: 'hardware-error', error: 0xffff_ffffn })],
];

/** What a line says of how an entry went. */
export function remarksOf(line: LogicalLine): Remark[] {
  return READERS.flatMap(([pattern, say]) => {
    const match = pattern.exec(line.text);
    if (!match) return [];
    const place: Place = line.placeOf(match.index);
    return [{ ...say(...match.slice(1)), place } as Remark];
  });
}
