import * as l10n from '@vscode/l10n';
import { Epte, EptRights, eptEntryTable } from '../../../isa/ept';
import { MEMORY_TYPES } from '../../../isa/memory-types';
import { entryName } from '../../../isa/paging';
import { listed } from '../../../isa/phrases';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { GuestPhysicalContext } from '../../../processor/paging/mmu';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import {
  eptAccess,
  violationQualification,
  walkEpt,
  type EptAccess,
  type EptStep,
} from '../../../processor/vmx/ept';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type {
  SecondLevel,
  SecondLevelAccess,
  SecondLevelResult,
  SecondLevelStep,
} from '../second-level';

const READ_ANYTHING: EptAccess = { read: false, write: false, execute: false };

/** The EPT that a VMCS asks for; undefined where guest-physical addresses are host-physical ones. */
export function eptOf(vmcs: Vmcs, memory: PhysicalMemory): SecondLevel | undefined {
  const primary = vmcs.readNumber(Field.CPU_BASED_VM_EXEC_CONTROL);
  const secondary = vmcs.readNumber(Field.SECONDARY_VM_EXEC_CONTROL);
  const active = (primary & PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) !== 0;
  if (!active || !(secondary & SecondaryControl.ENABLE_EPT)) return undefined;
  return new EptWalk(memory, vmcs.read(Field.EPT_POINTER));
}

/** EPT as a debugger sees it: no flag is set. */
class EptWalk implements SecondLevel {
  readonly name = 'EPT';

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly eptp: bigint,
  ) {}

  get root(): bigint {
    return this.eptp & ~0xfffn;
  }

  entryName(level: number): string {
    return `EPT ${entryName(level)}`;
  }

  hostAddress(guestPhysical: bigint): number | undefined {
    const result = walkEpt(this.memory, this.eptp, guestPhysical, READ_ANYTHING, false);
    return result.kind === 'translation' ? result.address : undefined;
  }

  walk(
    guestPhysical: bigint,
    access: SecondLevelAccess,
    visit?: (step: SecondLevelStep) => void,
  ): SecondLevelResult {
    const context = contextOf(access);
    const wanted = eptAccess(this.eptp, context);
    let last: EptStep | undefined;
    const result = walkEpt(this.memory, this.eptp, guestPhysical, wanted, false, (step) => {
      last = step;
      visit?.({ ...step, flags: flagsOf(step), table: eptEntryTable(step.leaf) });
    });
    if (result.kind === 'translation') return { kind: 'translation', address: result.address };
    const { level } = result;
    const text =
      result.kind === 'misconfiguration'
        ? misconfigurationText(level, misconfiguration(last))
        : violationText(level, violation(last, wanted, result.rights));
    const qualification =
      result.kind === 'violation' ? violationQualification(wanted, result.rights, context) : 0;
    const information = l10n.t('exit qualification {0}', `0x${qualification.toString(16)}`);
    return { kind: 'fault', level, text, information };
  }
}

/** An access as the memory management unit asks for it. */
const contextOf = (access: SecondLevelAccess): GuestPhysicalContext => ({
  write: access.write,
  execute: access.execute,
  update: access.update ?? false,
  linear: access.linear,
  pageWalk: access.pageWalk ?? false,
  ...(access.page && { page: access.page }),
});

const misconfigurationText = (level: number, cause: string): string =>
  l10n.t('EPT misconfiguration at level {0}: {1}; a VM exit to the VMM (reason 49)', level, cause);

const violationText = (level: number, cause: string): string =>
  l10n.t('EPT violation at level {0}: {1}; a VM exit to the VMM (reason 48)', level, cause);

const RIGHTS = Epte.R | Epte.W | Epte.X;
const typeOf = (entry: bigint): number => Number((entry & Epte.MT) >> 3n);

function flagsOf({ entry, leaf }: EptStep): string {
  const rights = ['R', 'W', 'X'].filter((_, bit) => (entry >> BigInt(bit)) & 1n).join('') || '–';
  const type = leaf && entry & RIGHTS ? ` ${MEMORY_TYPES[typeOf(entry)] ?? '?'}` : '';
  return `${rights}${type}${entry & Epte.A ? ' A' : ''}${leaf && entry & Epte.D ? ' D' : ''}`;
}

/** Which right is missing (SDM 3C 29.3.3.2). */
function violation(step: EptStep | undefined, wanted: EptAccess, rights: number): string {
  if (step && (step.entry & RIGHTS) === 0n)
    return l10n.t('the entry is not present (R, W and X are 0)');
  const missing = [
    ...(wanted.read && !(rights & EptRights.READ) ? ['R'] : []),
    ...(wanted.write && !(rights & EptRights.WRITE) ? ['W'] : []),
    ...(wanted.execute && !(rights & EptRights.EXECUTE) ? ['X'] : []),
  ];
  return l10n.t(
    '{0} is 0 in an entry of the walk',
    listed(missing.length > 0 ? missing : ['R', 'W', 'X']),
  );
}

/** Which bits the architecture forbids (SDM 3C 29.3.3.1). */
function misconfiguration(step: EptStep | undefined): string {
  const entry = step?.entry ?? 0n;
  if (entry & Epte.W && !(entry & Epte.R))
    return l10n.t('W is 1 and R is 0: writable but not readable');
  const type = typeOf(entry);
  if (step?.leaf && MEMORY_TYPES[type] === undefined) {
    return l10n.t('bits 5:3 hold memory type {0}, which is reserved', type);
  }
  return l10n.t('reserved bits are set in {0}', `0x${entry.toString(16)}`);
}
