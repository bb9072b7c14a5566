import * as l10n from '@vscode/l10n';
import { msrByNumber } from '../../isa/registers/msr';
import { msrLoadRefusal } from '../../processor/vmx/entry-checks';
import type { Dump, MsrEntry } from '../dump';
import type { Failure } from './verdict';

/** The contents of the VM-entry MSR-load area, where a dump prints them (SDM 3C 27.4). */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

const nameOf = (index: number): string => msrByNumber(index)?.name ?? `MSR ${hex(index)}`;

/** A failure to load the entry with this number, from 1. */
function failure(number: number, entry: Omit<MsrEntry, 'place'>, allowed: string): Failure {
  return {
    rule: 'guest.msr-load.entry',
    area: 'guest',
    fields: ['VM_ENTRY_MSR_LOAD_ADDR'],
    found: l10n.t('entry {0}: {1} = {2}', number, nameOf(entry.index), hex(entry.value)),
    allowed,
    section: 'SDM 3C 27.4',
    qualification: number,
  };
}

/** The entries that no processor loads. */
export function entryMsrFailures({ entryMsrs }: Dump): Failure[] {
  return entryMsrs.flatMap((entry, n) => {
    const { index, value: data } = entry;
    // Whether the local APIC is in x2APIC mode is not in a dump: its registers are not refused.
    const refusal = msrLoadRefusal({ index, reserved: 0, data }, false, false);
    return refusal === undefined ? [] : [failure(n + 1, entry, refusal)];
  });
}

/** The entry that the processor could not load, by what is printed of it. */
export function refusedEntry(dump: Dump, number: number): Failure | undefined {
  const allowed = l10n.t('a value that WRMSR would write');
  const listed = dump.entryMsrs[number - 1];
  if (listed) return failure(number, listed, allowed);
  const refused = dump.remarks.find((remark) => remark.kind === 'refused-msr');
  return refused && failure(number, refused, allowed);
}
